"""A network that goes away and comes back, and a portal that comes back with other keys."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

from tests.faults.drill import (
    Person,
    confirmation,
    is_accepted,
    is_whole,
    locked,
    nothing_waits,
    people,
    registered,
    signed_in,
)
from tests.mail_server import MailServer
from tests.page import REGISTRATION, Browser, Page
from tests.portal import Portal

GAP_SECONDS = 6  # longer than the 3 s after which NiceGUI by itself throws a page away
OLD, NEW = {'EPORTAL_SECRET': 's' * 40}, {'EPORTAL_SECRET': 't' * 40}
SMOOTH = NEW | {'EPORTAL_SECRET_PREVIOUS': 's' * 40}


class Tab:
    """A page in a browser's tab, which remembers who it is when its connection breaks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._ids = {'tab_id': str(uuid4()), 'document_id': str(uuid4())}

    async def connect(self) -> None:
        """As the browser does it: from the first message that it has not seen."""
        seen = [message['_id'] for _, message in self.page.frames if message and '_id' in message]
        await self.page.connect(**self._ids, **({'next_message_id': max(seen) + 1} if seen else {}))

    async def lose(self) -> None:
        """Without a word to the server."""
        self.page.socket.eio.ws._response.connection.transport.abort()
        await self.page.until(lambda: not self.page.socket.connected)


async def test_f19_a_page_survives_a_gap_in_the_network(shared_portal: Portal, shared_browser: Browser) -> None:
    typing, sending = people(shared_portal, 2)
    tabs = [Tab(await shared_browser.load('/registracija')) for _ in range(2)]
    for tab in tabs:
        await tab.connect()
    first, second = (tab.page for tab in tabs)
    await first.submit('registracija', typing | {'email': 'ana@'})
    complaint = first.whole_text
    async with locked(shared_portal, 1):  # so that the answer is not ready before the gap
        await second.do('registracija', 'submit', sending)
        await asyncio.sleep(0.1)
        for tab in tabs:
            await tab.lose()
    answered_before = is_accepted(second)
    await asyncio.sleep(GAP_SECONDS - 1)
    for tab in tabs:
        await tab.connect()

    await second.script('eportal.enter(')
    await first.submit('registracija', typing)

    assert not answered_before
    assert 'ime@primer.si' in complaint
    assert is_accepted(first)
    assert not any('reload' in script for page in (first, second) for script in page.scripts)
    assert await shared_browser.enter(second) == '/preverite-posto'
    assert all(is_whole(shared_portal, person) for person in (typing, sending))
    print(f'\nF19: {GAP_SECONDS} s without network: the page lives on, the answer sent meanwhile arrives, 0 reloads')


async def test_f19_a_page_comes_back_before_the_server_has_noticed_the_gap(
    shared_portal: Portal, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    page = await shared_browser.load('/registracija')
    ids = Tab(page)
    await ids.connect()
    half_open, page.socket = page.socket, Page(shared_browser, page.answer).socket
    page.socket.on('*', page._receive)
    await ids.connect()
    await half_open.disconnect()

    await page.submit('registracija', person)

    assert is_accepted(page)
    print('\nF19: back on a second socket while the first looked alive: the page lives on')


async def test_f28_another_secret_signs_everybody_out_and_does_nothing_else(
    mail: MailServer, portal_with: Callable[..., Portal]
) -> None:
    portal = portal_with(mail, **OLD)
    customer, waiting = people(portal, 2)
    before = Browser(portal.url)
    await signed_in(before, customer, mail)
    await registered(before, waiting)
    await nothing_waits(portal)
    smooth = await _with_the_cookies_of(before, portal_with(mail, **SMOOTH))
    kept = await _sees_his_data(smooth)
    after = await _with_the_cookies_of(before, portal_with(mail, **NEW))

    assert kept
    assert not await _sees_his_data(after)
    assert (await confirmation(after, mail.letters[-1])).named('confirm')
    page = await after.open('/')
    await page.submit('prijava', _name_and_password(customer))
    assert await after.enter(page) == '/moj-dostop'
    assert await _sees_his_data(after)
    for browser in (before, smooth, after):
        await browser.close()
    print('\nF28: with SECRET_PREVIOUS he stays signed in, without it he signs in again; links and passwords work on')


async def _with_the_cookies_of(browser: Browser, portal: Portal) -> Browser:
    copied = Browser(portal.url)
    copied.http.cookies = browser.http.cookies
    return copied


async def _sees_his_data(browser: Browser) -> bool:
    page = await browser.open('/moj-dostop')
    await page.until(lambda: 'Janez Novak' in page.whole_text or page.named('prijava'))
    return 'Janez Novak' in page.whole_text


def _name_and_password(person: Person) -> Person:
    return {'payer_code': person['payer_code'], 'password': REGISTRATION['password']}
