"""»Zahtevek za uporabo ePortala« as the person writes it (manual, 1.2), and what he adds to it later."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from domain import checks
from domain.folding import folded
from domain.form import Check, entry
from domain.further_proof import is_metering_point, is_tax_number, normal_tax_number
from domain.keys import tax_number_hash
from domain.language import Message, _

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PHONE = 200, 300, 40  # characters, as the table has them


def one_line(value: str) -> str:
    """As typed, without invisible characters and needless spaces."""
    return ' '.join(_visible(value).split())


def lines(value: str) -> str:
    return _visible(value.replace('\r\n', '\n')).strip()


def is_said(empty: Message, longest: int) -> Check:
    """Something a person can be found by."""

    def check(value: str, _form: Any) -> Message | None:
        if not folded(value):
            return empty
        return _('Shorten it to {most} characters.', most=longest) if len(value) > longest else None

    return check


def is_phone(value: str, _form: Any) -> Message | None:
    if len(value) > LONGEST_PHONE or not re.fullmatch(r'\+?[\d ()/.-]{5,}', value, re.ASCII):
        return _('Type the phone number with digits, for example 041 123 456.')
    return None


def unless_empty(check: Check) -> Check:
    """For what may be left out."""
    return lambda value, form: check(value, form) if value else None


def _metering_point() -> Any:
    return entry(
        _('Metering point code'), unless_empty(is_metering_point), tidy=one_line,
        hint=_('On the invoice or the Access Contract, for example {sample}. Leave it empty if you do not have it.'),
    )  # fmt: skip


def _tax_number() -> Any:
    return entry(
        _('Tax number'), unless_empty(is_tax_number), tidy=normal_tax_number,
        hint=_('Of the payer, 8 digits. With both we find you faster; leave it empty if you do not have it.'),
    )  # fmt: skip


@dataclass(kw_only=True)
class Request:
    """The four data of the manual, where the answer goes, and what else there is to say."""

    full_name: str = entry(
        _('Name and surname'), is_said(_('Type your name and surname.'), LONGEST_NAME), tidy=one_line,
        hint=_('Of the payer, as on the invoice or the contract'),
    )  # fmt: skip
    address: str = entry(
        _('Address'), is_said(_('Type the address.'), LONGEST_ADDRESS), tidy=one_line,
        hint=_('Street, house number and town'),
    )  # fmt: skip
    metering_point: str = _metering_point()
    tax_number: str = _tax_number()
    email: str = entry(
        _('E-mail address'), checks.is_email, tidy=checks.address,
        hint=_('We send the username and the control number to it'),
    )  # fmt: skip
    phone: str = entry(_('Phone (optional)'), unless_empty(is_phone), tidy=one_line, hint=_('If we have a question'))
    message: str = entry(_('Message (optional)'), tidy=lines, lines=True)


@dataclass(kw_only=True)
class Addition:
    """The answer to a clerk's question."""

    message: str = entry(_('Your answer'), checks.has_text(_('Type your answer.')), tidy=lines, lines=True)
    metering_point: str = _metering_point()
    tax_number: str = _tax_number()


def tax_columns(tax_number: str) -> dict[str, Any]:
    """All that is kept of a tax number: a keyed hash, and the last three digits to be shown (trust.md)."""
    if not tax_number:
        return {'tax_number_hmac': None, 'tax_number_ending': None}
    return {'tax_number_hmac': tax_number_hash(tax_number), 'tax_number_ending': tax_number[-3:]}


def _visible(value: str) -> str:
    """In the usual form, without what no eye sees and no keyboard types."""
    return ''.join(c for c in unicodedata.normalize('NFC', value) if unicodedata.category(c) != 'Cf')
