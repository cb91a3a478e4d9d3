"""The queue of requests (manual, 1.2): who asks, which clerk has taken it, and what is written to it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q
from tortoise.functions import Count, Min
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from domain import clock
from domain.checks import has_text
from domain.folding import folded
from domain.form import entry, valid
from domain.language import Message, _
from domain.staff.listing import Listing, Look, listed
from domain.staff.members import able
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from storage.models import OPEN_STATES, AccessRequest, NoteKind, RequestNote, RequestState, Role, Staff

SORTS = {'received': 'created_at', 'name': 'search_key', 'state': 'state'}
LONGEST_TYPED = 100  # characters


class Showing(StrEnum):
    OPEN = 'open'
    MINE = 'mine'
    WAITING = 'waiting'
    ENDED = 'ended'
    ALL = 'all'


MEANWHILE = _('Somebody has changed this request meanwhile. Look at it again, please.')
ENDED = _('This request has ended already. Reopen it first.')


@dataclass(frozen=True)
class Waiting:
    """What lies in front of the staff: all that is open and does not wait for the customer."""

    count: int
    oldest: datetime | None


@dataclass(kw_only=True)
class Note:
    note: str = entry(_('Note for staff'), has_text(_('Write the note.')), lines=True, tidy=str.strip)


@needs(Role.CLERK)
async def queue(by: Officer, showing: Showing, typed: str, look: Look) -> Listing[AccessRequest]:
    """The oldest first, unless asked otherwise; `typed` are words of name and address, an e-mail or a reference."""
    query = AccessRequest.filter(_shown(showing, by)).filter(_typed(typed)).select_related('taken_by')
    return await listed(query, look, SORTS)


@needs(Role.CLERK)
async def waiting(by: Officer) -> Waiting:
    query = AccessRequest.filter(state__in=OPEN_STATES).exclude(state=RequestState.WAITING)
    row = (await query.annotate(n=Count('id'), oldest=Min('created_at')).values('n', 'oldest'))[0]
    return Waiting(row['n'], row['oldest'])


@needs(Role.CLERK)
async def opened(by: Officer, request_id: int, *, again: bool = False) -> AccessRequest | None:
    """With who has taken it. Opening is on record, but for a page that shows it already (`again`)."""
    request = await _with_people(AccessRequest.filter(id=request_id)).first() if type(request_id) is int else None
    if request and not again:
        async with in_transaction():
            await by.did('request viewed', f'request:{request.id}', purpose='request')
    return request


@needs(Role.CLERK)
async def take(by: Officer, request_id: int) -> None:
    """Of many who try at once exactly one has it."""
    async with in_transaction():
        request = await found(request_id)
        if holder(request) != by.staff_id:
            await take_free(by, request)


@needs(Role.CLERK)
async def give_back(by: Officer, request_id: int) -> None:
    async with in_transaction():
        request = await _own(by, request_id)
        await move(request, state=await _untaken(request), taken_by_id=None, taken_at=None)
        await by.did('request given back', f'request:{request.id}')


@needs(Role.CLERK)
async def take_over(by: Officer, request_id: int, from_staff_id: int) -> None:
    """From the colleague whom the clerk was told about, and from nobody else."""
    async with in_transaction():
        request = await found(request_id)
        if holder(request) != from_staff_id or request.state not in OPEN_STATES:
            raise NotPossible(MEANWHILE)
        await move(request, taken_by_id=by.staff_id, taken_at=clock.now())
        await by.did('request taken over', f'request:{request.id}', taken_from=f'staff:{from_staff_id}')


@needs(Role.ADMINISTRATOR)
async def hand_on(by: Officer, request_id: int, to_staff_id: int) -> None:
    async with in_transaction():
        request = await found(request_id)
        if request.state not in OPEN_STATES:
            raise NotPossible(ENDED)
        if to_staff_id not in {colleague.id for colleague in await _working()}:
            raise NotPossible(_('This person does not work here any more.'))
        state = request.state if request.state == RequestState.WAITING else RequestState.TAKEN
        await move(request, state=state, taken_by_id=to_staff_id, taken_at=clock.now())
        await by.did('request handed on', f'request:{request.id}', to=f'staff:{to_staff_id}')


@needs(Role.ADMINISTRATOR)
async def colleagues(by: Officer) -> list[Staff]:
    """To whom a request can be handed."""
    return await _working()


@needs(Role.CLERK)
async def add_note(by: Officer, request_id: int, form: Note) -> None:
    text = valid(form).note
    async with in_transaction():
        request = await found(request_id)
        await written(by, request, NoteKind.NOTE, text)
        await by.did('request noted', f'request:{request.id}')


async def found(request_id: int) -> AccessRequest:
    """For the services that change it; ids come from pages."""
    request = await _with_people(AccessRequest.filter(id=request_id)).first() if type(request_id) is int else None
    if request is None:
        raise NotPossible(_('There is no such request.'))
    return request


async def take_free(by: Officer, request: AccessRequest) -> None:
    """Inside a transaction; whoever waits for the customer goes on waiting."""
    if request.state not in OPEN_STATES:
        raise NotPossible(ENDED)
    if holder(request) is not None:
        raise NotPossible(taken_by_another(request))
    state = request.state if request.state == RequestState.WAITING else RequestState.TAKEN
    await move(request, state=state, taken_by_id=by.staff_id, taken_at=clock.now())
    await by.did('request taken', f'request:{request.id}')


async def move(request: AccessRequest, **columns: object) -> None:
    """Only from the state in which it was read, and only from whom it was read to be with."""
    same = AccessRequest.filter(id=request.id, state=request.state, taken_by_id=holder(request))
    if await same.update(**columns) != 1:
        raise NotPossible(MEANWHILE)
    for name, value in columns.items():
        setattr(request, name, value)


async def written(by: Officer, request: AccessRequest, kind: NoteKind, text: str) -> RequestNote:
    return await RequestNote.create(request=request, at=clock.now(), kind=kind, by_id=by.staff_id, text=text)


def taken_by_another(request: AccessRequest) -> Message:
    return _('{name} has taken this request.', name=request.taken_by.name if request.taken_by else '')


def holder(request: AccessRequest) -> int | None:
    """The id of who has taken it."""
    return request.taken_by_id  # type: ignore[attr-defined,no-any-return]


def is_open(request: AccessRequest) -> bool:
    return request.state in OPEN_STATES


def _with_people(query: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    return query.select_related('taken_by', 'customer')


async def _own(by: Officer, request_id: int) -> AccessRequest:
    request = await found(request_id)
    if request.state not in OPEN_STATES:
        raise NotPossible(ENDED)
    if holder(request) != by.staff_id:
        raise NotPossible(MEANWHILE)
    return request


async def _untaken(request: AccessRequest) -> RequestState:
    """What it was before somebody took it."""
    if request.state == RequestState.WAITING:
        return RequestState.WAITING
    if request.email and request.confirmed_at is None:
        return RequestState.UNCONFIRMED
    again = RequestNote.filter(request=request, kind__in=[NoteKind.ADDITION, NoteKind.REASON])
    return RequestState.REOPENED if request.customer or await again.exists() else RequestState.NEW


async def _working() -> list[Staff]:
    return await able().order_by('name', 'id')


def _shown(showing: Showing, by: Officer) -> Q:
    ended = Q(state__in=[RequestState.ANSWERED, RequestState.REJECTED])
    shown = {
        Showing.OPEN: ~ended,
        Showing.MINE: ~ended & Q(taken_by_id=by.staff_id),
        Showing.WAITING: Q(state=RequestState.WAITING),
        Showing.ENDED: ended,
    }
    return shown.get(showing, Q(id__gt=0))


def _typed(typed: object) -> Q:
    said = typed[:LONGEST_TYPED].strip() if isinstance(typed, str) else ''
    if not said:
        return Q(id__gt=0)
    words: list[Q] = [Q(search_key__contains=word) for word in folded(said).split()]
    ways = [Q(email__icontains=said)]
    if words:
        ways.append(Q(*words))
    if reference := re.fullmatch(r'(?:\d{4}-)?0*(\d{1,9})', said, re.ASCII):
        ways.append(Q(id=int(reference[1])))
    return Q(*ways, join_type=Q.OR)
