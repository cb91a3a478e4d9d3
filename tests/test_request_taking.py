"""Each request is one clerk's at a time: taken, given back, taken over, handed on, noted, and all of it told."""

from typing import Any

import pytest

from domain import clock
from domain.form import Rejected
from domain.staff.not_possible import NotPossible
from domain.staff.permission import NotAllowed, Officer
from domain.staff.request_history import history
from domain.staff.requests import (
    Note,
    add_note,
    colleagues,
    give_back,
    hand_on,
    opened,
    take,
    take_over,
)
from storage.models import AuditEvent, RequestState, Role, Staff
from tests.world import a_request, all_at_once, an_officer

pytestmark = pytest.mark.usefixtures('db', 'time_passes')


@pytest.fixture
async def marija() -> Officer:
    return await an_officer()


@pytest.fixture
async def peter() -> Officer:
    return await an_officer(name='Peter Zajc')


async def test_two_clerks_cannot_take_the_same_request() -> None:
    clerks = [await an_officer(name=f'Referent {n}') for n in range(50)]
    request = await a_request()

    outcomes = await all_at_once(*(take(clerk, request.id) for clerk in clerks))

    assert outcomes.count(None) == 1
    assert all(isinstance(outcome, NotPossible) for outcome in outcomes if outcome is not None)
    await request.refresh_from_db()
    assert request.state == RequestState.TAKEN
    assert await AuditEvent.filter(what='request taken').count() == 1


async def test_who_comes_second_is_told_who_was_first(marija: Officer, peter: Officer) -> None:
    request = await a_request()
    await take(marija, request.id)
    await take(marija, request.id)  # once more changes nothing

    with pytest.raises(NotPossible) as refusal:
        await take(peter, request.id)

    assert 'Marija Kos' in refusal.value.sentence.said_in('en')


@pytest.mark.parametrize(
    ('columns', 'back'),
    [({}, RequestState.NEW), ({'confirmed_at': None, 'state': RequestState.UNCONFIRMED}, RequestState.UNCONFIRMED),
     ({'state': RequestState.WAITING}, RequestState.WAITING),
     ({'email': None, 'confirmed_at': None}, RequestState.NEW)],
    ids=['new', 'unconfirmed', 'waiting', 'by phone'],
)  # fmt: skip
async def test_a_request_that_is_given_back_is_free_for_others(
    marija: Officer, peter: Officer, columns: dict[str, Any], back: RequestState
) -> None:
    request = await a_request(**columns)
    await take(marija, request.id)

    await give_back(marija, request.id)

    await request.refresh_from_db()
    assert (request.state, request.taken_by_id) == (back, None)
    await take(peter, request.id)


async def test_nobody_gives_back_what_a_colleague_has(marija: Officer, peter: Officer) -> None:
    request = await a_request()
    await take(marija, request.id)

    with pytest.raises(NotPossible):
        await give_back(peter, request.id)


async def test_a_clerk_takes_over_only_from_whom_he_was_told_about(marija: Officer, peter: Officer) -> None:
    third = await an_officer(name='Tretji')
    request = await a_request()
    await take(marija, request.id)

    with pytest.raises(NotPossible):
        await take_over(peter, request.id, third.staff_id)
    await take_over(peter, request.id, marija.staff_id)

    await request.refresh_from_db()
    assert request.taken_by_id == peter.staff_id
    event = await AuditEvent.get(what='request taken over')
    assert event.detail == {'taken_from': f'staff:{marija.staff_id}'}


async def test_an_administrator_hands_a_request_on_to_who_works_here(marija: Officer, peter: Officer) -> None:
    boss = await an_officer(Role.ADMINISTRATOR, 'Vodja')
    request = await a_request()

    await hand_on(boss, request.id, peter.staff_id)
    await request.refresh_from_db()
    assert request.taken_by_id == peter.staff_id

    await Staff.filter(id=marija.staff_id).update(disabled_at=clock.now())
    assert marija.staff_id not in {one.id for one in await colleagues(boss)}
    with pytest.raises(NotPossible):
        await hand_on(boss, request.id, marija.staff_id)
    with pytest.raises(NotAllowed):
        await hand_on(peter, request.id, peter.staff_id)


async def test_opening_a_request_is_on_record_once_per_opening(marija: Officer) -> None:
    request = await a_request()

    await opened(marija, request.id)
    await opened(marija, request.id, again=True)

    event = await AuditEvent.get(what='request viewed')
    assert (event.about, event.detail) == (f'request:{request.id}', {'purpose': 'request'})


@pytest.mark.parametrize('number', [0, 999_999, '1', None, True, 1.0])
async def test_what_is_no_request_is_not_opened(marija: Officer, number: Any) -> None:
    await a_request(id=1)

    assert await opened(marija, number) is None
    with pytest.raises(NotPossible):
        await take(marija, number)


async def test_the_history_tells_everything_with_names(marija: Officer) -> None:
    request = await a_request()
    await take(marija, request.id)
    await add_note(marija, request.id, Note(note='  Poklicala, ni doma.  '))

    told = await history(marija, request)

    assert [one.what.said_in('en') for one in told][-1] == 'Received through the portal'
    note = next(one for one in told if one.text)
    assert (note.text, note.by) == ('Poklicala, ni doma.', 'Marija Kos')
    assert 'Taken' in {one.what.said_in('en') for one in told}


async def test_an_empty_note_is_refused(marija: Officer) -> None:
    request = await a_request()

    with pytest.raises(Rejected):
        await add_note(marija, request.id, Note(note='  '))
