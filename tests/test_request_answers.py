"""How a request ends: the letter with the numbers, a question, a rejection."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import clock, control_numbers, outbox
from domain.form import Rejected
from domain.staff.answers import (
    Question,
    Reason,
    answer,
    answer_on_paper,
    ask,
    reject,
    reject_silently,
)
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from domain.staff.requests import take
from storage.models import (
    Access,
    AccessRequest,
    AccessState,
    AuditEvent,
    Customer,
    IssuedControlNumber,
    Letter,
    NoteKind,
    RequestNote,
    RequestState,
)
from tests.mail_server import MailServer
from tests.world import a_customer, a_request, all_at_once, an_account, an_officer, text_of

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


async def test_the_answer_brings_username_and_control_number_by_letter(
    marija: Officer, customer: Customer, time_passes: Passing, mail: MailServer
) -> None:
    request = await a_request(open_for='somebody')
    await take(marija, request.id)

    await answer(marija, request.id, customer.id)
    assert not await outbox.deliver_due()  # there is time to take it back
    time_passes(seconds=10)
    assert await outbox.deliver_due()

    letter = text_of(mail.letters[0])
    issued = await IssuedControlNumber.get().select_related('customer')
    assert mail.recipients == ['janez@primer.si']
    assert f'Uporabniško ime: {customer.payer_code}' in letter
    assert f'Kontrolna številka: {control_numbers.number(issued.id)}' in letter
    assert request.reference in letter
    ended = await fresh(request)
    assert (ended.state, ended.customer, ended.open_for) == (RequestState.ANSWERED, customer, None)
    assert ended.ended_at is not None
    event = await AuditEvent.get(what='request answered')
    assert (event.about, event.detail) == (f'request:{request.id}', {'customer': f'customer:{customer.id}'})


async def test_answering_takes_what_nobody_has_taken(marija: Officer, customer: Customer) -> None:
    request = await a_request()

    await answer(marija, request.id, customer.id)

    assert (await fresh(request)).taken_by_id == marija.staff_id


async def test_of_many_answers_one_goes_out(customer: Customer) -> None:
    clerks = [await an_officer(name=f'Referent {n}') for n in range(10)]
    request = await a_request()

    outcomes = await all_at_once(*(answer(clerk, request.id, customer.id) for clerk in clerks * 2))

    assert outcomes.count(None) == 1
    assert {type(outcome) for outcome in outcomes} == {type(None), NotPossible}
    assert await Letter.filter(kind='request_answer').count() == 1
    assert await IssuedControlNumber.filter(cancelled_at=None).count() == 1


DEEDS = [
    lambda by, request, customer: answer(by, request.id, customer.id),
    lambda by, request, _customer: ask(by, request.id, Question(question='Katera?')),
    lambda by, request, _customer: reject(by, request.id, Reason(reason='Ne.')),
    lambda by, request, _customer: reject_silently(by, request.id),
    lambda by, request, customer: answer_on_paper(by, request.id, customer.id),
]


IDS = ['answer', 'ask', 'reject', 'reject silently', 'on paper']


@pytest.mark.parametrize('deed', DEEDS, ids=IDS)
async def test_a_colleagues_request_is_his(marija: Officer, customer: Customer, deed: Any) -> None:
    peter = await an_officer(name='Peter Zajc')
    request = await a_request()
    await take(marija, request.id)

    with pytest.raises(NotPossible) as refusal:
        await deed(peter, request, customer)

    assert 'Marija Kos' in refusal.value.sentence.said_in('en')
    assert await Letter.all().count() == 0
    assert await IssuedControlNumber.all().count() == 0


@pytest.mark.parametrize('deed', DEEDS, ids=IDS)
async def test_what_has_ended_does_not_end_again(marija: Officer, customer: Customer, deed: Any) -> None:
    request = await a_request(state=RequestState.REJECTED, taken_by_id=marija.staff_id)

    with pytest.raises(NotPossible):
        await deed(marija, request, customer)

    assert await Letter.all().count() == 0


@pytest.mark.parametrize('who', [0, 999_999, None, '1', True])
async def test_an_answer_names_a_customer(marija: Officer, customer: Customer, who: Any) -> None:
    request = await a_request()

    with pytest.raises(NotPossible):
        await answer(marija, request.id, who)


async def test_who_is_gone_gets_no_number(marija: Officer, customer: Customer) -> None:
    await Customer.filter(id=customer.id).update(gone_at=clock.now())
    request = await a_request()

    with pytest.raises(NotPossible) as refusal:
        await answer(marija, request.id, customer.id)

    assert customer.name in refusal.value.sentence.said_in('en')


async def test_the_clerk_is_told_that_a_customer_has_access_already(marija: Officer, customer: Customer) -> None:
    account = await an_account(activated_at=clock.now())
    await Access.create(account=account, customer=customer, state=AccessState.ACTIVE, since=clock.now())
    request = await a_request()

    with pytest.raises(NotPossible):
        await answer(marija, request.id, customer.id)
    await answer(marija, request.id, customer.id, knows_of_access=True)

    assert (await fresh(request)).state == RequestState.ANSWERED


async def test_a_question_waits_for_the_customer(marija: Officer, time_passes: Passing, mail: MailServer) -> None:
    request = await a_request()

    await ask(marija, request.id, Question(question='Katera je oznaka\nodjemnega mesta?'))
    time_passes(seconds=10)
    await outbox.deliver_due()

    letter = text_of(mail.letters[0])
    assert 'odjemnega mesta?' in letter
    assert '/zahtevek/dopolnitev/' in letter
    asked = await fresh(request)
    assert (asked.state, asked.taken_by_id) == (RequestState.WAITING, marija.staff_id)
    assert (await RequestNote.get()).kind == NoteKind.QUESTION


async def test_a_rejection_tells_its_reason(marija: Officer, time_passes: Passing, mail: MailServer) -> None:
    request = await a_request(open_for='somebody')

    await reject(marija, request.id, Reason(reason='Na tem naslovu ne dobavljamo.'))
    time_passes(seconds=10)
    await outbox.deliver_due()

    assert 'Na tem naslovu ne dobavljamo.' in text_of(mail.letters[0])
    ended = await fresh(request)
    assert (ended.state, ended.open_for) == (RequestState.REJECTED, None)


async def test_a_silent_rejection_tells_nobody(marija: Officer) -> None:
    request = await a_request(confirmed_at=None, state=RequestState.UNCONFIRMED)

    await reject_silently(marija, request.id)

    assert (await fresh(request)).state == RequestState.REJECTED
    assert await Letter.all().count() == 0


@pytest.mark.parametrize('form', [Question(question=' '), Question(question=7), Question(question='x' * 4001)])  # type: ignore[arg-type]
async def test_an_empty_question_is_not_asked(marija: Officer, form: Question) -> None:
    request = await a_request()

    with pytest.raises(Rejected):
        await ask(marija, request.id, form)

    assert (await fresh(request)).state == RequestState.NEW


async def test_nothing_of_an_answer_is_kept_if_its_last_step_fails(
    marija: Officer, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: Any, **__: Any) -> None:
        raise OSError('no space left')

    request = await a_request()
    monkeypatch.setattr('domain.audit.record', failing)

    with pytest.raises(OSError):
        await answer(marija, request.id, customer.id)

    assert (await fresh(request)).state == RequestState.NEW
    assert await Letter.all().count() + await IssuedControlNumber.all().count() == 0
