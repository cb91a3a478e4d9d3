"""The links in letters about a request: the address is confirmed, a question is answered, each of them once."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import clock, control_numbers, links, outbox
from domain.form import Rejected, TooManyAttempts
from domain.keys import tax_number_hash
from domain.links import LinkState
from domain.request_addition import Question, add
from domain.request_addition import look_up as look_up_question
from domain.request_form import Addition
from domain.request_link import Confirmation, confirm, decline, look_up, resend_after_expiry
from storage.models import (
    AccessRequest,
    IssuedControlNumber,
    Letter,
    LetterState,
    Link,
    NoteKind,
    RequestNote,
    RequestState,
)
from tests.test_request import EMAIL, TAX, send
from tests.world import a_customer, a_minute_passes, a_request, all_at_once, token_in

pytestmark = pytest.mark.usefixtures('db')
LIVE, QUESTION = LinkState.LIVE, 'Kje stoji hiša?'
NO_TOKENS = ['A' * 43, '', 'x' * 5000, None, 7, True, {}, ['A' * 43], '\0' * 43, 'ž' * 43]


@pytest.fixture
async def token(db: None) -> str:
    """Of the link in the letter that confirms a request's receipt."""
    await send()
    return await token_in(EMAIL)


@pytest.fixture
async def question(db: None) -> str:
    """The token of the link in a clerk's question."""
    request = await a_request(state=RequestState.WAITING)
    await RequestNote.create(request=request, at=clock.now(), kind=NoteKind.QUESTION, text='Katera hiša?')
    await RequestNote.create(request=request, at=clock.now(), kind=NoteKind.QUESTION, text=QUESTION)
    return links.token((await links.issue(links.ADDITION, request)).id)


async def test_a_click_confirms_the_address(token: str) -> None:
    assert await confirm(token) == LIVE

    row = await AccessRequest.get()
    assert (row.state, row.confirmed_at is None) == (RequestState.NEW, False)


async def test_looking_changes_nothing(token: str) -> None:
    before = await everything()

    for _scanner in range(20):
        assert await look_up(token) == Confirmation(LIVE, 'j…a@primer.si', (await AccessRequest.get()).reference)

    assert await everything() == before


async def test_of_fifty_clicks_at_once_one_confirms(token: str) -> None:
    endings = await all_at_once(*(confirm(token) for _click in range(50)))

    assert sorted(endings) == [LIVE] + [LinkState.USED] * 49
    assert await look_up(token) == Confirmation(LinkState.USED)


@pytest.mark.parametrize(
    'state', [RequestState.TAKEN, RequestState.WAITING, RequestState.REOPENED, RequestState.ANSWERED]
)
async def test_what_a_clerk_has_done_meanwhile_stays(token: str, state: RequestState) -> None:
    await AccessRequest.all().update(state=state, state_before=RequestState.UNCONFIRMED)

    await confirm(token)

    row = await AccessRequest.get()
    assert (row.state, row.state_before, row.confirmed_at is None) == (state, RequestState.NEW, False)


@pytest.mark.parametrize('text', NO_TOKENS)
async def test_a_link_that_nobody_sent_is_unknown(text: object) -> None:
    assert await look_up(text) == Confirmation(None)
    assert await look_up_question(text) == Question(None)
    assert (await confirm(text), await decline(text), await add(Addition(message='x'), text)) == (None, False, None)
    await resend_after_expiry(text)


async def test_this_was_not_me_rejects_silently(token: str) -> None:
    assert await decline(token) is True

    row, note = await AccessRequest.get(), await RequestNote.get()
    assert (row.state, row.open_for, row.ended_at is None) == (RequestState.REJECTED, None, False)
    assert (note.kind, note.by_id) == (NoteKind.REASON, None)
    assert (await Letter.get()).state == LetterState.WITHDRAWN
    assert [await decline(token), await confirm(token)] == [False, LinkState.CANCELLED]
    assert (await look_up(token)).state == LinkState.CANCELLED
    assert (await AccessRequest.get()).confirmed_at is None


async def test_this_was_not_me_takes_back_what_was_answered(token: str) -> None:
    request = await AccessRequest.get()
    issued = await control_numbers.issue(await a_customer(), request=request)
    await outbox.queue('request_answer', EMAIL, 'sl', request=request, issued=issued)
    await AccessRequest.all().update(state=RequestState.ANSWERED, open_for=None)

    await decline(token)

    assert (await IssuedControlNumber.get()).cancelled_at
    assert {letter.state for letter in await Letter.all()} == {LetterState.WITHDRAWN}
    assert (await AccessRequest.get()).state == RequestState.ANSWERED


async def test_after_this_was_not_me_the_same_person_can_ask_anew(token: str) -> None:
    await decline(token)
    await a_minute_passes()

    await send()

    assert await AccessRequest.filter(state=RequestState.UNCONFIRMED).count() == 1


async def test_of_confirming_and_declining_at_once_one_wins(token: str) -> None:
    done = await all_at_once(confirm(token), decline(token), confirm(token), decline(token))

    row = await AccessRequest.get()
    assert done.count(LIVE) + done.count(True) == 1
    assert (row.state == RequestState.REJECTED) == (True in done)


async def test_an_expired_link_is_replaced_by_one_to_the_same_address(
    token: str, time_passes: Callable[..., None]
) -> None:
    await resend_after_expiry(token)  # it lives: nothing to do
    await Link.all().update(valid_until=clock.now())
    assert await confirm(token) == LinkState.EXPIRED
    assert await decline(token) is False
    time_passes(minutes=2)

    await resend_after_expiry(token)
    assert (await look_up(token)).state == LinkState.REPLACED
    await resend_after_expiry(token)

    assert [letter.recipient for letter in await Letter.all()] == [EMAIL] * 2
    assert await confirm(await token_in(EMAIL)) == LIVE


async def test_an_expired_link_sends_no_letter_upon_letter(token: str) -> None:
    await Link.all().update(valid_until=clock.now())

    with pytest.raises(TooManyAttempts):
        await resend_after_expiry(token)


async def test_an_expired_link_of_a_closed_request_sends_nothing(token: str) -> None:
    await Link.all().update(valid_until=clock.now())
    await AccessRequest.all().update(state=RequestState.REJECTED)

    await resend_after_expiry(token)

    assert await Letter.all().count() == 1


async def test_the_question_is_shown_with_what_is_missing(question: str) -> None:
    reference = (await AccessRequest.get()).reference

    assert await look_up_question(question) == Question(LIVE, reference, QUESTION, ('metering_point', 'tax_number'))
    await AccessRequest.all().update(metering_point='OM-1', tax_number_hmac='x')
    assert (await look_up_question(question)).missing == ()


async def test_an_answer_is_noted_once_and_reopens_the_request(question: str) -> None:
    form = Addition(message='Za cerkvijo.\r\nRumena.', metering_point='OM-700000', tax_number=TAX)

    endings = await all_at_once(*(add(form, question) for _click in range(10)))

    assert sorted(endings) == [LIVE] + [LinkState.USED] * 9
    row, note = await AccessRequest.get(), await RequestNote.get(kind=NoteKind.ADDITION)
    assert (row.state, row.metering_point, row.tax_number_hmac) == ('reopened', 'OM-700000', tax_number_hash(TAX))
    assert (note.text, note.by_id) == ('Za cerkvijo.\nRumena.', None)
    assert await look_up_question(question) == Question(LinkState.USED)


@pytest.mark.parametrize('state', [RequestState.TAKEN, RequestState.NEW, RequestState.REOPENED])
async def test_an_answer_changes_no_other_open_state(question: str, state: RequestState) -> None:
    await AccessRequest.all().update(state=state)

    assert await add(Addition(message='x'), question) == LIVE

    assert (await AccessRequest.get()).state == state


@pytest.mark.parametrize('state', [RequestState.ANSWERED, RequestState.REJECTED])
async def test_a_closed_request_takes_no_answer(question: str, state: RequestState) -> None:
    await AccessRequest.all().update(state=state)

    assert await look_up_question(question) == Question(LinkState.REPLACED)
    assert await add(Addition(message='x'), question) == LinkState.REPLACED
    assert await RequestNote.filter(kind=NoteKind.ADDITION).count() == 0


async def test_an_answer_changes_nothing_that_was_said_before(question: str) -> None:
    await AccessRequest.all().update(metering_point='OM-1', tax_number_hmac='x', tax_number_ending='123')

    await add(Addition(message='x', metering_point='OM-2', tax_number=TAX), question)

    row = await AccessRequest.get()
    assert (row.metering_point, row.tax_number_hmac, row.tax_number_ending) == ('OM-1', 'x', '123')


@pytest.mark.parametrize(
    ('values', 'wrong'),
    [
        ({'message': ' \n'}, 'message'), ({'message': 'x' * 4001}, 'message'), ({'message': None}, 'message'),
        ({'tax_number': '12345678'}, 'tax_number'), ({'metering_point': 'ne vem'}, 'metering_point'),
    ],
)  # fmt: skip
async def test_a_wrong_answer_does_not_use_the_link_up(question: str, values: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Rejected) as refusal:
        await add(Addition(**{'message': 'x'} | values), question)

    assert list(refusal.value.problems) == [wrong]
    assert (await look_up_question(question)).state == LIVE


async def test_who_answers_has_shown_that_the_address_is_his(question: str) -> None:
    await AccessRequest.all().update(confirmed_at=None)

    await add(Addition(message='x'), question)

    assert (await AccessRequest.get()).confirmed_at


async def everything() -> list[Any]:
    return [await table.all().values() for table in (AccessRequest, RequestNote, Link, Letter)]
