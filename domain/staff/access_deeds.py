"""Freezing, closing, and ending sessions: effective with the next event of any open page (trust.md, rule 32)."""

from tortoise.transactions import in_transaction

from domain import clock, links, outbox
from domain import session as sessions
from domain.language import _
from domain.links import ACTIVATION
from domain.staff.customers import opened_and_locked
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from domain.staff.standing import Standing
from storage.models import Access, AccessState, Account, ParkedRegistration, Role

NO_ACCESS = _('There is no active access any longer.')


@needs(Role.CLERK)
async def freeze(by: Officer, customer_id: int) -> int:
    """Nobody can sign in until it is unfrozen; how many sessions ended."""
    async with in_transaction():
        access = _active(await opened_and_locked(by, customer_id))
        await Account.filter(id=access.account.id, frozen_at=None).update(frozen_at=clock.now())
        ended = await sessions.end_sessions(access.account)
        await by.did('access frozen', _subject(access), account=access.account.id, sessions=ended)
    return ended


@needs(Role.CLERK)
async def unfreeze(by: Officer, customer_id: int) -> None:
    async with in_transaction():
        access = _active(await opened_and_locked(by, customer_id))
        await Account.filter(id=access.account.id).update(frozen_at=None)
        await by.did('access unfrozen', _subject(access), account=access.account.id)


@needs(Role.CLERK)
async def end_sessions(by: Officer, customer_id: int) -> int:
    """Signed out everywhere; how many."""
    async with in_transaction():
        access = _active(await opened_and_locked(by, customer_id))
        ended = await sessions.end_sessions(access.account)
        await by.did('sessions ended', _subject(access), account=access.account.id, sessions=ended)
    return ended


@needs(Role.CLERK)
async def close(by: Officer, customer_id: int) -> None:
    """The access ends, or without one whatever waits to become one; the code is free for a new registration."""
    async with in_transaction():
        stands = await opened_and_locked(by, customer_id)
        ending = [stands.active] if stands.active else [*filter(None, [stands.pending]), *stands.held]
        parked = [] if stands.active else stands.parked
        if not ending and not parked:
            raise NotPossible(NO_ACCESS)
        for access in ending:
            await _end(access)
        for waiting in parked:
            await ParkedRegistration.filter(id=waiting.id, ended_at=None).update(
                ended_at=clock.now(), outcome='closed by staff'
            )
            await _close_account(waiting.account)
        kind = 'access closed' if stands.active else 'registration closed'
        await by.did(kind, f'customer:{stands.customer.id}', accounts=[access.account.id for access in ending])


def _active(stands: Standing) -> Access:
    if stands.active is None:
        raise NotPossible(NO_ACCESS)
    return stands.active


async def _end(access: Access) -> None:
    """An account that sees other customers as well keeps those."""
    await Access.filter(id=access.id).update(
        state=AccessState.ENDED, pending_for=None, first_holder_of=None, until=clock.now()
    )
    living = [AccessState.ACTIVE, AccessState.PENDING, AccessState.HELD]
    if not await Access.filter(account=access.account, state__in=living).exists():
        await _close_account(access.account)


async def _close_account(account: Account) -> None:
    await Account.filter(id=account.id).update(closed_at=clock.now())
    await links.end(ACTIVATION, account)
    await outbox.withdraw(account=account)
    await sessions.end_sessions(account)


def _subject(access: Access) -> str:
    return f'customer:{access.customer.id}'
