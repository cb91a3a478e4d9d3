"""A time within a sentence, said in the language of whoever reads it."""

from dataclasses import dataclass
from datetime import datetime

from domain.clock import day, time_of_day
from domain.language import Message, _

DAY_AND_TIME = _('{day} at {time}', day='', time='')


@dataclass(frozen=True)
class Moment(Message):
    """»25. 11. 2026 ob 17.40«, in Ljubljana."""

    text: str = ''
    at: datetime | None = None

    def said_in(self, language: str) -> str:
        if self.at is None:
            return '–'
        facts = {'day': day(self.at, language), 'time': time_of_day(self.at, language)}
        return Message(DAY_AND_TIME.text, facts=facts).said_in(language)


def moment(at: datetime | None) -> Moment:
    return Moment(at=at)
