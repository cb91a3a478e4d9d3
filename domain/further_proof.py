"""What is asked beside the two numbers (manual, 1.2: »davčna številka se ne ujema«), and whether it is right.

Each kind stands in the form under its own name. What was typed and what is known are compared as keyed hashes, so that
a parked registration can keep what was typed and nobody can read it there.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from stdnum.si import ddv

from domain.form import Check, Rejected, problem
from domain.keys import keyed_hash, tax_number_hash
from domain.language import Message, _
from domain.setting_types import FurtherProof
from domain.settings import settings
from storage.models import MeteringPoint
from storage.proof import Pair

SAMPLE_AMOUNT = '129,70'
LONGEST_METERING_POINT = 40  # characters, as the table has it
AMOUNTS = (  # how people write them, and what separates thousands and cents there
    (r'-?\d{1,3}(\.\d{3})+(,\d{1,2})?', '.', ','),
    (r'-?\d{1,3}(,\d{3})+(\.\d{1,2})?', ',', '.'),
    (r'-?\d{1,10}(,\d{1,2})?', '.', ','),
    (r'-?\d{1,10}(\.\d{1,2})?', ',', '.'),
)


def normal_amount(value: str) -> str:
    """»1.234,5 €« → »1234.50«; what is no amount stays as it is."""
    text = re.sub(r"[€']|EUR", '', _compact(value), flags=re.IGNORECASE).replace('−', '-')
    for written, thousands, cents in AMOUNTS:
        if re.fullmatch(written, text, re.ASCII):
            return _two_places(Decimal(text.replace(thousands, '').replace(cents, '.')))
    return text


def normal_metering_point(value: str) -> str:
    """»om 700-000« → »OM700000«: codes are written with spaces and dashes, and without."""
    return re.sub(r'[-‐‑‒–—−]', '', _compact(value)).upper()


def normal_tax_number(value: str) -> str:
    """»SI 5022 3054« → »50223054«."""
    return re.sub(r'^SI', '', re.sub(r'[-.–]', '', _compact(value)), flags=re.IGNORECASE)


def is_amount(value: str, _form: Any) -> Message | None:
    if not value:
        return _('Type the amount due as well: it stands beside “Za plačilo” on the same invoice.')
    if not re.fullmatch(r'-?\d{1,10}\.\d\d', value, re.ASCII):
        return _('Type the amount in euros and cents, for example {sample}.', sample=SAMPLE_AMOUNT)
    return None


def is_metering_point(value: str, _form: Any) -> Message | None:
    if not value:
        return _('Type the metering point code as well: it stands beside “Odjemno mesto” on the invoice.')
    if len(value) > LONGEST_METERING_POINT or not any(c.isdigit() for c in value):
        return _('Type the metering point code as on the invoice, for example {sample}.', sample=_sample())
    return None


def is_tax_number(value: str, _form: Any) -> Message | None:
    if not value:
        return _('Type the tax number as well: that of the payer whose name is on the invoice.')
    if not (value.isascii() and value.isdigit()):
        return _('The tax number has digits only.')
    if len(value) != 8:
        return _('The tax number has 8 digits, you typed {typed}.', typed=len(value))
    return None if ddv.is_valid(value) else _('There is a mistake in this tax number. Compare the digits.')


def when_asked(kind: FurtherProof, check: Check) -> Check:
    """Only where the form is `asked` for it; otherwise whatever stands there is passed over."""
    return lambda value, form: check(value, form) if kind in form.asked else None


def require(form: Any, asked: Iterable[FurtherProof]) -> None:
    """Raises `Rejected` with a sentence for each that is missing or badly formed."""
    if wrong := {kind.value: sentence for kind in asked if (sentence := problem(form, kind))}:
        raise Rejected(**wrong)


def typed(form: Any) -> dict[str, str]:
    """What the form was asked for, as keyed hashes."""
    return {kind.value: _hash(kind, getattr(form, kind)) for kind in form.asked}


async def agree(asked: Iterable[FurtherProof], given: Mapping[str, str], pair: Pair | None) -> bool:
    """Whether everything asked was given, and is right. Costs the same work where there is no pair."""
    verdicts = [given.get(kind) in await _known(kind, pair) for kind in asked]
    return all(verdicts)


async def _known(kind: FurtherProof, pair: Pair | None) -> set[str]:
    """The hashes that would be right."""
    if kind == FurtherProof.METERING_POINT:
        points = MeteringPoint.filter(customer_id=pair.customer_id if pair else 0, gone_at=None)
        codes = await points.values_list('code', flat=True)
        return {_hash(kind, normal_metering_point(str(code))) for code in codes}
    if kind == FurtherProof.AMOUNT_DUE:
        return {_hash(kind, _two_places(pair.amount))} if pair else set()
    return {pair.tax_number_hmac} if pair and pair.tax_number_hmac else set()


def _hash(kind: FurtherProof, value: str) -> str:
    return tax_number_hash(value) if kind == FurtherProof.TAX_NUMBER else keyed_hash(f'further proof {kind}', value)


def _two_places(amount: Decimal) -> str:
    return f'{amount + 0:.2f}'  # + 0: minus nothing is nothing


def _compact(value: str) -> str:
    """Without spaces and invisible characters."""
    value = unicodedata.normalize('NFKC', value)
    return ''.join(c for c in value if not c.isspace() and unicodedata.category(c) != 'Cf')


def _sample() -> str:
    return settings().sample_metering_point
