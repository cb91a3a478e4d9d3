"""All that happened to one customer, the newest first: imports, attempts, letters, links, sign-ins, deeds of staff."""

from tortoise.transactions import in_transaction

from domain import pauses
from domain.checks import is_payer_code
from domain.language import _
from domain.staff import happenings
from domain.staff.customers import Purpose, customer_of, require_opened
from domain.staff.events import Event
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from storage.models import Access, Account, Customer, ParkedRegistration, Role


@needs(Role.CLERK)
async def timeline(by: Officer, customer_id: int) -> list[Event]:
    """Of a customer whom this officer has opened."""
    customer = await customer_of(customer_id)
    await require_opened(by, customer)
    accounts = await _accounts(customer)
    return _sorted([
        *await happenings.imports(customer),
        *await happenings.attempts(customer.payer_code),
        *await happenings.accounts(customer, accounts),
        *await happenings.letters(customer, accounts),
        *happenings.pauses(await pauses.used_up(customer.payer_code, customer)),
        *await happenings.sessions(accounts),
        *await happenings.parked(customer.payer_code),
        *await happenings.numbers(customer),
        *await happenings.requests(customer, accounts),
        *await happenings.deeds(customer, accounts),
    ])  # fmt: skip


@needs(Role.CLERK)
async def timeline_of_code(by: Officer, payer_code: str, purpose: Purpose) -> list[Event]:
    """Of a payer code that no customer has: somebody typed it. On record like the view of a customer."""
    if not isinstance(payer_code, str) or is_payer_code(payer_code, None):
        raise NotPossible(_('This is no payer code.'))
    if await Customer.filter(payer_code=payer_code).exists():
        raise NotPossible(_('A customer has this payer code. Open the customer.'))
    async with in_transaction():
        await by.did('attempts on unknown code opened', purpose=Purpose(purpose).value)
    return _sorted([
        *await happenings.attempts(payer_code),
        *await happenings.parked(payer_code),
        *happenings.pauses(await pauses.used_up(payer_code)),
    ])  # fmt: skip


async def _accounts(customer: Customer) -> list[Account]:
    """All that this customer ever had, also those that wait for newer data."""
    by_access = await Access.filter(customer=customer).values_list('account_id', flat=True)
    by_code = await ParkedRegistration.filter(payer_code=customer.payer_code).values_list('account_id', flat=True)
    return await Account.filter(id__in=list({*by_access, *by_code}) or [0]).order_by('id')


def _sorted(found: list[Event]) -> list[Event]:
    return sorted(found, key=lambda event: event.at, reverse=True)
