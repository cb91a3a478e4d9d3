"""The request (manual, 1.2): what is kept of it, who it tells nothing, and the letter that confirms it."""

import logging
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from domain import clock, links, outbox, request, throttle
from domain.form import Rejected
from domain.keys import tax_number_hash
from domain.letters import rendered
from domain.links import LinkState
from domain.request import NOTED, request_access
from domain.request_form import Request
from domain.request_link import confirm
from domain.visitor import Visitor
from storage.models import (
    AccessRequest,
    Attempt,
    AttemptLog,
    Letter,
    LetterState,
    Link,
    NoteKind,
    RequestNote,
    RequestState,
)
from tests.mail_server import MailServer
from tests.test_registration import breaking_after
from tests.world import HOME, a_customer, all_at_once, an_invoice, link_in, text_of, token_of

pytestmark = pytest.mark.usefixtures('db')
QUERIES = 'tortoise.db_client'
NAME, ADDRESS, EMAIL, TAX = 'Jožica Jerančič', 'Na Žago 52b, Preserje', 'jozica@primer.si', '50223054'


def a_form(**values: Any) -> Request:
    return Request(**{'full_name': NAME, 'address': ADDRESS, 'email': EMAIL} | values)


async def send(by: Visitor = HOME, **values: Any) -> Request:
    return await request_access(a_form(**values), by=by)


async def test_a_request_leaves_itself_a_link_and_a_letter() -> None:
    await send(metering_point='OM-700000', tax_number='SI 5022 3054', phone='041 123 456', message='Prva\r\nDruga')

    row = await AccessRequest.get()
    assert (row.state, row.origin, row.confirmed_at) == (RequestState.UNCONFIRMED, 'portal', None)
    assert (row.name, row.address, row.email, row.language) == (NAME, ADDRESS, EMAIL, 'sl')
    assert (row.metering_point, row.phone, row.message) == ('OM-700000', '041 123 456', 'Prva\nDruga')
    assert (row.tax_number_hmac, row.tax_number_ending) == (tax_number_hash(TAX), '054')
    assert row.search_key == 'jozica jerancic na zago 52b preserje'
    letter = await Letter.get().select_related('request', 'link')
    assert (letter.kind, letter.recipient, letter.request, letter.account_id) == ('request', EMAIL, row, None)
    assert letter.link
    assert letter.link.purpose == links.REQUEST


async def test_the_letter_names_the_reference_and_holds_the_link(mail: MailServer) -> None:
    await send()

    await outbox.deliver_due()

    [message] = mail.letters
    row, link = await AccessRequest.get(), await Link.get()
    assert message['To'] == EMAIL
    assert re.fullmatch(r'\d{4}-\d{4,}', row.reference)
    assert row.reference in message['Subject']
    assert link_in(message) == links.address(link)
    assert link.valid_until
    assert ((await Letter.get()).state, NAME in text_of(message)) == (LetterState.SENT, False)


@pytest.mark.parametrize(
    ('values', 'wrong'),
    [
        ({'full_name': ' '}, 'full_name'), ({'full_name': '...'}, 'full_name'), ({'full_name': 'a' * 201}, 'full_name'),
        ({'address': ''}, 'address'), ({'address': 'b' * 301}, 'address'), ({'email': 'ana'}, 'email'),
        ({'email': 'a@x.si,b@x.si'}, 'email'), ({'email': ''}, 'email'), ({'tax_number': '12345678'}, 'tax_number'),
        ({'tax_number': '1'}, 'tax_number'), ({'metering_point': 'ne vem'}, 'metering_point'),
        ({'metering_point': '1' * 41}, 'metering_point'), ({'phone': 'doma'}, 'phone'), ({'phone': '1' * 41}, 'phone'),
        ({'message': 'x' * 4001}, 'message'), ({'message': 'a\0b'}, 'message'), ({'full_name': 'a\0b'}, 'full_name'),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_at_its_field(values: dict[str, str], wrong: str) -> None:
    with pytest.raises(Rejected) as refusal:
        await send(**values)

    assert list(refusal.value.problems) == [wrong]
    assert [await table.all().count() for table in (AccessRequest, Attempt, Letter)] == [0, 0, 0]


async def test_metering_point_and_tax_number_may_be_left_out() -> None:
    await send(message='x' * 4000)

    row = await AccessRequest.get()
    assert (row.metering_point, row.tax_number_hmac, row.tax_number_ending) == ('', None, None)


async def test_a_name_may_be_as_long_as_the_table_has_room_however_it_folds() -> None:
    await send(full_name='\ufdfa' * 200, address='ẞ' * 300)

    assert len((await AccessRequest.get()).search_key) == 600


async def test_nothing_is_asked_about_customers(caplog: pytest.LogCaptureFixture) -> None:
    await an_invoice(customer=await a_customer(name=NAME, address=ADDRESS, email=EMAIL))
    with caplog.at_level(logging.DEBUG, QUERIES):
        await send()
        known = statements(caplog)
        caplog.clear()
        await send(full_name='Nihče Znan', email='nihce@primer.si')
        unknown = statements(caplog)

    assert known == unknown
    assert len(known) > 5
    for table in ('customer', 'invoice', 'access', 'account', 'metering_point', 'issued_control_number'):
        assert not [asked for asked in known if re.search(rf'(FROM|JOIN|INTO|UPDATE) "{table}"', asked)], table
    assert [asked for asked in known if 'INTO "access_request"' in asked]


async def test_who_asks_twice_joins_the_request_that_is_open() -> None:
    await send(message='Prvič')
    await send(
        full_name=' jozica  JERANCIC', email='Jozica@Primer.si', address='Druga ulica 3', metering_point='OM-1',
        tax_number=TAX, message='Drugič',
    )  # fmt: skip

    row, note = await AccessRequest.get(), await RequestNote.get()
    assert (row.name, row.address, row.message) == (NAME, ADDRESS, 'Prvič')
    assert (row.metering_point, row.tax_number_hmac) == ('OM-1', tax_number_hash(TAX))
    assert (note.kind, note.by_id) == (NoteKind.ADDITION, None)
    message = NOTED['message'].said_in('sl')
    assert note.text == f'Naslov: Druga ulica 3\n{message}: Drugič'
    assert await Letter.all().count() == 1


async def test_the_same_is_noted_once() -> None:
    for address in ('Druga ulica 3', ADDRESS, 'Druga ulica 3', 'na zago 52B preserje'):
        await send(address=address, by=Visitor('198.51.100.1'))
        await Attempt.all().delete()

    assert [note.text for note in await RequestNote.all()] == [f'Naslov: {ADDRESS}']


async def test_another_name_or_another_address_is_another_request() -> None:
    await send()
    await send(full_name='Janez Jerančič', email='janez@primer.si')
    await send(email='drugi@primer.si')

    assert await AccessRequest.all().count() == 3


async def test_an_answered_request_is_not_joined() -> None:
    await send()
    await AccessRequest.all().update(state=RequestState.ANSWERED, open_for=None)

    await send()

    assert await AccessRequest.all().count() == 2


async def test_fifty_equal_submits_at_once_make_one_request_and_one_letter(change_settings: Callable[..., Any]) -> None:
    change_settings(requests_per_address_hour=50, letters_per_code=50)

    done = await all_at_once(*(send() for _click in range(50)))

    assert [result for result in done if isinstance(result, BaseException)] == []
    assert [await table.all().count() for table in (AccessRequest, Link, Letter)] == [1, 1, 1]


async def test_a_repeat_after_the_pause_brings_the_same_link(time_passes: Callable[..., None]) -> None:
    await send()
    time_passes(minutes=1, seconds=1)
    await send()

    first, second = await Letter.all().order_by('id').select_related('link')
    assert token_of(first) == token_of(second)


async def test_a_repeat_after_the_confirmation_needs_no_link(time_passes: Callable[..., None]) -> None:
    await send()
    await confirm(token_of(await Letter.get().select_related('link')))
    time_passes(minutes=2)
    await send()

    newest = await Letter.all().order_by('-id').first().select_related('request', 'link')
    assert newest
    assert newest.link is None
    assert 'je že potrjen' in text_of(rendered(newest))


async def test_a_repeat_reopens_what_waits_for_the_customer() -> None:
    await send()
    await AccessRequest.all().update(state=RequestState.WAITING)

    await send()
    assert (await AccessRequest.get()).state == RequestState.WAITING
    await send(metering_point='OM-1')
    assert (await AccessRequest.get()).state == RequestState.REOPENED


@pytest.mark.parametrize(
    ('room', 'step'), [(throttle, 'spend'), (request, '_opened'), (links, 'issue'), (outbox, 'queue')]
)
async def test_an_exception_in_the_middle_leaves_nothing(
    room: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(room, step, breaking_after(getattr(room, step)))
        with pytest.raises(ZeroDivisionError):
            await send()

    tables = (AccessRequest, Link, Letter, Attempt, AttemptLog)
    assert [await table.all().count() for table in tables] == [0] * 5
    await send()


async def test_no_pattern_stands_for_a_person() -> None:
    await send()
    for name, email in (('%', '%'), ('Jo_ica Jeran_i_', 'jozica@primer.si'), ('%', 'jozic_@primer.si')):
        await all_at_once(send(full_name=name, email=email))

    assert (await AccessRequest.filter(name=NAME).count(), await RequestNote.all().count()) == (1, 0)


async def test_a_link_of_another_purpose_confirms_nothing() -> None:
    await send()
    row = await AccessRequest.get()
    addition = await links.issue(links.ADDITION, row)

    assert await confirm(links.token(addition.id)) is None
    assert (await AccessRequest.get()).confirmed_at is None
    assert links.state(addition) == LinkState.LIVE


def statements(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Without their values."""
    asked = [record.getMessage() for record in caplog.records if record.name == QUERIES]
    return [text.split(': [')[0].split(' VALUES')[0] for text in asked]


async def test_created_times_are_of_the_clock(time_passes: Callable[..., None]) -> None:
    await send()

    assert (await AccessRequest.get()).created_at == clock.now()
