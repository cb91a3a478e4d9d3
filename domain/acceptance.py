"""A registration whose numbers are proven waits for the confirmation (manual, 1.1 and 2), and its letter goes out."""

from dataclasses import dataclass
from typing import Any

from domain import clock, links
from domain.correspondence import write, write_notice, wrote_just_now
from domain.links import ACTIVATION
from domain.settings import settings
from domain.visitor import Visitor
from storage.models import Access, AccessState, Account, Customer, ParkedRegistration
from storage.proof import Pair


@dataclass(frozen=True)
class Applicant:
    """What the form and the browser say of who registers."""

    email: str
    password_hash: str
    by: Visitor

    @property
    def columns(self) -> dict[str, Any]:
        return {
            'password_hash': self.password_hash, 'language': self.by.language,
            'terms_version': settings().terms_version, 'terms_accepted_at': clock.now(),
        }  # fmt: skip


async def accept(pair: Pair, applicant: Applicant) -> Account:
    """The account that waits for its letter. A code in use takes the same way and ends in another letter."""
    customer, holder = await _locked(pair)
    state = AccessState.HELD if holder else AccessState.PENDING
    await _end_parked(customer, applicant.email)
    account = await _same_again(applicant.email, customer, state)
    if account is None:
        account = await open_account(applicant)
        access = await _new_access(account, customer, pair, state)
    else:
        await Account.filter(id=account.id).update(**applicant.columns)
        access = await Access.get(account=account, state=state).select_related('account', 'customer')
        await Access.filter(id=access.id).update(**_proven_by(pair))
        if await wrote_just_now(account):
            return account
    await _tell(access, account, holder)
    return account


async def accept_parked(pair: Pair, account: Account) -> None:
    """The same for an account that waited for newer data; its own parked registration has ended by now."""
    customer, holder = await _locked(pair)
    await _end_parked(customer, account.email)
    access = await _new_access(account, customer, pair, AccessState.HELD if holder else AccessState.PENDING)
    await _tell(access, account, holder)


async def open_account(applicant: Applicant) -> Account:
    return await Account.create(email=applicant.email, created_at=clock.now(), **applicant.columns)


async def lock(customer_id: int) -> Customer:
    """Whoever changes who may see this customer takes this lock first, until the transaction ends."""
    return await Customer.select_for_update(no_key=True).get(id=customer_id)


async def end_access(access: Access) -> None:
    """An access that was never confirmed is over, and its account with it."""
    now = clock.now()
    await Access.filter(id=access.id).update(state=AccessState.ENDED, pending_for=None, until=now)
    await Account.filter(id=access.account.id).update(closed_at=now)


async def _locked(pair: Pair) -> tuple[Customer, Access | None]:
    customer = await lock(pair.customer_id)
    return customer, await Access.filter(first_holder_of=customer.id).select_related('account').first()


async def _same_again(email: str, customer: Customer, state: AccessState) -> Account | None:
    """A repeated submit, a second browser, a page sent again after a crash: the account that waits already."""
    access = (
        await Access.filter(customer=customer, state=state, account__email__iexact=email, account__closed_at=None)
        .select_related('account')
        .first()
    )
    return access.account if access else None


async def _end_earlier(customer: Customer) -> None:
    """The newest valid proof wins: earlier registrations that nobody confirmed end, and so do their links."""
    waiting = Access.filter(customer=customer, state__in=[AccessState.PENDING, AccessState.HELD])
    for access in await waiting.select_related('account'):
        await links.end(ACTIVATION, access.account)
        await end_access(access)


async def _end_parked(customer: Customer, email: str) -> None:
    """What this person parked has become needless. Its account is not used: who opened it has proven nothing."""
    now = clock.now()
    waiting = ParkedRegistration.filter(payer_code=customer.payer_code, account__email__iexact=email, ended_at=None)
    for parked_id, account_id in await waiting.values_list('id', 'account_id'):
        await ParkedRegistration.filter(id=parked_id, ended_at=None).update(
            ended_at=now, outcome='registered meanwhile'
        )
        await Account.filter(id=account_id).update(closed_at=now)


async def _new_access(account: Account, customer: Customer, pair: Pair, state: AccessState) -> Access:
    await _end_earlier(customer)
    pending_for = customer.id if state == AccessState.PENDING else None
    return await Access.create(
        account=account, customer=customer, state=state, pending_for=pending_for, since=clock.now(),
        **_proven_by(pair),
    )  # fmt: skip


def _proven_by(pair: Pair) -> dict[str, Any]:
    """An invoice, or a number that staff issued."""
    return {'proven_by_id': pair.invoice_id, 'proven_by_issued_id': pair.issued_id}


async def _tell(access: Access, account: Account, holder: Access | None) -> None:
    await write(access, account)
    if holder and holder.account.email.lower() != account.email.lower():
        await write_notice(holder.account, access.customer)
