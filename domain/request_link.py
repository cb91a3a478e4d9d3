"""The link in the letter about a request (manual, 1.2): confirms the address, by a click and never by opening it."""

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from domain import clock, links, outbox, throttle
from domain.activation import masked
from domain.correspondence import pause_of
from domain.language import _
from domain.links import ADDITION, REQUEST, LinkState
from domain.request import STAFF_LANGUAGE, of_recipient, write
from storage.models import (
    OPEN_STATES,
    AccessRequest,
    IssuedControlNumber,
    Link,
    NoteKind,
    RequestNote,
    RequestState,
)

DECLINED = _('Whoever received the letter chose “This was not me”.')


@dataclass(frozen=True)
class Confirmation:
    """What the page of a link may show: only a living one names anything."""

    state: LinkState | None
    email: str = ''
    reference: str = ''


async def found(purpose: str, token: object, *, locked: bool = False) -> tuple[Link, AccessRequest] | None:
    """The link with its request, which `locked` keeps as it is until the transaction ends."""
    link = await links.found(purpose, token)
    if link is None or link.request is None:
        return None
    if locked:
        request = await AccessRequest.select_for_update().get(id=link.request.id)
        return await Link.get(id=link.id), request
    return link, link.request


async def look_up(token: object) -> Confirmation:
    """Changes nothing; `state` is None for a link nobody ever sent."""
    if not (both := await found(REQUEST, token)):
        return Confirmation(None)
    link, request = both
    if (state := links.state(link)) != LinkState.LIVE:
        return Confirmation(state)
    return Confirmation(state, masked(request.email) if request.email else '', request.reference)


async def confirm(token: object) -> LinkState | None:
    """Confirms the address. LIVE means: by this very call; anything else is how the link had ended before."""
    async with in_transaction():
        if not (both := await found(REQUEST, token, locked=True)):
            return None
        link, request = both
        if not await links.use(link):
            return links.state(link)
        await confirm_address(request)
    return LinkState.LIVE


async def confirm_address(request: AccessRequest) -> None:
    """Whatever staff have done with the request meanwhile stays as it is."""
    named = AccessRequest.filter(id=request.id)
    await named.filter(confirmed_at=None).update(confirmed_at=clock.now())
    await named.filter(state=RequestState.UNCONFIRMED).update(state=RequestState.NEW)
    await named.filter(state_before=RequestState.UNCONFIRMED).update(state_before=RequestState.NEW)


async def decline(token: object) -> bool:
    """»To nisem jaz«: nobody answers this request, and what was answered already opens nothing."""
    async with in_transaction():
        both = await found(REQUEST, token, locked=True)
        if not both or links.state(both[0]) != LinkState.LIVE or not await links.cancel(both[0]):
            return False
        await _close(both[1])
    return True


async def resend_after_expiry(token: object) -> None:
    """A new link to the same address, if the request still waits for it; raises `TooManyAttempts`."""
    async with in_transaction():
        both = await found(REQUEST, token, locked=True)
        if not both or links.state(both[0]) != LinkState.EXPIRED:
            return
        request = both[1]
        if request.state in OPEN_STATES and request.confirmed_at is None:
            await throttle.spend([of_recipient(request.email or ''), pause_of(request.email or '')])
            await write(request)
    outbox.wake()


async def _close(request: AccessRequest) -> None:
    now = clock.now()
    await outbox.withdraw(request=request)
    await links.end(ADDITION, request)
    await IssuedControlNumber.filter(request=request, used_at=None, cancelled_at=None).update(cancelled_at=now)
    still_open = AccessRequest.filter(id=request.id, state__in=OPEN_STATES)
    await still_open.update(state=RequestState.REJECTED, open_for=None, ended_at=now, undo_until=None)
    text = DECLINED.said_in(STAFF_LANGUAGE)
    await RequestNote.create(request=request, at=now, kind=NoteKind.REASON, text=text)
