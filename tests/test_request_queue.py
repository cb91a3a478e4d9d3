"""The queue of requests: what it shows, in which order, and how one is found."""

from datetime import timedelta
from typing import Any

import pytest

from domain import clock
from domain.staff.listing import Look
from domain.staff.permission import Officer
from domain.staff.requests import (
    Showing,
    queue,
    waiting,
)
from storage.models import RequestState
from tests.world import a_request, an_officer

pytestmark = pytest.mark.usefixtures('db', 'time_passes')


@pytest.fixture
async def marija() -> Officer:
    return await an_officer()


@pytest.fixture
async def peter() -> Officer:
    return await an_officer(name='Peter Zajc')


async def test_the_oldest_request_comes_first(marija: Officer) -> None:
    now = clock.now()
    await a_request(name='Mlajša', created_at=now - timedelta(hours=1))
    await a_request(name='Starejša', created_at=now - timedelta(days=2))

    shown = await queue(marija, Showing.OPEN, '', Look())

    assert [request.name for request in shown.rows] == ['Starejša', 'Mlajša']
    assert (await waiting(marija)).count == 2
    assert (await waiting(marija)).oldest == now - timedelta(days=2)


async def test_who_waits_for_the_customer_does_not_wait_for_us(marija: Officer) -> None:
    await a_request(state=RequestState.WAITING)
    await a_request(state=RequestState.ANSWERED)

    assert (await waiting(marija)).count == 0
    assert (await waiting(marija)).oldest is None


async def test_the_filters_show_what_they_say(marija: Officer, peter: Officer) -> None:
    await a_request(name='nova')
    await a_request(name='moja', state=RequestState.TAKEN, taken_by_id=marija.staff_id)
    await a_request(name='petrova', state=RequestState.TAKEN, taken_by_id=peter.staff_id)
    await a_request(name='čaka', state=RequestState.WAITING, taken_by_id=marija.staff_id)
    await a_request(name='rešena', state=RequestState.ANSWERED, taken_by_id=marija.staff_id)
    await a_request(name='zavrnjena', state=RequestState.REJECTED)

    async def shown(showing: Any) -> set[str]:
        return {request.name for request in (await queue(marija, showing, '', Look())).rows}

    assert await shown(Showing.OPEN) == {'nova', 'moja', 'petrova', 'čaka'}
    assert await shown(Showing.MINE) == {'moja', 'čaka'}
    assert await shown(Showing.WAITING) == {'čaka'}
    assert await shown(Showing.ENDED) == {'rešena', 'zavrnjena'}
    assert len(await shown(Showing.ALL)) == 6


@pytest.mark.parametrize('typed', ['jerancic', 'JOŽICA', 'preserje žago', 'Jozica@Primer.si', 'primer'])
async def test_a_request_is_found_by_name_address_or_email_whatever_the_accents(marija: Officer, typed: str) -> None:
    await a_request(name='Jožica Jerančič', address='Na Žago 52b, Preserje', email='jozica@primer.si')
    await a_request(name='Matjaž Kos', address='Pod Krimom 1', email='matjaz@drugje.si')

    shown = await queue(marija, Showing.OPEN, typed, Look())

    assert [request.name for request in shown.rows] == ['Jožica Jerančič']


async def test_a_request_is_found_by_its_reference(marija: Officer) -> None:
    wanted = await a_request(name='Jožica Jerančič')
    await a_request(name='Matjaž Kos')

    for typed in (wanted.reference, str(wanted.id), f'{wanted.id:04d}'):
        assert wanted.id in {request.id for request in (await queue(marija, Showing.OPEN, typed, Look())).rows}


@pytest.mark.parametrize('typed', ['%', '_', 'j%@primer.si', '\\', "' OR 1=1--", 'j_zica@primer.si'])
async def test_wildcards_are_letters_like_any_other(marija: Officer, typed: str) -> None:
    await a_request(name='Jožica', email='jozica@primer.si')

    assert (await queue(marija, Showing.OPEN, typed, Look())).rows == []


@pytest.mark.parametrize('typed', [None, 7, ['x'], {'a': 1}, 'x' * 100_000])
async def test_nonsense_in_the_search_breaks_nothing(marija: Officer, typed: Any) -> None:
    await a_request()

    assert len((await queue(marija, Showing.OPEN, typed, Look())).rows) in (0, 1)


async def test_long_queues_come_by_the_page(marija: Officer) -> None:
    for n in range(30):
        await a_request(name=f'Oseba {n:02}', created_at=clock.now() + timedelta(minutes=n))

    first, second = [await queue(marija, Showing.OPEN, '', Look(page)) for page in (1, 2)]
    by_name = await queue(marija, Showing.OPEN, '', Look(sort='name', descending=True))

    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (30, 2, 25, 5)
    assert second.rows[0].name == 'Oseba 25'
    assert by_name.rows[0].name == 'Oseba 29'
