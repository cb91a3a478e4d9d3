"""A deed is taken back within ten seconds, an ended request taken up again, an answer printed."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import clock, control_numbers, outbox
from domain.staff.answers import (
    Paper,
    Question,
    Reason,
    answer,
    answer_on_paper,
    ask,
    may_undo,
    printed,
    reject,
    reject_silently,
)
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from domain.staff.requests import take
from domain.staff.undoing import reopen, undo
from storage.models import (
    AccessRequest,
    AuditEvent,
    Customer,
    IssuedControlNumber,
    Letter,
    LetterState,
    Link,
    RequestNote,
    RequestState,
)
from tests.mail_server import MailServer
from tests.world import a_customer, a_request, an_officer

pytestmark = pytest.mark.usefixtures('db')


Passing = Callable[..., None]


@pytest.fixture
async def marija() -> Officer:
    return await an_officer()


@pytest.fixture
async def customer() -> Customer:
    return await a_customer()


async def fresh(request: AccessRequest) -> AccessRequest:
    return await AccessRequest.get(id=request.id).select_related('taken_by', 'customer')


DEEDS = [
    lambda by, request, customer: answer(by, request.id, customer.id),
    lambda by, request, _customer: ask(by, request.id, Question(question='Katera?')),
    lambda by, request, _customer: reject(by, request.id, Reason(reason='Ne.')),
    lambda by, request, _customer: reject_silently(by, request.id),
    lambda by, request, customer: answer_on_paper(by, request.id, customer.id),
]


IDS = ['answer', 'ask', 'reject', 'reject silently', 'on paper']


@pytest.mark.parametrize('deed', DEEDS, ids=IDS)
async def test_every_deed_can_be_taken_back_for_ten_seconds(
    marija: Officer, customer: Customer, time_passes: Passing, mail: MailServer, deed: Any
) -> None:
    request = await a_request()
    await take(marija, request.id)
    await deed(marija, request, customer)
    time_passes(seconds=9)
    assert may_undo(await fresh(request), marija)

    await undo(marija, request.id)

    time_passes(hours=1)
    await outbox.deliver_due()
    again = await fresh(request)
    assert (again.state, again.taken_by_id) == (RequestState.TAKEN, marija.staff_id)
    assert (again.customer, again.ended_at, again.undo_until) == (None, None, None)
    assert again.open_for is not None
    assert mail.letters == []
    assert await IssuedControlNumber.filter(cancelled_at=None).count() == 0
    assert await RequestNote.all().count() == 0
    assert await Link.filter(replaced_at=None).count() == 0


async def test_what_was_written_comes_back(marija: Officer) -> None:
    request = await a_request()
    await ask(marija, request.id, Question(question='Katera je?'))

    assert await undo(marija, request.id) == 'Katera je?'


@pytest.mark.parametrize('deed', DEEDS, ids=IDS)
async def test_after_ten_seconds_it_is_too_late(
    marija: Officer, customer: Customer, time_passes: Passing, deed: Any
) -> None:
    request = await a_request()
    await deed(marija, request, customer)
    done = await fresh(request)
    time_passes(seconds=10)

    with pytest.raises(NotPossible):
        await undo(marija, request.id)

    assert (await fresh(request)).state == done.state
    assert await IssuedControlNumber.exclude(cancelled_at=None).count() == 0


async def test_a_letter_that_is_being_sent_is_not_taken_back(marija: Officer, customer: Customer) -> None:
    """The clocks of two processes differ: what counts is whether a sender has the letter."""
    request = await a_request()
    await answer(marija, request.id, customer.id)
    await Letter.all().update(state=LetterState.LEASED)

    with pytest.raises(NotPossible):
        await undo(marija, request.id)

    assert (await fresh(request)).state == RequestState.ANSWERED
    assert await IssuedControlNumber.filter(cancelled_at=None).count() == 1


async def test_an_earlier_letter_that_waits_is_not_taken_back_with_it(marija: Officer, time_passes: Passing) -> None:
    request = await a_request()
    await ask(marija, request.id, Question(question='Prvo?'))
    time_passes(minutes=5)  # and the mail server is down
    await ask(marija, request.id, Question(question='Drugo?'))

    await undo(marija, request.id)

    assert (await Letter.get(state=LetterState.QUEUED).select_related('note')).note.text == 'Prvo?'


async def test_a_colleague_cannot_take_it_back(marija: Officer, customer: Customer) -> None:
    request = await a_request()
    await answer(marija, request.id, customer.id)

    with pytest.raises(NotPossible):
        await undo(await an_officer(name='Peter Zajc'), request.id)


async def test_reopening_ends_the_number_that_was_given(
    marija: Officer, customer: Customer, time_passes: Passing
) -> None:
    request = await a_request()
    await answer(marija, request.id, customer.id)
    time_passes(minutes=5)

    await reopen(marija, request.id)

    again = await fresh(request)
    assert (again.state, again.taken_by_id, again.ended_at) == (RequestState.REOPENED, marija.staff_id, None)
    assert again.open_for is not None
    assert await IssuedControlNumber.filter(cancelled_at=None).count() == 0
    assert (await Letter.get(kind='request_answer')).state == LetterState.WITHDRAWN
    with pytest.raises(NotPossible):
        await reopen(marija, request.id)
    await answer(marija, request.id, customer.id)
    assert await IssuedControlNumber.filter(cancelled_at=None).count() == 1


async def test_a_reopened_request_does_not_push_a_newer_one_aside(marija: Officer) -> None:
    request = await a_request()
    await reject_silently(marija, request.id)
    await undo(marija, request.id)
    key = (await fresh(request)).open_for
    await reject_silently(marija, request.id)
    await a_request(open_for=key)

    await reopen(marija, request.id)

    assert (await fresh(request)).open_for is None


async def test_the_answer_on_paper_has_everything_and_is_on_record(
    marija: Officer, customer: Customer, time_passes: Passing
) -> None:
    request = await a_request(email=None, confirmed_at=None)

    await answer_on_paper(marija, request.id, customer.id)
    paper = await printed(marija, request.id)

    issued = await IssuedControlNumber.get()
    assert isinstance(paper, Paper)
    assert (paper.payer_code, paper.control_number) == (customer.payer_code, control_numbers.number(issued.id))
    assert (paper.recipient, paper.street, paper.town) == ('Janez Novak', 'Starj ulica 1', 'Brezovica')
    hashed = control_numbers.number_hash(customer.payer_code, paper.control_number)
    assert control_numbers.is_good(await IssuedControlNumber.get(number_hash=hashed))
    assert await Letter.all().count() == 0
    assert await AuditEvent.filter(what='answer printed', about=f'request:{request.id}').count() == 1


@pytest.mark.parametrize('why', ['not answered', 'undone', 'expired', 'used'])
async def test_nothing_is_printed_that_does_not_work(marija: Officer, customer: Customer, why: str) -> None:
    request = await a_request()
    if why != 'not answered':
        await answer_on_paper(marija, request.id, customer.id)
    if why == 'undone':
        await undo(marija, request.id)
    if why == 'expired':
        await IssuedControlNumber.all().update(valid_until=clock.now())
    if why == 'used':
        await IssuedControlNumber.all().update(used_at=clock.now())

    with pytest.raises(NotPossible):
        await printed(marija, request.id)
