"""»Kaj bi se zgodilo«: whether two numbers would open access, and why not, at nobody's cost and without any change."""

from dataclasses import dataclass, replace

from tortoise.transactions import in_transaction

from domain import further_proof, pauses
from domain.checks import digits, is_control_number, is_payer_code
from domain.form import Check, entry, valid
from domain.further_proof import (
    is_amount,
    is_metering_point,
    is_tax_number,
    normal_amount,
    normal_metering_point,
    normal_tax_number,
)
from domain.language import Message, _
from domain.pauses import Counted
from domain.proof import Claim, Outcome, Verdict, asked, judge
from domain.setting_types import FurtherProof
from domain.settings import settings
from domain.staff.diagnosis import pause_words
from domain.staff.moment import moment
from domain.staff.permission import Officer, needs
from domain.staff.standing import standing
from storage.models import Customer, Invoice, Role

CHECKS = {
    FurtherProof.AMOUNT_DUE: is_amount,
    FurtherProof.METERING_POINT: is_metering_point,
    FurtherProof.TAX_NUMBER: is_tax_number,
}


def _if_given(kind: FurtherProof) -> Check:
    return lambda value, form: CHECKS[kind](value, form) if value else None


@dataclass(kw_only=True)
class Trial:
    """What a customer reads out. Of what is asked beside the numbers, as much as he has."""

    payer_code: str = entry(_('Username (payer code)'), is_payer_code, tidy=digits)
    control_number: str = entry(_('Control number'), is_control_number, tidy=digits)
    amount_due: str = entry(_('Amount due'), _if_given(FurtherProof.AMOUNT_DUE), tidy=normal_amount)
    metering_point: str = entry(
        _('Metering point code'), _if_given(FurtherProof.METERING_POINT), tidy=normal_metering_point
    )
    tax_number: str = entry(_('Tax number'), _if_given(FurtherProof.TAX_NUMBER), tidy=normal_tax_number)
    asked: tuple[FurtherProof, ...] = ()


@dataclass(frozen=True)
class Prospect:
    would_work: bool
    sentences: tuple[Message, ...]
    customer_id: int | None  # whose code it is


@needs(Role.CLERK)
async def asked_now(by: Officer) -> tuple[FurtherProof, ...]:
    """What everybody is asked beside the two numbers just now."""
    return await asked()


@needs(Role.CLERK)
async def what_if(by: Officer, form: Trial) -> Prospect:
    """Raises `Rejected` for numbers that no invoice can have."""
    form = valid(form)
    form = replace(form, asked=tuple(kind for kind in await asked() if getattr(form, kind.value)))
    customer = await Customer.get_or_none(payer_code=form.payer_code)
    claim = Claim(form.payer_code, form.control_number, further_proof.typed(form))
    verdict = await judge(claim, form.asked)
    sentences = [await _reason(verdict, form, customer)]
    if verdict.outcome == Outcome.PROVEN and customer:
        sentences += await _consequence(customer)
    sentences += [_MISSING[kind] for kind in await asked() if kind not in form.asked]
    pauses_now = await pauses.used_up(form.payer_code, customer)
    refused = [counter for counter in pauses_now if counter.what in (Counted.PROOFS_DAY, Counted.PROOFS_MONTH)]
    sentences += [pause_words(counter) for counter in refused]
    async with in_transaction():
        about = f'customer:{customer.id}' if customer else None
        await by.did('numbers tried out', about, outcome=verdict.outcome.value)
    works = verdict.outcome == Outcome.PROVEN and not refused
    return Prospect(works, tuple(sentences), customer.id if customer else None)


async def _reason(verdict: Verdict, form: Trial, customer: Customer | None) -> Message:
    outcome = verdict.outcome
    if outcome == Outcome.NO_PAIR:
        return await _of_no_pair(form, customer)
    if outcome == Outcome.TOO_OLD:
        return _('This invoice is too old: only the last {n} invoices are accepted.', n=settings().accepted_invoices)
    if outcome == Outcome.USED_UP:
        return await _of_used_up(form)
    if outcome == Outcome.FURTHER_WRONG:
        return await _of_further(verdict, form)
    return _WORDS[outcome]


async def _of_no_pair(form: Trial, customer: Customer | None) -> Message:
    """What a stranger is never told: which of the two is wrong."""
    invoice = await Invoice.visible().filter(number=form.control_number).select_related('customer').first()
    if customer is None and invoice is None:
        return _('Neither the payer code nor the number is known.')
    if customer is None and invoice:
        return _('No customer has this payer code. The invoice belongs to {name} ({code}).', **_of(invoice.customer))
    if customer and customer.gone_at:
        return _('The billing data no longer list this customer: nobody can register with this code.')
    if invoice and customer and invoice.customer.id != customer.id:
        return _('The invoice belongs to another payer: {name} ({code}).', **_of(invoice.customer))
    return _('The payer code is right, but no invoice has this number. It is older than our newest data.')


async def _of_used_up(form: Trial) -> Message:
    invoice = await Invoice.filter(number=form.control_number).select_related('spent_by').first()
    if invoice is None or invoice.spent_by is None:
        return _('This invoice was used up by another registration already. Take another invoice.')
    return _('The registration of {email} ({at}) has used up this invoice already. Take another invoice.',
             email=invoice.spent_by.email, at=moment(invoice.spent_by.activated_at))  # fmt: skip


async def _of_further(verdict: Verdict, form: Trial) -> Message:
    """The first that is wrong."""
    for kind in form.asked:
        if not await further_proof.agree((kind,), verdict.claim.given, verdict.pair):
            return _WRONG[kind]
    return _WORDS[Outcome.FURTHER_WRONG]


async def _consequence(customer: Customer) -> list[Message]:
    """Of numbers that are right."""
    stands = await standing(customer)
    if stands.active:
        return [
            _('The code is in use, by {email} since {since}: the new address would only get a message that says so.',
              email=stands.active.account.email, since=moment(stands.active.since)),
        ]  # fmt: skip
    if stands.pending:
        return [
            _('A registration of {email} waits already; the newer one would take its place.',
              email=stands.pending.account.email),
        ]  # fmt: skip
    return [_('The code is free: a message with the link would go out.')]


def _of(customer: Customer) -> dict[str, str]:
    return {'name': customer.name, 'code': customer.payer_code}


_WORDS = {
    Outcome.PROVEN: _('The numbers belong together.'),
    Outcome.PARKED: _('The number is newer than our data: the registration would wait for the next import.'),
    Outcome.FURTHER_WRONG: _('What is asked beside the two numbers is wrong.'),
    Outcome.ISSUED_USED: _('This control number, which we issued, was used by a registration already.'),
    Outcome.ISSUED_CANCELLED: _('This control number, which we issued, was replaced by a newer one or withdrawn.'),
    Outcome.ISSUED_EXPIRED: _('This control number, which we issued, has expired.'),
}
_WRONG = {
    FurtherProof.AMOUNT_DUE: _('The numbers belong together, but the amount due is wrong.'),
    FurtherProof.METERING_POINT: _('The numbers belong together, but the metering point code is wrong.'),
    FurtherProof.TAX_NUMBER: _('The numbers belong together, but the tax number is wrong.'),
}
_MISSING = {
    FurtherProof.AMOUNT_DUE: _('Besides, everybody is asked for the amount due just now. It was not checked.'),
    FurtherProof.METERING_POINT: _('Besides, everybody is asked for the metering point code. It was not checked.'),
    FurtherProof.TAX_NUMBER: _('Besides, everybody is asked for the tax number. It was not checked.'),
}
