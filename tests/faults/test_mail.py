"""A mail server that is down, slow, greylisting, full, or refuses: every letter ends as sent or as refused for good."""

import asyncio
import time

from tests.faults.drill import (
    Person,
    confirmation,
    duplicates,
    letters_to,
    nothing_waits,
    people,
    registered,
    state_of,
    until,
)
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

LATE, ON_ITS_WAY, NOT_TAKEN = 'Pošta zamuja', 'na poti do poštnega strežnika', 'za ta naslov ne sprejema sporočil'


async def test_f05_registration_goes_on_while_the_mail_server_is_down(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    shared_mail.stop()
    persons, took = people(shared_portal, 20), []
    for person in persons:
        page = await shared_browser.open('/registracija')
        begun = time.monotonic()
        await page.submit('registracija', person)
        took.append(time.monotonic() - begun)
    await shared_browser.enter(page)
    page = await shared_browser.open('/preverite-posto')
    await page.until(lambda: LATE in page.whole_text)
    shared_mail.start()
    begun = time.monotonic()

    shared_mail.wait_for(len(persons))

    recovered = time.monotonic() - begun
    await nothing_waits(shared_portal)
    assert [len(letters_to(shared_mail, person)) for person in persons] == [1] * 20
    assert duplicates(shared_mail) == 0
    assert sorted(took)[len(took) // 2] < 1
    print(
        f'\nF5: mail server down, 20 registered, slowest {max(took):.2f} s; all 20 letters '
        f'{recovered:.1f} s after it came back, 0 twice'
    )


async def test_f06_a_silent_mail_server_holds_up_neither_the_pages_nor_other_letters(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    held, *others = people(shared_portal, 5)
    shared_mail.answers = {'RCPT': [60.0]}
    await registered(shared_browser, held)
    await until(lambda: not shared_mail.answers['RCPT'])
    took = []
    for person in others:
        begun = time.monotonic()
        await registered(shared_browser, person)
        took.append(time.monotonic() - begun)

    await until(lambda: all(letters_to(shared_mail, person) for person in others), 2.5)

    await nothing_waits(shared_portal)
    assert len(letters_to(shared_mail, held)) == 1
    assert len(shared_mail.letters) == 5
    print(f'\nF6: one letter held: slowest page and registration beside it {max(took):.2f} s, 4 of 4 letters passed it')


async def test_f06_a_letter_is_late_after_its_first_try_and_not_during_it(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    usual, shared_mail.answers = shared_mail.always, {'MAIL': [1.5]}
    shared_mail.always = usual | {'RCPT': '451 greylisted'}
    await shared_browser.enter(await registered(shared_browser, person))
    page = await shared_browser.open('/preverite-posto')
    await page.until(lambda: ON_ITS_WAY in page.whole_text or LATE in page.whole_text)
    assert ON_ITS_WAY in page.whole_text
    await page.until(lambda: LATE in page.whole_text)
    shared_mail.always = usual
    await nothing_waits(shared_portal)  # or its next try would take the answers of the next test
    print('\nF6: »na poti« while the first try goes on, »zamuja« once it has failed')


async def test_f06_a_conversation_that_outlasts_its_lease_is_not_led_twice(
    portal: Portal, mail: MailServer, browser: Browser
) -> None:
    [person] = people(portal, 1)
    mail.answers = {'MAIL': [1.2], 'RCPT': [1.2], 'DATA': [1.2]}  # in all longer than the lease of this portal
    await registered(browser, person)

    await nothing_waits(portal)

    assert len(letters_to(mail, person)) == 1
    [(_state, tries)] = state_of(portal, person)
    print(f'\nF6: a conversation of 3.6 s under a lease of 2 s: 1 letter at try {tries}')


async def test_f07_a_letter_refused_for_now_is_tried_again(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    shared_mail.answers = {'RCPT': ['451 4.7.1 greylisted'], '.': ['452 4.3.1 disk full']}
    await registered(shared_browser, person)

    shared_mail.wait_for(1)

    await nothing_waits(shared_portal)
    assert state_of(shared_portal, person) == [('sent', 3)]
    assert len(letters_to(shared_mail, person)) == 1
    print('\nF7: 451 to RCPT, then 452 to the text, taken at the third try, once')


async def test_f08_a_letter_refused_for_good_is_tried_once_and_the_address_can_be_corrected(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    shared_mail.answers = {'RCPT': ['550 5.1.1 no such mailbox']}
    page = await registered(shared_browser, person)
    await shared_browser.enter(page)
    await nothing_waits(shared_portal)
    refused = state_of(shared_portal, person)
    page = await shared_browser.open('/preverite-posto')
    await page.until(lambda: NOT_TAKEN in page.whole_text)

    await page.submit('naslov', {'email': f'pravi-{person["email"]}'})

    [letter] = shared_mail.wait_for(1)
    assert refused == [('refused', 1)]
    assert shared_mail.recipients == [f'pravi-{person["email"]}']
    assert (await confirmation(shared_browser, letter)).named('confirm')
    print('\nF8: 550: refused after 1 try, said on the page; the corrected address got a link that works')


async def test_f08_a_letter_under_way_when_the_address_is_corrected_is_not_tried_again(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    usual, shared_mail.answers = shared_mail.always, {'MAIL': [1.5]}
    shared_mail.always = usual | {'RCPT': '451 greylisted'}
    await shared_browser.enter(await registered(shared_browser, person))
    await until(lambda: not shared_mail.answers['MAIL'])
    page = await shared_browser.open('/preverite-posto')
    await page.submit('naslov', {'email': f'pravi-{person["email"]}'})
    assert not _was_offered(shared_mail, person)
    await until(lambda: _was_offered(shared_mail, person))
    await asyncio.sleep(0.1)
    shared_mail.always = usual

    await nothing_waits(shared_portal)

    assert shared_mail.recipients == [f'pravi-{person["email"]}']
    print('\nF8: corrected while the letter was under way: only the right address got one')


async def test_f09_nothing_fails_for_good_while_the_mail_server_is_in_trouble(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    usual = shared_mail.always
    troubles = {
        'HELLO': '421 4.3.2 too many connections',
        'AUTH': '535 5.7.8 wrong password',
        'MAIL': '550 5.7.1 sender not allowed',
        'DATA': '451 4.7.0 rate limit',
    }
    shared_mail.always = usual | {'HELLO': troubles['HELLO']}
    persons = people(shared_portal, 3)
    for person in persons:
        await registered(shared_browser, person)
    for verb, reply in troubles.items():
        shared_mail.always = usual | {verb: reply}
        code = f'%{reply[:3]}%'
        await until(
            lambda c=code: shared_portal.rows('SELECT 1 FROM letter WHERE last_reply LIKE ?', c), what=f'never {reply}'
        )
    unsent = len(shared_mail.letters)
    shared_mail.always = usual

    await nothing_waits(shared_portal)

    assert unsent == 0
    assert [len(letters_to(shared_mail, person)) for person in persons] == [1, 1, 1]
    print(
        f'\nF9: {", ".join(reply[:3] for reply in troubles.values())} in turn: 0 refused for good, 3 of 3 came after it'
    )


async def test_f10_a_letter_that_cannot_be_made_blocks_no_other(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    poisoned, well = people(shared_portal, 2)
    shared_mail.always = shared_mail.always | {'HELLO': '421 later'}
    await registered(shared_browser, poisoned)
    await until(lambda: shared_portal.rows("SELECT 1 FROM letter WHERE last_reply LIKE '%421%' AND state = 'queued'"))
    shared_portal.rows("UPDATE letter SET kind = 'no-such-letter' WHERE recipient = ?", poisoned['email'])
    del shared_mail.always['HELLO']
    await registered(shared_browser, well)

    await until(lambda: letters_to(shared_mail, well), 5)

    await until(lambda: state_of(shared_portal, poisoned)[0][1] > 2)
    assert state_of(shared_portal, well) == [('sent', 1)]
    shared_portal.rows("UPDATE letter SET kind = 'confirm' WHERE recipient = ?", poisoned['email'])
    await nothing_waits(shared_portal)
    assert len(letters_to(shared_mail, poisoned)) == 1
    print(
        '\nF10: a poisoned letter first in the queue: the one behind it came, and so did the poisoned one once healed'
    )


async def test_f11_an_address_that_mail_servers_do_not_take_is_refused_at_the_form(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    page = await shared_browser.open('/registracija')
    await page.submit('registracija', person | {'email': 'jože@primer.si'})
    await page.until(lambda: 'brez č, š, ž' in page.whole_text)
    assert shared_portal.rows("SELECT 1 FROM account WHERE email LIKE 'jo%'") == []
    print('\nF11: jože@primer.si is refused beside the field; no account, no letter')


def _was_offered(mail: MailServer, person: Person) -> bool:
    return f'RCPT TO:<{person["email"]}>' in mail.commands
