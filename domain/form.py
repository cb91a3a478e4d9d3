"""A form is declared once: label, checks, hint. The page shows `problem()` live, the service demands `valid()`."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import Field, field, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from domain.language import Message, _

LONGEST_VALUE, LONGEST_TEXT = 1000, 4000  # characters; whatever is longer was not typed by a person

type_problem = _('This value cannot be used. Please type it again.')

Check = Callable[[Any, Any], Message | None]
Form = TypeVar('Form')


class Rejected(Exception):
    """The form cannot be accepted: a sentence for each field that is wrong."""

    def __init__(self, **problems: Message) -> None:
        super().__init__(', '.join(problems))
        self.problems: Mapping[str, Message] = problems


class TooManyAttempts(Exception):
    """A budget is used up until the given time."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def entry(
    label: Message,
    *checks: Check,
    hint: Message | None = None,
    tidy: Callable[[str], str] | None = None,
    lines: bool = False,
) -> Any:
    """A text of the form; `tidy` forgives spaces and the like before the checks see it; `lines`: more than one."""
    metadata = {'label': label, 'checks': checks, 'hint': hint, 'tidy': tidy or as_typed, 'lines': lines}
    return field(default='', metadata=metadata)


def consent_to(label: Message, refusal: Message) -> Any:
    """A box that must be ticked: nothing but `True` is a consent."""

    def is_given(value: Any, _form: Any) -> Message | None:
        return None if value is True else refusal

    return field(
        default=False, metadata={'label': label, 'checks': (is_given,), 'hint': None, 'tidy': None, 'lines': False}
    )


def label(form: object, name: str) -> Message:
    return _metadata(form, name)['label']  # type: ignore[no-any-return]


def hint(form: object, name: str) -> Message | None:
    return _metadata(form, name)['hint']  # type: ignore[no-any-return]


def problem(form: object, name: str) -> Message | None:
    """The first thing wrong with one field, by its form alone: never asks the database."""
    return _problem(_tidied(form), name)


def problems(form: object) -> dict[str, Message]:
    """What is wrong with each field, in the order of the form."""
    tidied = _tidied(form)
    found = {f.name: _problem(tidied, f.name) for f in _entries(tidied)}
    return {name: sentence for name, sentence in found.items() if sentence}


def valid(form: Form) -> Form:
    """The form with its values tidied; raises `Rejected`. Trusts nothing about types and lengths."""
    if wrong := problems(form):
        raise Rejected(**wrong)
    return _tidied(form)


def as_typed(value: str) -> str:
    return unicodedata.normalize('NFC', value)


def _problem(form: object, name: str) -> Message | None:
    value, metadata = getattr(form, name), _metadata(form, name)
    if metadata['tidy'] and not _is_typed(value, lines=metadata['lines']):
        return type_problem
    return next((sentence for check in metadata['checks'] if (sentence := check(value, form))), None)


def _tidied(form: Form) -> Form:
    values = {}
    for f in _entries(form):
        value, tidy = getattr(form, f.name), f.metadata['tidy']
        usable = tidy and _is_short(value, lines=f.metadata['lines'])
        values[f.name] = tidy(value) if usable else value
    return replace(form, **values)  # type: ignore[type-var]


def _is_typed(value: Any, *, lines: bool) -> bool:
    """Whether a person can have typed it into such a field."""
    if not _is_short(value, lines=lines):
        return False
    return not _has_control(value.replace('\r\n', '').replace('\n', '') if lines else value)


def _is_short(value: Any, *, lines: bool) -> bool:
    return isinstance(value, str) and len(value) <= (LONGEST_TEXT if lines else LONGEST_VALUE)


def _has_control(value: str) -> bool:
    """NUL, line breaks and lone surrogates: no keyboard puts them into a field, and no encoder likes them."""
    return any(unicodedata.category(character) in ('Cc', 'Cs') for character in value)


def _entries(form: object) -> list[Field[Any]]:
    return [f for f in fields(form) if 'checks' in f.metadata]  # type: ignore[arg-type]


def _metadata(form: object, name: str) -> Mapping[str, Any]:
    return next(f.metadata for f in _entries(form) if f.name == name)
