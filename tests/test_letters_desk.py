"""The outbox for staff: what is stuck and why, one more try, and whether the mail server is down."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import clock, outbox
from domain.staff.letters_desk import Which, letters, send_again, stuck, take_back
from domain.staff.listing import Look
from domain.staff.mail_state import mail_trouble
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from domain.staff.replies import Cause, cause, plain
from storage.models import Account, AuditEvent, Letter, LetterState, Link
from tests.mail_server import MailServer
from tests.world import a_letter, all_at_once, an_officer

pytestmark = pytest.mark.usefixtures('db')

NEWEST_FIRST = Look(sort='written', descending=True)


async def ids(by: Officer, which: str = 'all', typed: Any = '') -> list[int]:
    return sorted(letter.id for letter in (await letters(by, which, typed, NEWEST_FIRST)).rows)


async def a_refused_letter(**columns: Any) -> Letter:
    letter = await a_letter()
    values = {'state': LetterState.REFUSED, 'attempts': 1, 'last_reply': '550 5.1.1 User unknown', **columns}
    await Letter.filter(id=letter.id).update(**values)
    return await Letter.get(id=letter.id)


@pytest.mark.parametrize(
    ('reply', 'expected'),
    [
        ('250 OK queued', Cause.TAKEN),
        ('550 5.1.1 <x@y.si>: User unknown', Cause.NO_ADDRESS),
        ('550 No such user here', Cause.NO_ADDRESS),
        ('552 5.2.2 Mailbox full', Cause.FULL),
        ('452 4.2.2 over quota', Cause.FULL),
        ('550 5.7.1 Message blocked as spam', Cause.BLOCKED),
        ('550 5.7.1 Authentication failed (SPF)', Cause.BLOCKED),
        ('451 4.7.1 Greylisted, try again later', Cause.LATER),
        ('450 4.2.0 something', Cause.OTHER),
        ('421 4.3.2 too many connections', Cause.BUSY),
        ('554 5.6.0 nonsense', Cause.REFUSED),
        ("SMTPConnectError: Error connecting to 127.0.0.1 on port 9: [Errno 111] Connect call failed ('127.0.0.1', 9)",
         Cause.UNREACHABLE),
        ('SMTPConnectError: Error connecting to nix.invalid on port 25: [Errno -2] Name or service not known',
         Cause.UNKNOWN_HOST),
        ('SMTPConnectTimeoutError: Timed out waiting for server ready message', Cause.SILENT),
        ('TimeoutError', Cause.SILENT),
        ('SMTPConnectError: Error connecting to 127.0.0.1 on port 25: Unexpected EOF received', Cause.HUNG_UP),
        ('SMTPException: SMTP STARTTLS extension not supported by server.', Cause.TLS),
        ('SMTPConnectError: Error connecting to x on port 465: [SSL: WRONG_VERSION_NUMBER] wrong version', Cause.TLS),
        ("SMTPAuthenticationError: (535, '5.7.8 bad')", Cause.SIGN_IN),
        ("SMTPSenderRefused: (530, '5.7.0 need auth', 'a@b.si')", Cause.SIGN_IN),
        ("SMTPConnectResponseError: (421, '4.3.2 busy')", Cause.BUSY),
        ('not an e-mail address', Cause.BAD_ADDRESS),
        ('its link has ended meanwhile', Cause.LINK_ENDED),
        ("'phone' is undefined", Cause.OWN_FAULT),
    ],
)  # fmt: skip
async def test_what_mail_servers_say_is_put_in_plain_words(reply: str, expected: Cause) -> None:
    assert cause(reply) == expected
    assert plain(reply)
    assert plain(None) is None


async def test_letters_are_listed_by_what_has_become_of_them() -> None:
    by = await an_officer()
    refused = await a_refused_letter()
    fresh, late, sent = await a_letter('b@primer.si'), await a_letter('c@primer.si'), await a_letter('d@primer.si')
    await Letter.filter(id=late.id).update(attempts=2, last_reply='TimeoutError')
    await Letter.filter(id=sent.id).update(state=LetterState.SENT, sent_at=clock.now())

    assert await ids(by) == sorted([refused.id, fresh.id, late.id, sent.id])
    assert await ids(by, Which.STUCK) == [late.id]
    assert await ids(by, Which.REFUSED) == [refused.id]
    assert await ids(by, Which.WAITING) == [fresh.id, late.id]
    assert await ids(by, Which.SENT) == [sent.id]
    assert await stuck(by) == {Which.STUCK: 1, Which.REFUSED: 1}


async def test_a_letter_that_lies_too_long_is_stuck_though_nobody_tried_it(time_passes: Callable[..., None]) -> None:
    by = await an_officer()
    letter = await a_letter()

    assert await ids(by, Which.STUCK) == []
    time_passes(minutes=6)
    assert await ids(by, Which.STUCK) == [letter.id]


async def test_an_address_is_looked_for_as_it_is_typed_and_wildcards_find_nothing() -> None:
    by = await an_officer()
    letter = await a_letter('ana_novak@primer.si')
    await a_letter('anaXnovak@primer.si')

    assert await ids(by, 'all', ' ANA_NOVAK@') == [letter.id]
    assert await ids(by, 'all', '%') == []
    assert len(await ids(by, 'nonsense', None)) == 2


async def test_a_refused_letter_gets_one_more_try_and_is_delivered(
    mail: MailServer, time_passes: Callable[..., None]
) -> None:
    letter = await a_refused_letter(created_at=clock.now())
    time_passes(days=3)
    by = await an_officer()

    await send_again(by, letter.id)

    assert not await outbox.deliver_due()  # there is time to take it back
    time_passes(seconds=11)
    mail.answers['RCPT'] = ['451 4.7.1 try again later']
    await outbox.deliver_due()
    assert (await Letter.get(id=letter.id)).state == LetterState.QUEUED  # it has its own 48 hours again
    time_passes(minutes=2)
    await outbox.deliver_due()
    assert mail.recipients == ['ana@primer.si']
    [event] = await AuditEvent.all()
    assert (event.what, event.about) == ('letter sent again', f'letter:{letter.id}')
    assert '@' not in str(event.detail)


async def test_it_can_be_taken_back_before_it_goes(mail: MailServer, time_passes: Callable[..., None]) -> None:
    by = await an_officer()
    letter = await a_refused_letter()
    await send_again(by, letter.id)

    await take_back(by, letter.id)

    time_passes(minutes=1)
    await outbox.deliver_due()
    assert mail.letters == []


async def test_of_two_clerks_one_sends_it_again() -> None:
    by = await an_officer()
    letter = await a_refused_letter()

    results = await all_at_once(*(send_again(by, letter.id) for _clerk in range(4)))

    assert sorted(type(result).__name__ for result in results) == ['Letter', *['NotPossible'] * 3]
    assert await AuditEvent.all().count() == 1


@pytest.mark.parametrize(
    ('column', 'words'),
    [('used_at', 'nothing left to confirm'), ('replaced_at', 'newer message'), ('cancelled_at', 'register again')],
)
async def test_a_letter_whose_link_has_ended_is_not_sent_again(column: str, words: str) -> None:
    by = await an_officer()
    letter = await a_refused_letter()
    await Link.all().update(**{column: clock.now()})

    with pytest.raises(NotPossible) as refusal:
        await send_again(by, letter.id)

    assert words in refusal.value.sentence.said_in('en')
    assert (await Letter.get(id=letter.id)).state == LetterState.REFUSED


async def test_a_letter_to_an_address_that_was_corrected_is_not_sent_again() -> None:
    by = await an_officer()
    letter = await a_refused_letter()
    await Account.all().update(email='nova@primer.si')

    with pytest.raises(NotPossible):
        await send_again(by, letter.id)


@pytest.mark.parametrize('letter_id', [None, '1', True, [1], 10**6])
async def test_a_letter_that_does_not_exist_is_not_sent_again(letter_id: Any) -> None:
    by = await an_officer()
    await a_refused_letter()

    with pytest.raises(NotPossible):
        await send_again(by, letter_id)


async def test_a_mail_server_that_is_down_is_said_until_a_letter_goes_out(
    mail: MailServer, time_passes: Callable[..., None]
) -> None:
    await a_letter()
    assert await mail_trouble() is None
    mail.answers['HELLO'] = [None, None]

    await outbox.deliver_due()

    trouble = await mail_trouble()
    assert trouble
    assert '1 message waits' in trouble.said_in('en')

    time_passes(minutes=2)
    await outbox.deliver_due()
    time_passes(minutes=10)
    await outbox.deliver_due()
    assert mail.recipients == ['ana@primer.si']
    assert await mail_trouble() is None


async def test_an_address_that_is_refused_for_now_does_not_mean_that_the_mail_server_is_down(mail: MailServer) -> None:
    await a_letter()
    mail.answers['RCPT'] = ['451 4.7.1 Greylisted']

    await outbox.deliver_due()

    assert await mail_trouble() is None


async def test_while_other_letters_go_out_the_mail_server_is_not_down(
    mail: MailServer, time_passes: Callable[..., None]
) -> None:
    await a_letter()
    mail.answers['MAIL'] = ['421 4.3.2 busy']
    await outbox.deliver_due()
    assert await mail_trouble()

    time_passes(seconds=5)
    await a_letter('b@primer.si')
    await outbox.deliver_due()

    assert await mail_trouble() is None
