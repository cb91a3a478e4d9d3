"""What the fault drill needs: customers by the dozen, their registrations, and the questions asked afterwards."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from tests.mail_server import MailServer
from tests.page import REGISTRATION, Browser, Page
from tests.portal import Portal
from tests.world import link_in

Person = dict[str, Any]  # what one customer types into the form

HALF_ROWS = {
    'account without access': 'SELECT count(*) FROM account WHERE id NOT IN (SELECT account_id FROM access)',
    'access without account': 'SELECT count(*) FROM access WHERE account_id NOT IN (SELECT id FROM account)',
    'pending access without link': "SELECT count(*) FROM access WHERE state = 'pending' "
    'AND account_id NOT IN (SELECT account_id FROM link WHERE replaced_at IS NULL)',
    'pending access without letter': "SELECT count(*) FROM access WHERE state = 'pending' "
    'AND account_id NOT IN (SELECT account_id FROM letter WHERE link_id IS NOT NULL)',
    'letter without account': 'SELECT count(*) FROM letter WHERE account_id NOT IN (SELECT id FROM account)',
    'letter without its link': 'SELECT count(*) FROM letter WHERE link_id NOT IN (SELECT id FROM link)',
    'session without account': 'SELECT count(*) FROM session WHERE account_id NOT IN (SELECT id FROM account)',
    'second account': 'SELECT count(*) FROM (SELECT 1 FROM account GROUP BY email HAVING count(*) > 1)',
}
WHOLE = """SELECT count(*) FROM account JOIN access ON access.account_id = account.id
    JOIN link ON link.account_id = account.id JOIN letter ON letter.link_id = link.id WHERE account.email = ?"""

_codes, _numbers = count(200_001), count(290_000_001)


def people(portal: Portal, how_many: int) -> list[Person]:
    """Customers with one invoice each, who have never registered."""
    return [_customer(portal) for _ in range(how_many)]


def _customer(portal: Portal) -> Person:
    code, number = str(next(_codes)), str(next(_numbers))
    portal.add_customer(code, number)
    return REGISTRATION | {'payer_code': code, 'control_number': number, 'email': f'oseba{code}@primer.si'}


async def registered(browser: Browser, person: Person, wait: float = 15) -> Page:
    """The page on which this person's registration was accepted."""
    page = await browser.open('/registracija')
    await page.submit('registracija', person, wait)
    assert is_accepted(page), page.whole_text
    return page


def is_accepted(page: Page) -> bool:
    return any('eportal.enter(' in script for script in page.scripts)


async def filled_in(browser: Browser, persons: list[Person]) -> list[tuple[Person, Page]]:
    """The pages of these persons, who are about to press the button."""
    first = await browser.open('/registracija')  # alone, for it brings the cookie by which the others are known
    others = await asyncio.gather(*(browser.open('/registracija') for _ in persons[1:]))
    return list(zip(persons, [first, *others], strict=True))


async def pressed(pages: list[tuple[Person, Page]]) -> None:
    await asyncio.gather(*(page.do('registracija', 'submit', person) for person, page in pages))


async def closed(pages: list[tuple[Person, Page]]) -> None:
    await asyncio.gather(*(page.close() for _person, page in pages))


def half_rows(portal: Portal) -> dict[str, int]:
    """What a registration left behind that is not whole; empty where all is well."""
    found = {name: portal.rows(query)[0][0] for name, query in HALF_ROWS.items()}
    assert portal.rows('PRAGMA integrity_check') == [('ok',)]
    assert portal.rows('PRAGMA foreign_key_check') == []
    return {name: how_many for name, how_many in found.items() if how_many}


def is_whole(portal: Portal, person: Person) -> bool:
    """Whether account, access, link and letter of this person are on disk."""
    return bool(portal.rows(WHOLE, person['email'])[0][0])


@asynccontextmanager
async def locked(portal: Portal, seconds: float) -> AsyncIterator[None]:
    """Another program writes for so long, while the block is done beside it."""
    connection = sqlite3.connect(portal.database_file, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute('BEGIN IMMEDIATE')
    freed = asyncio.get_running_loop().call_later(seconds, connection.execute, 'COMMIT')
    try:
        yield
        await asyncio.sleep(max(0, freed.when() - asyncio.get_running_loop().time()) + 0.1)
    finally:
        connection.close()


async def until(condition: Any, seconds: float = 15, what: str = '', *, every: float = 0.01) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, what or 'it did not come'
        await asyncio.sleep(every)


async def nothing_waits(portal: Portal, seconds: float = 20) -> None:
    """Once every letter is sent or refused."""
    waiting = "SELECT count(*) FROM letter WHERE state IN ('queued', 'leased')"
    await until(lambda: portal.rows(waiting) == [(0,)], seconds, f'letters still wait: {portal.log[-2000:]}')


def letters_to(mail: MailServer, person: Person) -> list[Any]:
    return [letter for letter, to in zip(mail.letters, mail.recipients, strict=False) if to == person['email']]


def state_of(portal: Portal, person: Person) -> list[tuple[str, int]]:
    """State and tries of each letter to this person."""
    return portal.rows('SELECT state, attempts FROM letter WHERE recipient = ? ORDER BY id', person['email'])


def duplicates(mail: MailServer) -> int:
    """Letters that came more than once."""
    return sum(how_many - 1 for how_many in Counter(letter['Message-ID'] for letter in mail.letters).values())


async def confirmation(browser: Browser, letter: Any) -> Page:
    """The page behind the link in a letter, as it looks when it has arrived."""
    token = link_in(letter).rsplit('/', 1)[1]
    page = await browser.open(f'/potrditev/{token}')
    await page.do('link-token', 'token', token)
    await page.until(lambda: page.named('confirm') or 'že potrjena' in page.whole_text)
    return page


async def signed_in(browser: Browser, person: Person, mail: MailServer) -> None:
    """The whole way: registered, confirmed by the letter, let in."""
    await registered(browser, person)
    await until(lambda: letters_to(mail, person))
    page = await confirmation(browser, letters_to(mail, person)[-1])
    await page.do('confirm', 'click')
    await page.until(lambda: 'Registracija je potrjena' in page.whole_text)
    page = await browser.open('/')
    await page.submit('prijava', {'payer_code': person['payer_code'], 'password': REGISTRATION['password']})
    await browser.enter(page)
