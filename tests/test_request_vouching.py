"""No letter goes to an e-mail address that nobody has confirmed and no clerk stands for."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import outbox
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
from domain.staff.vouching import send_confirmation, vouch
from storage.models import (
    AccessRequest,
    AuditEvent,
    Customer,
    IssuedControlNumber,
    Letter,
    RequestState,
)
from tests.mail_server import MailServer
from tests.world import a_customer, a_request, an_officer, text_of

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


@pytest.mark.parametrize('deed', DEEDS[:3], ids=IDS[:3])
@pytest.mark.parametrize(
    'columns', [{'confirmed_at': None, 'state': RequestState.UNCONFIRMED}, {'email': None}], ids=['unconfirmed', 'none']
)
async def test_no_letter_goes_to_an_address_nobody_stands_for(
    marija: Officer, customer: Customer, columns: dict[str, Any], deed: Any
) -> None:
    request = await a_request(**columns)

    with pytest.raises(NotPossible):
        await deed(marija, request, customer)

    untouched = await fresh(request)
    assert (untouched.state, untouched.taken_by) == (columns.get('state', RequestState.NEW), None)
    assert await Letter.all().count() == 0
    assert await IssuedControlNumber.all().count() == 0


async def test_a_clerk_who_vouches_for_the_address_may_answer(marija: Officer, customer: Customer) -> None:
    request = await a_request(confirmed_at=None, state=RequestState.UNCONFIRMED)

    await vouch(marija, request.id)
    assert (await fresh(request)).state == RequestState.NEW
    await answer(marija, request.id, customer.id)

    assert await AuditEvent.filter(what='address vouched for', about=f'request:{request.id}').count() == 1
    with pytest.raises(NotPossible):
        await vouch(marija, request.id)


async def test_the_confirmation_goes_out_again_but_not_twice_a_minute(
    marija: Officer, time_passes: Passing, mail: MailServer
) -> None:
    request = await a_request(confirmed_at=None, state=RequestState.UNCONFIRMED)

    await send_confirmation(marija, request.id)
    with pytest.raises(NotPossible):
        await send_confirmation(marija, request.id)
    time_passes(seconds=61)
    await outbox.deliver_due()
    await send_confirmation(marija, request.id)

    assert len(mail.letters) == 1
    assert '/zahtevek/potrditev/' in text_of(mail.letters[0])
