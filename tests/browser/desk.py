"""The queue of requests as its browser tests need it: clerks, requests, payers who are found, letters."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from playwright.async_api import Locator, Page

from domain.folding import folded
from tests.browser.clerk import let_clerk_in
from tests.browser.person import DESK, Person
from tests.mail_server import MailServer
from tests.portal import Portal

Somebody = Callable[..., Awaitable[Person]]

QUEUE = '/uprava/zahtevki'


async def a_clerk(person: Somebody, portal: Portal, size: Any = DESK, language: str = 'en', **who: str) -> Person:
    marija = await person(size, language)
    await let_clerk_in(portal, marija.context, marija.home, **who)
    return marija


def a_request(portal: Portal, name: str = 'Janez Novak', **columns: Any) -> int:
    now = datetime.now(UTC).isoformat(sep=' ')
    values = {
        'state': 'new', 'origin': 'portal', 'name': name, 'address': 'Starj ulica 1', 'email': 'janez@primer.si',
        'language': 'sl', 'created_at': now, 'confirmed_at': now, 'metering_point': '', 'phone': '', 'message': '',
    } | columns  # fmt: skip
    values['search_key'] = folded(f'{values["name"]} {values["address"]}')
    places = ', '.join('?' * len(values))
    query = f'INSERT INTO access_request ({", ".join(values)}) VALUES ({places})'
    portal.rows(query, *values.values())
    return int(portal.rows('SELECT max(id) FROM access_request')[0][0])


def who_is_found(portal: Portal, person: Person, code: str) -> str:
    """Gives the person's payer a metering point and a name of its own; the name."""
    name = f'Janez Plačnik{person.payer_code.translate(str.maketrans("0123456789", "abcdefghij"))}'
    portal.rows(
        'UPDATE customer SET name = ?, search_key = ? WHERE payer_code = ?', name, folded(f'{name} Starj ulica 1'),
        person.payer_code,
    )  # fmt: skip
    portal.rows(
        'INSERT INTO metering_point (code, customer_id, address, meter_serial, service) '
        "SELECT ?, id, 'Starj ulica 1', '1', 'voda' FROM customer WHERE payer_code = ?",
        code,
        person.payer_code,
    )
    return name


async def letter_to(mail: MailServer, address: str) -> EmailMessage:
    ends = time.monotonic() + 20
    while address not in mail.recipients:
        assert time.monotonic() < ends, f'no letter for {address}'
        await asyncio.sleep(0.1)
    return mail.letters[mail.recipients.index(address)]


def tag(page: Page) -> Locator:
    return page.locator('.detail .tag').first


def emptied(portal: Portal) -> None:
    """No request, and nothing that belongs to one."""
    for table in ('letter', 'link', 'request_note', 'issued_control_number', 'access_request', 'metering_point'):
        portal.rows(f'DELETE FROM {table}')
