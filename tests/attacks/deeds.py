"""What customers and attackers do with the running portal, each in a word."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from typing import Any

from tests.mail_server import MailServer
from tests.page import REGISTRATION, Browser, Page
from tests.portal import Portal
from tests.world import link_in

PASSWORD = REGISTRATION['password']
WRONG_PAIR = 'Podatkov ne moremo potrditi'
WRONG_SIGN_IN = 'Uporabniško ime ali geslo ni pravilno'
TOO_MANY = 'Preveč poskusov'
HIGHEST = '990000000'  # of the invoices that the shared portal knows
UNUSABLE = 'Tega vnosa ni mogoče uporabiti'

_numbers = count(500_001)


@dataclass(frozen=True)
class Payer:
    """Somebody with a paper invoice."""

    payer_code: str
    control_number: str
    email: str

    def form(self, **values: Any) -> dict[str, Any]:
        given = {'payer_code': self.payer_code, 'control_number': self.control_number, 'email': self.email}
        password = {'repeated': values['password']} if 'password' in values else {}
        return {**REGISTRATION, **given, **password, **values}


def nobody() -> Payer:
    """Well-formed numbers that the database does not hold."""
    number = next(_numbers)
    return Payer(str(number), str(number * 7 % 900_000_000 + 100_000_000), f'oseba{number}@primer.si')


def payers(portal: Portal, *invoices: str) -> Payer:
    payer = nobody()
    portal.add_customer(payer.payer_code, payer.control_number, *invoices)
    return payer


async def register(browser: Browser, payer: Payer, **values: Any) -> Page:
    """The registration page after it has been answered."""
    page = await browser.open('/registracija')
    await try_to_register(page, payer, **values)
    return page


async def try_to_register(page: Page, payer: Payer, **values: Any) -> None:
    await page.submit('registracija', payer.form(**values), 20)


async def registered(browser: Browser, payer: Payer, **values: Any) -> None:
    page = await register(browser, payer, **values)
    assert was_let_in(page), page.whole_text
    await browser.enter(page)


async def confirmed(browser: Browser, payer: Payer, mail: MailServer, **values: Any) -> None:
    await registered(browser, payer, **values)
    page = await link_page(browser, token_for(mail, payer.email))
    await page.do('confirm', 'click')
    await page.until(lambda: 'Registracija je potrjena' in page.whole_text)


async def link_page(browser: Browser, token: str) -> Page:
    """The page of a link as a browser shows it that runs its script, before anybody clicks."""
    page = await browser.open(f'/potrditev/{token}')
    await page.do('link-token', 'token', token)
    endings = ('To nisem jaz', 'Pošlji novo povezavo', 'Potrebujete pomoč?')
    await page.until(lambda: any(ending in page.whole_text for ending in endings))
    return page


async def sign_in(browser: Browser, payer: Payer, password: Any = PASSWORD) -> Page:
    """The sign-in page after it has been answered."""
    page = await browser.open('/')
    await try_to_sign_in(page, payer, password)
    return page


async def try_to_sign_in(page: Page, payer: Payer, password: Any = PASSWORD) -> None:
    await page.submit('prijava', {'payer_code': payer.payer_code, 'password': password}, 20)


def was_let_in(page: Page) -> bool:
    return any('eportal.enter(' in script for script in page.scripts)


def letters_to(mail: MailServer, email: str) -> list[EmailMessage]:
    return [letter for letter in mail.letters if letter['To'] == email]


def token_for(mail: MailServer, email: str) -> str:
    """Out of the newest letter to this address, once there is one."""
    ends = time.monotonic() + 10
    while not letters_to(mail, email):
        assert time.monotonic() < ends, f'no letter to {email}'
        time.sleep(0.02)
    return link_in(letters_to(mail, email)[-1]).rsplit('/', 1)[1]


def outcomes(portal: Portal, address: str, what: str) -> list[str]:
    """What truly happened to the tries from this address."""
    rows = portal.rows('SELECT outcome FROM attempt_log WHERE address = ? AND what = ?', address, what)
    return [outcome for (outcome,) in rows]


def accounts(portal: Portal, email: str) -> int:
    return int(portal.rows('SELECT count(*) FROM account WHERE email = ?', email)[0][0])


def letters(portal: Portal, payer: Payer) -> int:
    return int(
        portal.rows(
            'SELECT count(*) FROM letter JOIN customer ON customer.id = letter.customer_id WHERE payer_code = ?',
            payer.payer_code,
        )[0][0]
    )


def canonical(page: Page) -> str:
    """The frames without what differs between any two pages: random ids, pictures, how fast the socket opened.

    Updates in a row count as one: how many there are hangs on how busy the machine is.
    """
    answers: list[tuple[str, Any]] = []
    for event, message in page.frames:
        if event == 'update' and answers and answers[-1][0] == 'update':
            former = {name: element for name, element in answers[-1][1].items() if name != '_id'}
            answers[-1] = (event, {**former, **message})
        elif 'eportal.restore' not in str(message):
            answers.append((event, message))
    text = re.sub(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'id', repr(answers))
    return re.sub(r"'_id': \d+", '', re.sub(r'base64,[\w+/=]+', 'picture', text))


@contextmanager
def quiet(portal: Portal, at_most: int = 0) -> Iterator[None]:
    """Nothing, or at most so many characters, may come into the log meanwhile."""
    before = len(portal.log)
    yield
    news = portal.log[before:]
    assert len(news) <= at_most, news[:3000]
    assert 'Traceback' not in news, news[:3000]
