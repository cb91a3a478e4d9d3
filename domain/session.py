"""Browsers that are let in. A cookie holds a random token, the table its keyed hash."""

import secrets
from datetime import datetime

from domain import clock
from domain.keys import cookie_hashes, keyed_hash
from domain.settings import settings
from domain.visitor import Visitor
from storage.models import Account, Session, SessionKind


async def open_session(account: Account, kind: SessionKind, by: Visitor) -> str:
    """The token for the cookie, seen by nobody else."""
    token, now = secrets.token_urlsafe(32), clock.now()
    await Session.create(
        token_hash=cookie_hashes(token)[0], kind=kind, account=account, address_hash=address_hash(by),
        started_at=now, last_seen_at=now,
    )  # fmt: skip
    return token


async def session_of(token: object, *, acted: bool = True) -> Session | None:
    """The living session behind a cookie, with its account; a person's act keeps it from idling."""
    if not isinstance(token, str) or not 20 < len(token) < 100:
        return None
    session = await Session.filter(token_hash__in=cookie_hashes(token), ended_at=None).select_related('account').first()
    if session is None or ends_at(session) <= clock.now() or session.account.closed_at or session.account.frozen_at:
        return None
    if acted and clock.now() - session.last_seen_at > settings().session_idle / 30:
        session.last_seen_at = clock.now()
        await Session.filter(id=session.id, ended_at=None).update(last_seen_at=session.last_seen_at)
    return session


def ends_at(session: Session) -> datetime:
    """When it ends unless the person does something. Only who is signed in can idle: a letter may take its time."""
    if session.kind != SessionKind.CUSTOMER:
        return session.started_at + settings().session_absolute
    idle = session.last_seen_at + settings().session_idle
    return min(idle, session.started_at + settings().session_absolute)


async def end_session(session: Session) -> None:
    await Session.filter(id=session.id, ended_at=None).update(ended_at=clock.now())


async def end_sessions(account: Account) -> int:
    """All of the account's, at once; how many."""
    return await Session.filter(account=account, ended_at=None).update(ended_at=clock.now())


async def came_from(account_id: int, by: Visitor) -> bool:
    """Whether the account was signed in to from this address before."""
    return await Session.filter(
        account_id=account_id, kind=SessionKind.CUSTOMER, address_hash=address_hash(by)
    ).exists()


def address_hash(by: Visitor) -> str:
    return keyed_hash('session address', by.network)
