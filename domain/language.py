"""Sentences that wait for their language: declared in English, shown in Slovenian or English."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {'sl': 'Slovensko', 'en': 'English'}
CATALOGUES = Path(__file__).parent / 'languages'


@dataclass(frozen=True)
class Message:
    """A sentence with the facts for its `{places}`; `n` chooses the plural form."""

    text: str
    plural: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def said_in(self, language: str) -> str:
        catalogue = _catalogue(language)
        if self.plural is None:
            sentence = catalogue.gettext(self.text)
        else:
            sentence = catalogue.ngettext(self.text, self.plural, int(str(self.facts['n'])))
        facts = {
            name: fact.said_in(language) if isinstance(fact, Message) else fact for name, fact in self.facts.items()
        }
        return sentence.format(**facts) if facts else sentence


def _(text: str, **facts: object) -> Message:
    return Message(text, None, facts)


def _n(one: str, many: str, n: int, **facts: object) -> Message:
    return Message(one, many, {'n': n, **facts})


def known_language(language: object) -> str:
    """The language if the portal speaks it, else Slovenian."""
    return language if isinstance(language, str) and language in LANGUAGES else 'sl'


@cache
def _catalogue(language: str) -> NullTranslations:
    """English is the language of the source and needs no catalogue."""
    file = CATALOGUES / f'{language}.po'
    if not file.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with file.open('rb') as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
