"""KILL -9 at the worst moments: nothing accepted is lost, and nothing is half there."""

import asyncio
import os
import random

from tests.faults.drill import (
    Person,
    closed,
    confirmation,
    duplicates,
    filled_in,
    half_rows,
    is_accepted,
    is_whole,
    letters_to,
    nothing_waits,
    people,
    pressed,
    registered,
    until,
)
from tests.mail_server import MailServer
from tests.page import Browser, Page
from tests.portal import Portal
from tests.world import link_in

KILLS = int(os.environ.get('EPORTAL_TEST_KILLS', '4'))  # more of them when somebody has the time
AT_ONCE = 15
ACCOUNTS = 'SELECT count(*) FROM account'


async def test_f01_what_was_accepted_survives_kills_at_any_moment(
    portal: Portal, mail: MailServer, browser: Browser
) -> None:
    accepted, sent = [], 0
    for kill in range(KILLS):
        pages = await filled_in(browser, people(portal, AT_ONCE))
        before = portal.rows(ACCOUNTS)[0][0]
        await pressed(pages)
        if kill % 2:
            await _so_many_accounts_are_written(portal, before + random.randrange(1, AT_ONCE))
        else:
            await _some_are_accepted(pages, random.randrange(AT_ONCE))
            await asyncio.sleep(random.uniform(0, 0.1))
        portal.kill()
        await closed(pages)
        accepted += [person for person, page in pages if is_accepted(page)]
        sent += len(pages)
        portal.start_again()

    lost = [person for person in accepted if not is_whole(portal, person)]
    assert accepted
    assert len(accepted) < sent
    assert not lost
    assert half_rows(portal) == {}
    await nothing_waits(portal)
    unwritten = [person for person in accepted if not letters_to(mail, person)]
    assert not unwritten
    print(
        f'\nF1: {KILLS} kills, {len(accepted)} of {sent} acknowledged, {len(lost)} lost, 0 half rows, '
        f'{len(unwritten)} without letter, {duplicates(mail)} letters twice'
    )


async def _some_are_accepted(pages: list[tuple[Person, Page]], how_many: int) -> None:
    await until(lambda: sum(is_accepted(page) for _, page in pages) >= how_many)


async def _so_many_accounts_are_written(portal: Portal, how_many: int) -> None:
    """The moment in which the first row of a registration can be seen: without a transaction, the others not yet."""
    await until(lambda: portal.rows(ACCOUNTS)[0][0] >= how_many, every=0)


async def test_f02_a_registration_whose_answer_never_came_may_be_sent_again(
    portal: Portal, mail: MailServer, browser: Browser
) -> None:
    persons = people(portal, 6)
    pages = await filled_in(browser, persons)
    await pressed(pages)
    await closed(pages)
    await until(lambda: portal.rows('SELECT count(*) FROM letter') >= [(2,)])
    portal.kill()
    committed = [person for person in persons if is_whole(portal, person)]
    answered = sum(is_accepted(page) for _, page in pages)
    portal.start_again()

    repeated = [(person, await registered(browser, person)) for person in persons]

    await closed(repeated)
    await nothing_waits(portal)
    accounts = [portal.rows('SELECT id FROM account WHERE email = ?', person['email']) for person in persons]
    links = [{link_in(letter) for letter in letters_to(mail, person)} for person in persons]
    assert committed
    assert answered == 0
    assert all(len(found) == 1 for found in accounts + links)
    assert half_rows(portal) == {}
    print(
        f'\nF2: 1 kill, {len(committed)} of {len(persons)} committed and {answered} of them answered; after the repeat '
        f'{len(accounts)} accounts, {len(links)} links, {len(mail.letters)} letters'
    )


async def test_f03_a_letter_survives_kills_during_the_smtp_dialogue(
    portal: Portal, mail: MailServer, browser: Browser
) -> None:
    [person] = people(portal, 1)
    stages = ['RCPT', 'DATA']
    mail.answers = {stage: [60.0] for stage in stages}
    page = await registered(browser, person)
    for stage in stages:
        await until(lambda s=stage: not mail.answers[s], what=f'not held at {stage}')
        assert mail.letters == []
        portal.kill()
        portal.start_again()
    await page.close()

    mail.wait_for(1)

    await nothing_waits(portal)
    assert len(letters_to(mail, person)) == 1
    assert portal.rows('SELECT state, attempts FROM letter') == [('sent', 3)]
    print(f'\nF3: killed while the letter was held at {" and again at ".join(stages)}: it came once')


async def test_f04_a_letter_repeated_after_its_250_is_the_same_letter(
    portal: Portal, mail: MailServer, browser: Browser
) -> None:
    [person] = people(portal, 1)
    mail.on_accept = portal.kill
    page = await browser.open('/registracija')
    await page.do('registracija', 'submit', person)
    await until(lambda: len(mail.letters) == 1 and portal.process.poll() is not None)
    await page.close()
    mail.on_accept = None
    portal.start_again()

    first, second = mail.wait_for(2)

    await nothing_waits(portal)
    assert len(mail.letters) == 2
    assert first['Message-ID'] == second['Message-ID']
    assert link_in(first) == link_in(second)
    confirm = await confirmation(browser, first)
    await confirm.do('confirm', 'click')
    await confirm.until(lambda: 'Registracija je potrjena' in confirm.whole_text)
    again = await confirmation(browser, second)
    assert 'Registracija je že potrjena' in again.whole_text
    await closed([(person, confirm), (person, again)])
    print('\nF4: killed on the 250: 2 letters, 1 Message-ID, 1 link; the second use says »že potrjena«')
