"""What is wrong with a row or a file, in words a clerk understands; never with a tax number in it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from stdnum.si import ddv

from domain.language import Message

LONGEST_VALUE = 60  # characters of a cell that are shown


@dataclass(frozen=True)
class Problem:
    """`bad`: the row is left out; otherwise only the value is. `row` is the number a person sees in the file."""

    file: str
    row: int
    column: str
    value: str
    sentence: Message
    bad: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {'sentence': told(self.sentence)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**dict(kept) | {'sentence': retold(kept['sentence'])})


def told(sentence: Message) -> dict[str, Any]:
    """A sentence as JSON, to be said in any language later."""
    facts = {name: told(fact) if isinstance(fact, Message) else fact for name, fact in sentence.facts.items()}
    return {'text': sentence.text, 'plural': sentence.plural, 'facts': facts}


def retold(kept: Mapping[str, Any]) -> Message:
    facts = {name: retold(fact) if isinstance(fact, Mapping) else fact for name, fact in kept['facts'].items()}
    return Message(kept['text'], kept['plural'], facts)


def shown(value: object, *, is_tax_number: bool = False) -> str:
    """A cell as a report may show it: short, and without tax numbers wherever they have slipped to."""
    said = ''.join(c if c.isprintable() else ' ' for c in str('' if value is None else value))
    said = ' '.join(said.split())
    if is_tax_number:
        return masked(said)
    said = re.sub(r'(?<!\d)(?:SI ?)?\d{8}(?!\d)', lambda m: masked(m[0]) if ddv.is_valid(m[0]) else m[0], said)
    return said if len(said) <= LONGEST_VALUE else said[: LONGEST_VALUE - 1] + '…'


def masked(number: str) -> str:
    """»•••••069«: the last three digits, and not even those of something short."""
    return '•' * 5 + number[-3:] if len(number) >= 8 else '•' * len(number)
