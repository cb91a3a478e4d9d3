"""Checks of a value's form: each returns the sentence that says what is wrong, or None. never asks the database."""

import re
import unicodedata
from difflib import get_close_matches
from typing import Any

from email_validator import EmailNotValidError, validate_email

from domain.form import Check
from domain.language import Message, _, _n
from domain.settings import settings

KNOWN_MAIL_DOMAINS = (
    'gmail.com', 'siol.net', 'hotmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 't-2.net', 'amis.net',
    'telemach.net', 'volja.net', 'guest.arnes.si', 'live.com', 'proton.me',
)  # fmt: skip


def digits(value: str) -> str:
    """Forgives what people copy along: spaces, dashes, dots, invisible characters, a leading »št.«."""
    value = unicodedata.normalize('NFKC', value)
    value = ''.join(c for c in value if unicodedata.category(c) != 'Cf')
    return re.sub(r'^(št|st|no|nr)\.?:?', '', re.sub(r'[\s.\-–—/]', '', value), flags=re.IGNORECASE)


def address(value: str) -> str:
    """An e-mail address without what surrounds it when it is pasted."""
    value = unicodedata.normalize('NFC', value)
    return ''.join(c for c in value if unicodedata.category(c) != 'Cf').strip()


def is_payer_code(value: str, _form: Any) -> Message | None:
    length = settings().payer_code_length
    if not value:
        return _('Type the user code from the invoice.')
    if not _only_digits(value):
        return _('The user code has digits only, for example {sample}.', sample=settings().sample_payer_code)
    if len(value) != length:
        return _('The user code has {length} digits, you typed {typed}.', length=length, typed=len(value))
    return None


def is_control_number(value: str, _form: Any) -> Message | None:
    length = settings().invoice_number_length
    if not value:
        return _('Type the invoice number from the same invoice.')
    if not _only_digits(value):
        return _('The invoice number has digits only, for example {sample}.', sample=settings().sample_invoice_number)
    if len(value) != length:
        return _('The invoice number has {length} digits, you typed {typed}.', length=length, typed=len(value))
    return None


def is_email(value: str, _form: Any = None) -> Message | None:
    """One plain address with an ASCII name: mail servers without SMTPUTF8 take no other."""
    if not value:
        return _('Type your e-mail address.')
    if len(value) > 254:
        return _('The e-mail address is too long.')
    if not value.isascii():
        return _('Type the e-mail address without č, š, ž and other special characters.')
    if value.count('@') > 1 or any(c in value for c in ',; '):
        return _('Type one e-mail address only, without spaces.')
    try:
        validate_email(value, check_deliverability=False, allow_quoted_local=False, strict=True)
    except EmailNotValidError:
        return _('Type the e-mail address in the form name@example.com.')
    return None


def has_text(refusal: Message) -> Check:
    return lambda value, _form: None if value else refusal


def same_as(other: str, empty: Message, refusal: Message) -> Check:
    def check(value: str, form: Any) -> Message | None:
        if not value:
            return empty
        return None if value == getattr(form, other) else refusal

    return check


def likely_address(value: object) -> str | None:
    """»ana@gmial.com« → »ana@gmail.com«; None where nothing better is known. Advice only."""
    if not isinstance(value, str) or is_email(address(value)):
        return None
    local, domain = address(value).rsplit('@', 1)
    close = get_close_matches(domain.lower(), KNOWN_MAIL_DOMAINS, n=1, cutoff=0.8)
    return (
        f'{local}@{close[0]}'
        if close and close[0] != domain.lower() and domain.lower() not in KNOWN_MAIL_DOMAINS
        else None
    )


def at_least(length: int) -> Check:
    def check(value: str, _form: Any) -> Message | None:
        if not value:
            return _('Choose a password.')
        if len(value) < length:
            return _n(
                'The password needs at least {least} characters; {n} more is missing.',
                'The password needs at least {least} characters; {n} more are missing.',
                length - len(value),
                least=length,
            )
        return None

    return check


def at_most(length: int) -> Check:
    def check(value: str, _form: Any) -> Message | None:
        return _('The password may have at most {most} characters.', most=length) if len(value) > length else None

    return check


def _only_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()
