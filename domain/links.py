"""Links in letters: 256 bits derived from the link's random id, so that no table holds what opens them.

A link is issued for one purpose and one owner (an account, a request, somebody of the staff); issuing one replaces the
older ones. It acts once.
"""

import base64
import hashlib
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeGuard
from uuid import UUID, uuid4

from domain import clock
from domain.keys import derived
from domain.settings import settings
from storage.models import AccessRequest, Account, Link, Staff

ACTIVATION = 'activation'
REQUEST = 'request'  # confirms the address in a request
ADDITION = 'addition'  # opens the page where a request is added to
STAFF_SETUP = 'staff set-up'
PATHS = {
    ACTIVATION: '/potrditev', REQUEST: '/zahtevek/potrditev', ADDITION: '/zahtevek/dopolnitev',
    STAFF_SETUP: '/uprava/nastavitev',
}  # fmt: skip

Owner = Account | AccessRequest | Staff


class LinkState(StrEnum):
    LIVE = 'live'
    USED = 'used'
    REPLACED = 'replaced'
    CANCELLED = 'cancelled'
    EXPIRED = 'expired'


async def issue(purpose: str, owner: Owner, *, valid_for: timedelta | None = None) -> Link:
    """Inside the caller's transaction; unless told otherwise its life begins when its letter is handed over."""
    now = clock.now()
    await end(purpose, owner)
    identity = uuid4()
    return await Link.create(
        id=identity, purpose=purpose, **_of(owner), token_hash=hash_of(token(identity)), issued_at=now,
        valid_until=now + valid_for if valid_for else None,
    )  # fmt: skip


async def end(purpose: str, owner: Owner) -> None:
    """No link of this purpose works any longer."""
    unspent = Link.filter(**_of(owner), purpose=purpose, used_at=None, replaced_at=None)
    await unspent.update(replaced_at=clock.now())


async def living(purpose: str, owner: Owner) -> Link | None:
    """The one link of this purpose that still works."""
    link = await Link.filter(**_of(owner), purpose=purpose, used_at=None, replaced_at=None).first()
    return link if link and state(link) == LinkState.LIVE else None


async def found(purpose: str, typed: object) -> Link | None:
    if not is_token(typed):
        return None
    named = Link.filter(token_hash=hash_of(typed), purpose=purpose)
    return await named.select_related('account', 'request', 'staff').first()


def state(link: Link) -> LinkState:
    if link.used_at:
        return LinkState.USED
    if link.cancelled_at:
        return LinkState.CANCELLED
    if link.replaced_at:
        return LinkState.REPLACED
    return LinkState.EXPIRED if link.valid_until and link.valid_until <= clock.now() else LinkState.LIVE


async def use(link: Link) -> bool:
    """Marks it as used; False if somebody was faster. One statement, so exactly one of many wins."""
    unspent = Link.filter(id=link.id, used_at=None, replaced_at=None, cancelled_at=None)
    return state(link) == LinkState.LIVE and await unspent.update(used_at=clock.now()) == 1


async def cancel(link: Link) -> bool:
    unspent = Link.filter(id=link.id, used_at=None, replaced_at=None, cancelled_at=None)
    return await unspent.update(cancelled_at=clock.now()) == 1


def valid_for(purpose: str) -> timedelta:
    """Counted from the moment the letter is handed over."""
    return settings().link_valid_for if purpose == ACTIVATION else settings().request_link_valid_for


def address(link: Link) -> str:
    """The web address for the letter; from the settings, never from what a request calls itself."""
    return f'{settings().public_url}{PATHS[link.purpose]}/{token(link.id)}'


def token(identity: UUID) -> str:
    """256 bits that follow from a random id only for who holds DATA_KEY."""
    return base64.urlsafe_b64encode(derived('link', identity.bytes)).decode().rstrip('=')


def is_token(typed: object) -> TypeGuard[str]:
    """Whether it could be one: nothing else is looked up."""
    return isinstance(typed, str) and typed.isascii() and 20 < len(typed) < 100


def hash_of(typed: str) -> str:
    """How a token is kept (trust.md, rule 20)."""
    return hashlib.sha256(typed.encode()).hexdigest()


def _of(owner: Owner) -> dict[str, Any]:
    name = {Account: 'account', AccessRequest: 'request', Staff: 'staff'}[type(owner)]
    return {name: owner}
