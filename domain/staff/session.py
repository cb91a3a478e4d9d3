"""Browsers in which staff are signed in: 15 minutes without an action, 8 hours in any case, listed networks only."""

import secrets
from datetime import datetime
from ipaddress import ip_address

from domain import clock
from domain.keys import cookie_hashes
from domain.settings import settings
from domain.visitor import Visitor
from storage.models import Staff, StaffSession


async def open_session(staff: Staff, by: Visitor) -> str:
    """The token for the cookie, seen by nobody else."""
    token, now = secrets.token_urlsafe(32), clock.now()
    await StaffSession.create(
        token_hash=cookie_hashes(token)[0], staff=staff, address=by.address[:45], started_at=now, last_seen_at=now
    )
    return token


async def session_of(token: object, by: Visitor, *, acted: bool = True) -> StaffSession | None:
    """The living session behind a cookie, with its staff; a person's act keeps it from idling."""
    if not isinstance(token, str) or not 20 < len(token) < 100 or not is_listed(by.address):
        return None
    session = await StaffSession.filter(token_hash__in=cookie_hashes(token)).select_related('staff').first()
    if session is None or not _lives(session):
        return None
    if acted and clock.now() - session.last_seen_at > settings().staff_session_idle / 30:
        session.last_seen_at = clock.now()
        await StaffSession.filter(id=session.id, ended_at=None).update(last_seen_at=session.last_seen_at)
    return session


async def living(session_id: int) -> StaffSession | None:
    """The session with its staff, if it has not ended and they still work here."""
    session = await StaffSession.filter(id=session_id).select_related('staff').first()
    return session if session and _lives(session) else None


def ends_at(session: StaffSession) -> datetime:
    """When it ends unless the person does something."""
    idle = session.last_seen_at + settings().staff_session_idle
    return min(idle, session.started_at + settings().staff_session_absolute)


async def end_session(session: StaffSession) -> bool:
    """Whether this is what ended it."""
    return await StaffSession.filter(id=session.id, ended_at=None).update(ended_at=clock.now()) == 1


async def end_sessions(staff: Staff) -> int:
    """All of them, at once; how many."""
    return await StaffSession.filter(staff=staff, ended_at=None).update(ended_at=clock.now())


def is_listed(address: str) -> bool:
    """Whether the admin page exists for this client (STAFF_NETWORKS)."""
    networks = settings().staff_networks
    if not networks:
        return True
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    parsed = getattr(parsed, 'ipv4_mapped', None) or parsed
    return any(parsed in network for network in networks)


def _lives(session: StaffSession) -> bool:
    return session.ended_at is None and session.staff.disabled_at is None and clock.now() < ends_at(session)
