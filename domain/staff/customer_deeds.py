"""What staff do for a registration that does not succeed, and with an access: each names its customer on record.

Letters that they cause become due a little later, so that a deed can be taken back.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.transactions import in_transaction

from domain import clock, control_numbers, outbox, pauses, throttle
from domain.check_mail import NewAddress, move, waiting_of
from domain.correspondence import queue_first, queue_parked
from domain.form import valid
from domain.language import _, known_language
from domain.pauses import Counter
from domain.proof import ProofFailed
from domain.settings import settings
from domain.staff.customers import opened_and_locked
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from domain.staff.standing import Standing
from domain.throttle import HOUR, Budget
from storage.models import Access, Account, Customer, IssuedControlNumber, Letter, Role

LETTERS_PER_HOUR = 10  # by staff to one customer
NOTHING_WAITS = _('Nothing waits to be confirmed any longer.')


class Way(StrEnum):
    """How an issued control number reaches the customer. Never to an address that somebody tells on the phone."""

    SHOWN = 'shown'  # read out, or printed
    BILLING = 'billing'  # to the address in the billing data
    REGISTRATION = 'registration'  # to that of the registration that is not confirmed


@dataclass(frozen=True)
class NumberIssued:
    facts: dict[str, object]
    letter: Letter | None


@needs(Role.CLERK)
async def send_again(by: Officer, customer_id: int) -> Letter:
    """The letter of the registration that waits; raises `NotPossible`, `TooManyAttempts`."""
    async with in_transaction():
        stands = await opened_and_locked(by, customer_id)
        customer = stands.customer
        letter = await _write(customer, _waiting(stands))
        await by.did('registration letter sent again', _subject(customer), letter=letter.id)
    outbox.wake()
    return letter


@needs(Role.CLERK)
async def correct_address(by: Officer, customer_id: int, form: NewAddress) -> Letter:
    """Of a registration that nobody has confirmed: the old link dies, a new one goes to the corrected address.

    Raises `Rejected`, `NotPossible`, `TooManyAttempts`.
    """
    form = valid(form)
    async with in_transaction():
        stands = await opened_and_locked(by, customer_id)
        customer = stands.customer
        account = _waiting(stands)
        await move(account, form.email)
        letter = await _write(customer, account)
        await by.did('registration address corrected', _subject(customer), account=account.id, letter=letter.id)
    outbox.wake()
    return letter


@needs(Role.CLERK)
async def lift_pause(by: Officer, customer_id: int) -> list[Counter]:
    """The counters of this code begin anew; which of them were used up."""
    async with in_transaction():
        customer = (await opened_and_locked(by, customer_id)).customer
        lifted = await pauses.lift(customer.payer_code, customer)
        await by.did('pause lifted', _subject(customer), counters=[counter.what.value for counter in lifted])
    return lifted


@needs(Role.CLERK)
async def issue_number(by: Officer, customer_id: int, way: str) -> NumberIssued:
    """A one-time control number, shown to the clerk or sent to an address that we have; raises `NotPossible`."""
    async with in_transaction():
        stands = await opened_and_locked(by, customer_id)
        customer = stands.customer
        if stands.active or customer.gone_at:
            raise NotPossible(_('A control number would be of no use: see what is wrong above.'))
        recipient, language = _recipient(stands, way)
        issued = await control_numbers.issue(customer, by_staff=by.staff_id)
        letter = await _send_number(issued, recipient, language) if recipient else None
        await by.did('control number issued', _subject(customer), way=Way(way).value)
    outbox.wake()
    return NumberIssued(control_numbers.told(issued, language if recipient else by.language), letter)


@needs(Role.CLERK)
async def withdraw_number(by: Officer, customer_id: int) -> None:
    """No number that was issued to this customer works any longer, and no letter with one goes out."""
    async with in_transaction():
        customer = (await opened_and_locked(by, customer_id)).customer
        await control_numbers.cancel(customer)
        await outbox.withdraw(customer=customer, kind=CONTROL_NUMBER)
        await by.did('control number withdrawn', _subject(customer))


def ways(stands: Standing) -> dict[Way, str]:
    """Those that there are, each with the address."""
    pending = stands.pending.account.email if stands.pending else None
    every = {Way.SHOWN: '', Way.BILLING: stands.customer.email, Way.REGISTRATION: pending}
    return {way: address for way, address in every.items() if address is not None}


CONTROL_NUMBER = 'control_number'


def _waiting(stands: Standing) -> Account:
    if stands.waiting is None:
        raise NotPossible(NOTHING_WAITS)
    return stands.waiting


async def _write(customer: Customer, account: Account) -> Letter:
    """One letter, in place of those that still wait; not counted against the customer's own."""
    await throttle.spend([_budget(customer)])
    await outbox.withdraw(account=account)
    try:
        waiting = await waiting_of(account)
    except ProofFailed:
        raise NotPossible(NOTHING_WAITS) from None
    if isinstance(waiting, Access):
        return await queue_first(waiting, waiting.account, due_at=_due())
    return await queue_parked(waiting.account, due_at=_due())


async def _send_number(issued: IssuedControlNumber, recipient: str, language: str) -> Letter:
    await throttle.spend([_budget(issued.customer)])
    return await outbox.queue(
        CONTROL_NUMBER, recipient, language, due_at=_due(), customer=issued.customer, issued=issued
    )  # fmt: skip


def _recipient(stands: Standing, way: str) -> tuple[str, str]:
    """The address that belongs to this way, and the language for it; no address to show it only."""
    known = ways(stands)
    if way not in known:
        raise NotPossible(_('There is no such address any longer.'))
    account = stands.pending.account if stands.pending and way == Way.REGISTRATION else None
    return known[Way(way)], known_language(account.language if account else None)


def _budget(customer: Customer) -> Budget:
    return Budget('letters by staff', str(customer.id), LETTERS_PER_HOUR, HOUR)


def _due() -> datetime:
    return clock.now() + settings().undo_for


def _subject(customer: Customer) -> str:
    return f'customer:{customer.id}'
