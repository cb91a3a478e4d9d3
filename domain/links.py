"""Links in letters: 256 bits derived from the link's random id, so that no table holds what opens them.

A link is issued for one purpose and one account; issuing one replaces the older ones. It acts once.
"""

import base64
import hashlib
from enum import StrEnum
from uuid import uuid4

from domain import clock
from domain.keys import derived
from domain.settings import settings
from storage.models import Account, Link

ACTIVATION = 'activation'


class LinkState(StrEnum):
    LIVE = 'live'
    USED = 'used'
    REPLACED = 'replaced'
    CANCELLED = 'cancelled'
    EXPIRED = 'expired'


async def issue(purpose: str, account: Account) -> Link:
    """Inside the caller's transaction; its life begins when its letter is handed over."""
    now = clock.now()
    await Link.filter(account=account, purpose=purpose, used_at=None, replaced_at=None).update(replaced_at=now)
    identity = uuid4()
    return await Link.create(
        id=identity, purpose=purpose, account=account, token_hash=_hash(_token(identity.bytes)), issued_at=now
    )


async def end(purpose: str, account: Account) -> None:
    """No link of this purpose works any longer."""
    await Link.filter(account=account, purpose=purpose, used_at=None, replaced_at=None).update(replaced_at=clock.now())


async def living(purpose: str, account: Account) -> Link | None:
    """The one link of this purpose that still works."""
    link = await Link.filter(account=account, purpose=purpose, used_at=None, replaced_at=None).first()
    return link if link and state(link) == LinkState.LIVE else None


async def found(purpose: str, token: object) -> Link | None:
    if not isinstance(token, str) or not token.isascii() or not 20 < len(token) < 100:
        return None
    return await Link.filter(token_hash=_hash(token), purpose=purpose).select_related('account').first()


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


def address(link: Link) -> str:
    """The web address for the letter; from the settings, never from what a request calls itself."""
    return f'{settings().public_url}/potrditev/{_token(link.id.bytes)}'


def _token(identity: bytes) -> str:
    return base64.urlsafe_b64encode(derived('link', identity)).decode().rstrip('=')


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
