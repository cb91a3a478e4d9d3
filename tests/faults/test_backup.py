"""Copies made while customers register: each holds what was acknowledged before it, and serves in its place."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

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
    signed_in,
    until,
)
from tests.mail_server import MailServer
from tests.page import REGISTRATION, Browser
from tests.portal import Portal

BACKUPS = 4
AT_ONCE = 8


async def test_f17_each_copy_holds_what_was_acknowledged_before_it(
    portal: Portal, mail: MailServer, browser: Browser, tmp_path: Path
) -> None:
    [customer] = people(portal, 1)
    await signed_in(browser, customer, mail)
    known, restored = [], []
    async with registering(portal, browser) as accepted:
        for number in range(BACKUPS):
            await until(lambda: len(accepted) > len(known[-1] if known else []))
            known.append([customer, *accepted])
            done = await asyncio.to_thread(portal.run, 'backup')
            restored.append(_placed(Path(done.stdout.split(':')[0]), tmp_path / f'restored{number}', mail))

    lost = [
        person for before, copy in zip(known, restored, strict=True) for person in before if not is_whole(copy, person)
    ]
    halves = [half_rows(copy) for copy in restored]
    during = len(accepted) - len(known[0])
    assert during > 0
    assert lost == []
    assert halves == [{}] * BACKUPS
    print(
        f'\nF17: {BACKUPS} copies while {during} registered: {len(known[-1])} acknowledged before, 0 lost, 0 half rows'
    )


async def test_f17_a_portal_starts_on_a_copy_and_serves(
    portal: Portal, mail: MailServer, browser: Browser, tmp_path: Path
) -> None:
    customer, waiting = people(portal, 2)
    newcomer = REGISTRATION | {'payer_code': '700001', 'control_number': '700000001', 'email': 'nova@primer.si'}
    await signed_in(browser, customer, mail)
    delivered = {letter['Message-ID'] for letter in mail.letters}
    copy = _placed(await _copied_while_a_letter_waits(portal, mail, browser, waiting), tmp_path / 'restored', mail)
    before = len(mail.letters)

    copy.start_again()
    try:
        await _serves(copy, customer, letters_to(mail, waiting)[0], newcomer)
        await nothing_waits(copy)
    finally:
        copy.kill()

    assert not delivered & {letter['Message-ID'] for letter in mail.letters[before:]}
    assert len({letter['Message-ID'] for letter in letters_to(mail, waiting)}) == 1
    print(
        f'\nF17: a portal on the copy signs in, confirms, registers; of the letters delivered before it 0 came again, '
        f'of those that waited in it {duplicates(mail)}, with the same Message-ID and link'
    )


async def _copied_while_a_letter_waits(portal: Portal, mail: MailServer, browser: Browser, waiting: Person) -> Path:
    """The letter goes out after the copy was made, and then the portal dies."""
    mail.always = {'DATA': '451 later'}
    await registered(browser, waiting)
    done = await asyncio.to_thread(portal.run, 'backup')
    mail.always = {}
    await nothing_waits(portal)
    portal.kill()
    return Path(done.stdout.split(':')[0])


async def _serves(copy: Portal, customer: Person, letter: EmailMessage, newcomer: Person) -> None:
    """Who signed in before signs in, who holds a letter confirms by it, who was unknown registers."""
    home, other = Browser(copy.url), Browser(copy.url)
    page = await home.open('/')
    await page.submit('prijava', {'payer_code': customer['payer_code'], 'password': REGISTRATION['password']})
    await home.enter(page)
    page = await confirmation(other, letter)
    await page.do('confirm', 'click')
    await page.until(lambda: 'Registracija je potrjena' in page.whole_text)
    copy.add_customer(newcomer['payer_code'], newcomer['control_number'])
    await registered(other, newcomer)
    await home.close()
    await other.close()


@asynccontextmanager
async def registering(portal: Portal, browser: Browser) -> AsyncIterator[list[Person]]:
    """Customers register while the block lasts; the list holds whose registration was acknowledged."""
    accepted: list[Person] = []
    ended = asyncio.Event()

    async def go_on() -> None:
        while not ended.is_set():
            pages = await filled_in(browser, people(portal, AT_ONCE))
            await pressed(pages)
            for person, page in pages:
                await until(lambda p=page: is_accepted(p))
                accepted.append(person)
            await closed(pages)

    going_on = asyncio.create_task(go_on())
    try:
        yield accepted
    finally:
        ended.set()
        await going_on


def _placed(copy: Path, folder: Path, mail: MailServer) -> Portal:
    """A portal whose database is this copy."""
    folder.mkdir()
    portal = Portal(folder, mail.url, EPORTAL_LETTER_RETRIES='1')
    shutil.copy(copy, portal.database_file)
    return portal
