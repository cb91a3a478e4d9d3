import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from domain import clock, outbox
from domain.outbox import deliver_due
from storage.models import Letter, LetterState, Link
from tests.mail_server import MailServer
from tests.world import a_letter, all_at_once, link_in

pytestmark = pytest.mark.usefixtures('db')
Running = Callable[..., Awaitable[None]]


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """The outbox as it runs beside the portal, for so many seconds or until it is enough."""
    monkeypatch.setattr(outbox, '_awake', asyncio.Event())  # the portal's belongs to another event loop
    monkeypatch.setattr(outbox, 'NAP_SECONDS', 0.05)

    async def run(seconds: float, enough: Callable[[], object] = bool) -> None:
        task = asyncio.create_task(outbox.run())
        for _moment in range(round(seconds / 0.05)):
            await asyncio.sleep(0 if enough() else 0.05)
        task.cancel()
        await all_at_once(task)

    return run


async def test_a_letter_is_sent_when_the_server_said_so(mail: MailServer) -> None:
    await a_letter()

    assert await deliver_due()

    letter = await Letter.get()
    assert (letter.state, letter.attempts, letter.last_reply) == (LetterState.SENT, 1, '250 OK queued')
    assert letter.sent_at
    assert mail.recipients == ['ana@primer.si']
    assert not await deliver_due()


async def test_a_link_is_valid_for_72_hours_from_the_handing_over(
    mail: MailServer, time_passes: Callable[..., None]
) -> None:
    await a_letter()
    time_passes(hours=5)

    await deliver_due()

    assert (await Link.get()).valid_until == clock.now() + timedelta(hours=72)


async def test_a_busy_server_is_tried_again_after_ever_longer_pauses(
    mail: MailServer, time_passes: Callable[..., None]
) -> None:
    mail.always['RCPT'] = '451 4.7.1 greylisted'
    await a_letter()

    for minutes in (1, 5, 15, 30, 60, 60):
        assert await deliver_due()
        time_passes(minutes=minutes, seconds=-1)
        assert not await deliver_due()
        time_passes(seconds=1)
    mail.always.clear()
    await deliver_due()

    letter = await Letter.get()
    assert (letter.state, letter.attempts) == (LetterState.SENT, 7)


@pytest.mark.parametrize('step', ['HELLO', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.'])
async def test_a_4xx_at_any_step_is_not_final(step: str, mail: MailServer) -> None:
    mail.always[step] = '421 4.3.2 come back later'
    await a_letter()

    await deliver_due()

    assert (await Letter.get()).state == LetterState.QUEUED


@pytest.mark.parametrize(('step', 'final'), [('RCPT', True), ('.', True), ('MAIL', False), ('HELLO', False)])
async def test_a_5xx_is_final_where_it_is_about_recipient_or_text(step: str, final: bool, mail: MailServer) -> None:
    mail.always[step] = '550 5.1.1 no such mailbox'
    await a_letter()

    await deliver_due()

    letter = await Letter.get()
    assert letter.state == (LetterState.REFUSED if final else LetterState.QUEUED)
    assert '550' in str(letter.last_reply)
    assert (mail.letters, letter.sent_at) == ([], None)


async def test_a_server_that_is_away_or_silent_gets_the_letter_later(
    mail: MailServer, change_settings: Callable[..., Any], time_passes: Callable[..., None]
) -> None:
    change_settings(smtp_url=mail.url, smtp_timeout=0.2)
    mail.answers = {'RCPT': [1.0], 'HELLO': ['220 stub', None]}
    await a_letter()

    for _failure in range(2):
        await deliver_due()
        assert (await Letter.get()).state == LetterState.QUEUED
        time_passes(hours=1)
    await deliver_due()

    assert (await Letter.get()).state == LetterState.SENT


async def test_after_48_hours_a_letter_is_refused(mail: MailServer, time_passes: Callable[..., None]) -> None:
    mail.always['RCPT'] = '451 later'
    await a_letter()

    time_passes(hours=47, minutes=59)
    await deliver_due()
    assert (await Letter.get()).state == LetterState.QUEUED
    time_passes(hours=1)
    await deliver_due()

    letter = await Letter.get()
    assert (letter.state, letter.last_reply) == (LetterState.REFUSED, '451 later')


async def test_a_bad_letter_does_not_hold_up_the_others(mail: MailServer) -> None:
    await Letter.filter(id=(await a_letter('prva@primer.si')).id).update(kind='no such kind')
    for n in range(6):
        await a_letter(f'oseba{n}@primer.si')

    while await deliver_due():
        pass

    assert sorted(mail.recipients) == [f'oseba{n}@primer.si' for n in range(6)]
    assert (await Letter.get(recipient='prva@primer.si')).state == LetterState.QUEUED


@pytest.mark.parametrize(
    'recipient', ['a@x.si,evil@e.si', 'a@x.si evil@e.si', 'a@x.si>\r\nRCPT TO:<evil@e.si', '"a b"@x.si', 'ž@x.si', '']
)
async def test_a_row_that_names_more_than_one_plain_address_goes_to_nobody(recipient: str, mail: MailServer) -> None:
    await Letter.filter(id=(await a_letter()).id).update(recipient=recipient)

    await deliver_due()

    assert (await Letter.get()).state == LetterState.REFUSED
    assert mail.commands == []


async def test_a_letter_has_one_sender_however_many_try(mail: MailServer) -> None:
    await a_letter()

    await all_at_once(*(deliver_due() for _process in range(5)))

    assert len(mail.letters) == 1


async def test_the_letter_of_a_sender_that_died_comes_back_the_same(
    mail: MailServer, time_passes: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_letter()
    with monkeypatch.context() as killed:
        killed.setattr(outbox, '_finish', _dies)
        await all_at_once(deliver_due())

    time_passes(seconds=119)
    assert not await deliver_due()
    time_passes(seconds=1)
    assert await deliver_due()

    first, second = mail.letters
    assert first['Message-ID'] == second['Message-ID']
    assert link_in(first) == link_in(second)
    assert (await Letter.get()).state == LetterState.SENT


async def test_a_reply_in_another_encoding_is_a_reply(mail: MailServer) -> None:
    mail.always['.'] = '250 sprejeto \udce8\udcf0 \x00\x1b['
    await a_letter()

    await all_at_once(deliver_due())

    letter = await Letter.get()
    assert letter.state == LetterState.SENT
    assert str(letter.last_reply).isprintable()


async def test_a_slow_conversation_is_over_before_its_lease(
    mail: MailServer, change_settings: Callable[..., Any], running: Running
) -> None:
    change_settings(smtp_url=mail.url, smtp_timeout=2, letter_lease=0.5)
    mail.always = dict.fromkeys(('MAIL', 'RCPT', 'DATA', '.'), 0.2)
    await a_letter()

    await running(1.6)

    assert len(mail.letters) <= 1


async def test_a_waked_outbox_sends_at_once_and_outlives_a_failing_database(
    mail: MailServer, monkeypatch: pytest.MonkeyPatch, running: Running
) -> None:
    failures = [OSError('the database is away')]
    true_lease = outbox._lease

    async def lease(letter: Letter) -> bool:
        if failures:
            raise failures.pop()
        return await true_lease(letter)

    monkeypatch.setattr(outbox, '_lease', lease)
    await a_letter()

    await running(10, enough=lambda: mail.letters)

    assert len(mail.letters) == 1


async def test_the_oldest_unsent_letter_is_known(mail: MailServer, time_passes: Callable[..., None]) -> None:
    assert await outbox.oldest_unsent() is None
    written = (await a_letter()).created_at
    time_passes(hours=1)
    await a_letter('druga@primer.si')

    assert await outbox.oldest_unsent() == written


async def _dies(*_args: object) -> None:
    raise asyncio.CancelledError
