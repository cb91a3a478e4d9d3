"""The registration doctor: finding a customer, and what is known of him. Every opening is on record, with a purpose."""

from dataclasses import dataclass
from enum import StrEnum

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from domain import pauses
from domain.acceptance import lock
from domain.checks import digits, is_payer_code
from domain.folding import folded
from domain.language import Message, _
from domain.pauses import Counter
from domain.settings import settings
from domain.staff.diagnosis import Diagnosis, diagnose
from domain.staff.listing import Listing, Look, listed
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from domain.staff.register import all_of, by_metering_point
from domain.staff.standing import Shown, Standing, shown, standing
from storage.models import (
    Access,
    Account,
    AttemptLog,
    AuditEvent,
    Customer,
    Invoice,
    MeteringPoint,
    ParkedRegistration,
    Role,
    StaffSession,
)

SHORTEST, LONGEST = 2, 100  # characters that are looked for
AT_MOST = 200  # customers behind an e-mail address
LAST_INVOICES = 8
SORTS = {'name': 'search_key', 'payer_code': 'payer_code'}
OPENED = 'customer opened'


class Purpose(StrEnum):
    """Why somebody looks at a customer."""

    PHONE = 'phone call'
    COUNTER = 'at the counter'
    REQUEST = 'request'
    COMPLAINT = 'complaint'
    OTHER = 'other'


PURPOSES: dict[str, Message] = {
    Purpose.PHONE: _('phone call'), Purpose.COUNTER: _('at the counter'), Purpose.REQUEST: _('request'),
    Purpose.COMPLAINT: _('complaint'), Purpose.OTHER: _('something else'),
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A row of the list."""

    id: int
    payer_code: str
    name: str
    address: str
    is_gone: bool
    access: Shown


@dataclass(frozen=True)
class KnownInvoice:
    invoice: Invoice
    is_used_up: bool
    is_accepted: bool  # new enough to prove the code


@dataclass(frozen=True)
class File:
    """What is known of a customer. The tax number is nowhere in clear, so it cannot be here."""

    customer: Customer
    tax_number: str
    points: list[MeteringPoint]
    invoices: list[KnownInvoice]
    standing: Standing
    counters: list[Counter]
    diagnosis: Diagnosis


@needs(Role.CLERK)
async def found(by: Officer, typed: str, look: Look) -> Listing[Found]:
    """By payer code, name and address, e-mail address, invoice number or metering point code."""
    typed = typed.strip()[:LONGEST] if isinstance(typed, str) else ''
    if len(typed) < SHORTEST:
        return Listing([], 0, look)
    customers = await listed(Customer.visible().filter(await _means(typed)), look, SORTS)
    states = await shown(customers.rows)
    rows = [
        Found(c.id, c.payer_code, c.name, c.address, c.gone_at is not None, states[c.id]) for c in customers.rows
    ]  # fmt: skip
    return Listing(rows, customers.total, customers.look)


@needs(Role.CLERK)
async def nobodys_code(by: Officer, typed: str) -> str | None:
    """The payer code, if that is what was typed and no customer has it, but somebody has tried it."""
    code = digits(typed) if isinstance(typed, str) else ''
    if is_payer_code(code, None) or await Customer.filter(payer_code=code).exists():
        return None
    tried = await AttemptLog.filter(about=code).exists()
    return code if tried or await ParkedRegistration.filter(payer_code=code).exists() else None


@needs(Role.CLERK)
async def usual_purpose(by: Officer) -> Purpose:
    """What this officer opened the last customer for, since he signed in."""
    last = await AuditEvent.filter(actor=by.actor, what=OPENED).order_by('-id').first()
    session = await StaffSession.get(id=by.session_id)
    if last is None or last.at < session.started_at:
        return Purpose.PHONE
    return purpose_of(last.detail.get('purpose')) or Purpose.PHONE


@needs(Role.CLERK)
async def opened(by: Officer, customer_id: int, purpose: Purpose) -> File:
    """Puts the view on record; raises `NotPossible` for a customer that does not exist."""
    customer = await customer_of(customer_id)
    async with in_transaction():
        await by.did(OPENED, f'customer:{customer.id}', purpose=Purpose(purpose).value)
    return await _file(customer)


@needs(Role.CLERK)
async def seen_again(by: Officer, customer_id: int) -> File:
    """After a deed on the same page; whoever has not opened the customer has no page to see again."""
    customer = await customer_of(customer_id)
    await require_opened(by, customer)
    return await _file(customer)


async def require_opened(by: Officer, customer: Customer) -> None:
    session = await StaffSession.get(id=by.session_id)
    views = AuditEvent.filter(about=f'customer:{customer.id}', actor=by.actor, what=OPENED)
    if not await views.filter(at__gte=session.started_at).exists():
        raise NotPossible(_('Open the customer first.'))


async def opened_and_locked(by: Officer, customer_id: object) -> Standing:
    """For a deed, inside its transaction: behind the lock that every change of who may see this customer takes."""
    customer = await customer_of(customer_id)
    await require_opened(by, customer)
    await lock(customer.id)
    return await standing(customer)


async def customer_of(customer_id: object) -> Customer:
    seen = Customer.visible().filter(id=customer_id) if type(customer_id) is int else None
    customer = await seen.first() if seen else None
    if customer is None:
        raise NotPossible(_('There is no such customer.'))
    return customer


def purpose_of(typed: object) -> Purpose | None:
    return Purpose(typed) if isinstance(typed, str) and typed in list(Purpose) else None


async def _file(customer: Customer) -> File:
    stands = await standing(customer)
    counters = await pauses.counters(customer.payer_code, customer)
    invoices = await _invoices(customer)
    ending = customer.tax_number_ending
    return File(
        customer=customer,
        tax_number=f'•••••{ending}' if ending else '',
        points=await MeteringPoint.filter(customer=customer, gone_at=None).order_by('code'),
        invoices=invoices,
        standing=stands,
        counters=counters,
        diagnosis=await diagnose(
            stands, counters, has_invoice=any(i.is_accepted and not i.is_used_up for i in invoices)
        ),
    )


async def _invoices(customer: Customer) -> list[KnownInvoice]:
    """The newest first. Those of one day count as one: what proves the code is how many are newer (domain/proof.py)."""
    last = await Invoice.visible().filter(customer=customer).order_by('-issued_on', '-number').limit(LAST_INVOICES)
    return [
        KnownInvoice(
            invoice, invoice.spent_by_id is not None,  # type: ignore[attr-defined]
            sum(other.issued_on > invoice.issued_on for other in last) < settings().accepted_invoices,
        )
        for invoice in last
    ]  # fmt: skip


async def _means(typed: str) -> Q:
    """Whom it may mean. Numbers are looked up by their indexes, words among the folded names and addresses."""
    if '@' in typed:
        return Q(email__icontains=typed) | Q(id__in=await _by_address(typed))
    ids = [*await _by_number(digits(typed)), await by_metering_point(typed)]
    condition = Q(id__in=[number for number in ids if number is not None] or [0])
    if digits(typed).isdigit():
        return condition | Q(payer_code__startswith=digits(typed))
    words = folded(typed).split()
    return condition | all_of(words) if words else condition


async def _by_number(typed: str) -> list[int]:
    """Of an invoice."""
    if not typed.isdigit():
        return []
    return await _ids(Invoice.visible().filter(number=typed[:20]), 'customer_id')


async def _by_address(typed: str) -> list[int]:
    """Of an access, also of one that has ended or waits for newer data."""
    accounts = await _ids(Account.filter(email__icontains=typed).limit(AT_MOST), 'id')
    codes = ParkedRegistration.filter(account_id__in=accounts, ended_at=None).values_list('payer_code', flat=True)
    parked = await _ids(Customer.filter(payer_code__in=[str(code) for code in await codes]), 'id')
    return [*await _ids(Access.filter(account_id__in=accounts), 'customer_id'), *parked]


async def _ids(query: object, column: str) -> list[int]:
    return [int(number) for number in await query.values_list(column, flat=True)]  # type: ignore[attr-defined]
