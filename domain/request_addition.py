"""The customer answers a clerk's question (manual, 1.2): the link in the letter opens a form, once."""

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from domain import clock, links
from domain.form import valid
from domain.links import ADDITION, LinkState
from domain.request import reopen
from domain.request_form import Addition, tax_columns
from domain.request_link import confirm_address, found
from storage.models import OPEN_STATES, AccessRequest, Link, NoteKind, RequestNote


@dataclass(frozen=True)
class Question:
    """What the page of a link may show: only a living one names anything."""

    state: LinkState | None
    reference: str = ''
    text: str = ''
    missing: tuple[str, ...] = ()  # fields of `Addition` that the request has nothing for


async def look_up(token: object) -> Question:
    """Changes nothing; `state` is None for a link nobody ever sent."""
    if not (both := await found(ADDITION, token)):
        return Question(None)
    link, request = both
    if (state := _state(link, request)) != LinkState.LIVE:
        return Question(state)
    note = await RequestNote.filter(request=request, kind=NoteKind.QUESTION).order_by('-id').first()
    return Question(state, request.reference, note.text if note else '', _missing(request))


async def add(form: Addition, token: object) -> LinkState | None:
    """LIVE means: added by this very call; anything else is how the link had ended before. Raises `Rejected`."""
    form = valid(form)
    async with in_transaction():
        if not (both := await found(ADDITION, token, locked=True)):
            return None
        link, request = both
        if (state := _state(link, request)) != LinkState.LIVE or not await links.use(link):
            return LinkState.REPLACED if state == LinkState.LIVE else state
        await _note(request, form)
    return LinkState.LIVE


async def _note(request: AccessRequest, form: Addition) -> None:
    await RequestNote.create(request=request, at=clock.now(), kind=NoteKind.ADDITION, text=form.message)
    filled: dict[str, str | None] = {}
    if form.metering_point and not request.metering_point:
        filled['metering_point'] = form.metering_point
    if form.tax_number and request.tax_number_hmac is None:
        filled |= tax_columns(form.tax_number)
    if filled:
        await AccessRequest.filter(id=request.id).update(**filled)
    await confirm_address(request)  # the link came by that address
    await reopen(request)


def _state(link: Link, request: AccessRequest) -> LinkState:
    """What has been answered or rejected needs no addition."""
    state = links.state(link)
    return LinkState.REPLACED if state == LinkState.LIVE and request.state not in OPEN_STATES else state


def _missing(request: AccessRequest) -> tuple[str, ...]:
    kept = {'metering_point': request.metering_point, 'tax_number': request.tax_number_hmac}
    return tuple(name for name, value in kept.items() if not value)
