"""The link in the letter (manual, 2): confirmed by a click, never by opening it, because mail scanners open links."""

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from domain import clock, control_numbers, links, throttle
from domain.acceptance import end_access, lock
from domain.links import ACTIVATION, LinkState
from domain.session import end_sessions
from domain.visitor import Visitor
from storage.models import Access, AccessState, Account, Invoice, Link

SOMEBODY = Visitor('')


@dataclass(frozen=True)
class Confirmation:
    """What the page of a link may show. Only a living link names anything, and that masked."""

    state: LinkState | None
    email: str = ''
    code_ending: str = ''


async def look_up(token: object, by: Visitor = SOMEBODY) -> Confirmation:
    """Changes nothing but what staff may read; `state` is None for a link nobody ever sent."""
    link = await links.found(ACTIVATION, token)
    if link is None:
        return Confirmation(None)
    state = links.state(link)
    await throttle.log_within_reason('link', await _code_of(link), by, f'opened, {state}')
    if state != LinkState.LIVE:
        return Confirmation(state)
    access = await _pending(link)
    if access is None:
        return Confirmation(LinkState.REPLACED)
    return Confirmation(state, masked(access.account.email), access.customer.payer_code[-2:])


async def activate(token: object, by: Visitor = SOMEBODY) -> LinkState | None:
    """Confirms the registration. LIVE means: by this very call; anything else is how the link had ended before."""
    async with in_transaction():
        link = await links.found(ACTIVATION, token)
        if link is None:
            return None
        access = await _locked_pending(link)
        if access is None or not await links.use(link):
            return await _ending(link)
        await _confirm(access)
        await throttle.log('link', access.customer.payer_code, by, 'confirmed')
    return LinkState.LIVE


async def decline(token: object, by: Visitor = SOMEBODY) -> bool:
    """»To nisem jaz«: the registration is cancelled; False if there was nothing left to cancel."""
    async with in_transaction():
        link = await links.found(ACTIVATION, token)
        access = link and await _locked_pending(link)
        if not link or not access or not await links.cancel(link):
            return False
        await end_access(access)
        await throttle.log('link', access.customer.payer_code, by, 'declined')
        await end_sessions(access.account)
    return True


def masked(email: str) -> str:
    """»a…a@primer.si«: its owner knows it again, nobody else learns it."""
    local, domain = email.rsplit('@', 1)
    return f'{local[0]}…{local[-1] if len(local) > 2 else ""}@{domain}'


async def _confirm(access: Access) -> None:
    now = clock.now()
    await Access.filter(id=access.id).update(
        state=AccessState.ACTIVE, pending_for=None, first_holder_of=access.customer.id, since=now
    )
    await Account.filter(id=access.account.id).update(activated_at=now)
    if access.proven_by:
        await Invoice.filter(id=access.proven_by.id).update(spent_by=access.account)
    if access.proven_by_issued:
        await control_numbers.use_up(access.proven_by_issued, access.account)


async def _code_of(link: Link) -> str | None:
    access = await Access.filter(account=link.account).order_by('-id').select_related('customer').first()
    return access.customer.payer_code if access else None


async def _pending(link: Link) -> Access | None:
    return (
        await Access.filter(account=link.account, state=AccessState.PENDING)
        .select_related('account', 'customer', 'proven_by', 'proven_by_issued')
        .first()
    )


async def _locked_pending(link: Link) -> Access | None:
    """Behind the same lock as a registration for this payer code: the two never act on what the other is changing."""
    if access := await _pending(link):
        await lock(access.customer.id)
        return await _pending(link)
    return None


async def _ending(link: Link) -> LinkState:
    """How the link ended, read again: another click may have been faster."""
    state = links.state(await Link.get(id=link.id))
    return LinkState.REPLACED if state == LinkState.LIVE else state
