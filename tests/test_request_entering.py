"""A clerk enters what came by phone; and nobody but staff reaches any service of the desk."""

from typing import Any

import pytest

from domain import clock
from domain.form import Rejected
from domain.staff import answers, candidates, entering, request_history, requests, undoing, vouching
from domain.staff.entering import Entered, OpenAlready, enter
from domain.staff.listing import Look
from domain.staff.permission import NotAllowed, Officer, Stranger
from domain.staff.requests import (
    Note,
    Showing,
    take,
)
from storage.models import AccessRequest, AuditEvent, RequestOrigin, RequestState, Staff
from tests.world import a_customer, a_request, an_officer

pytestmark = pytest.mark.usefixtures('db', 'time_passes')


TAX_NUMBER = '50223054'


@pytest.fixture
async def marija() -> Officer:
    return await an_officer()


@pytest.fixture
async def peter() -> Officer:
    return await an_officer(name='Peter Zajc')


def an_entry(**values: Any) -> Entered:
    given = {
        'full_name': 'Jožica Jerančič', 'address': 'Na Žago 52b', 'origin': 'phone', 'language': 'sl',
        'tax_number': TAX_NUMBER, 'email': 'jozica@primer.si',
    }  # fmt: skip
    return Entered(**given | values)


async def test_a_clerk_enters_a_request_that_came_by_phone(marija: Officer) -> None:
    number = await enter(marija, an_entry())

    request = await AccessRequest.get(id=number)
    assert (request.state, request.origin) == (RequestState.NEW, RequestOrigin.PHONE)
    assert request.confirmed_at == clock.now()
    assert request.tax_number_ending == '054'
    assert TAX_NUMBER not in str(vars(request))
    assert request.search_key == 'jozica jerancic na zago 52b'


async def test_an_entered_request_needs_no_email_address(marija: Officer) -> None:
    request = await AccessRequest.get(id=await enter(marija, an_entry(email='', origin='in person')))

    assert (request.email, request.confirmed_at, request.open_for) == (None, None, None)


@pytest.mark.parametrize('email', ['jozica@primer.si', ''])
async def test_who_waits_already_is_not_entered_twice(marija: Officer, email: str) -> None:
    first = await enter(marija, an_entry(email=email))

    with pytest.raises(OpenAlready) as already:
        await enter(marija, an_entry(email=email, full_name='JOZICA JERANCIC'))

    assert already.value.request_id == first
    assert await AccessRequest.all().count() == 1


@pytest.mark.parametrize(
    'values',
    [{'origin': 'portal'}, {'origin': None}, {'language': 'de'}, {'full_name': ''}, {'tax_number': '50223055'},
     {'email': 'a@b'}, {'address': 7}],
)  # fmt: skip
async def test_what_cannot_be_is_not_entered(marija: Officer, values: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as rejection:
        await enter(marija, an_entry(**values))

    assert list(rejection.value.problems) == list(values)


SERVICES = [
    (requests.queue, (Showing.OPEN, '', Look())), (requests.waiting, ()), (requests.opened, (1,)),
    (requests.take, (1,)), (requests.give_back, (1,)), (requests.take_over, (1, 1)),
    (requests.hand_on, (1, 1)), (requests.colleagues, ()),
    (requests.add_note, (1, Note(note='x'))), (candidates.candidates, (1,)), (candidates.candidate, (1, 1)),
    (candidates.customers_like, ('novak',)), (answers.answer, (1, 1)), (answers.answer_on_paper, (1, 1)),
    (answers.ask, (1, answers.Question(question='x'))), (answers.reject, (1, answers.Reason(reason='x'))),
    (answers.reject_silently, (1,)), (answers.printed, (1,)), (undoing.undo, (1,)), (undoing.reopen, (1,)),
    (vouching.vouch, (1,)), (vouching.send_confirmation, (1,)), (entering.enter, (an_entry(),)),
    (request_history.history, (AccessRequest(id=1),)),
]  # fmt: skip


@pytest.mark.parametrize('who', [Stranger('192.0.2.9'), Stranger('192.0.2.9', 'account:4')], ids=['nobody', 'customer'])
@pytest.mark.parametrize(('service', 'args'), SERVICES, ids=lambda x: getattr(x, '__name__', ''))
async def test_a_stranger_is_refused_and_that_is_on_record(service: Any, args: Any, who: Stranger) -> None:
    await a_request(id=1)
    await a_customer()

    with pytest.raises(NotAllowed):
        await service(who, *args)

    event = await AuditEvent.all().get()
    assert (event.what, event.actor, event.detail) == ('refused', who.actor, {'deed': service.__qualname__})
    untouched = await AccessRequest.get(id=1)
    assert (untouched.state, untouched.taken_by_id) == (RequestState.NEW, None)


async def test_who_was_signed_out_meanwhile_is_refused(marija: Officer) -> None:
    await Staff.filter(id=marija.staff_id).update(disabled_at=clock.now())
    request = await a_request()

    with pytest.raises(NotAllowed):
        await take(marija, request.id)
