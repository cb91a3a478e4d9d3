"""A person at a browser: an invoice in hand, and the steps that every story is made of."""

import asyncio
import time
from email.message import EmailMessage
from itertools import count
from typing import Any, Self

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, WebError, expect

from tests.mail_server import MailServer
from tests.portal import Portal
from tests.world import PASSWORD, link_in

Size = tuple[int, int]
PHONE, DESK = (360, 740), (1280, 800)
SENT_AT = {'sl': 'Oddano poštnemu strežniku ob', 'en': 'Handed over to the mail server at'}
_numbers = count(100_001)

PATIENCE = 12_000  # ms; the portal hashes passwords at low priority, so a busy machine takes its time
expect.set_options(timeout=PATIENCE)


class Person:
    """Has an invoice of his own, so that no two tests share a budget."""

    def __init__(self, portal: Portal, chromium: Browser, size: Size, language: str) -> None:
        self.home = portal.url.replace('127.0.0.1', 'localhost')  # as letters name it
        self.payer_code = str(next(_numbers))
        self.control_number = f'202{self.payer_code}'
        self.email = f'ana.{self.payer_code}@primer.si'
        self.troubles: list[str] = []
        self.requests: list[Request] = []
        self._portal, self._chromium, self._size, self._language = portal, chromium, size, language
        self._expected: tuple[str, ...] = ()

    async def sit_down(self, **options: Any) -> Self:
        self._portal.add_customer(self.payer_code, self.control_number)
        width, height = self._size
        self.context = await self._chromium.new_context(
            base_url=self.home, viewport={'width': width, 'height': height}, reduced_motion='reduce', **options
        )
        await self.context.add_cookies([{'name': 'eportal-language', 'value': self._language, 'url': self.home}])
        self.context.on('console', self._hear)
        self.context.on('weberror', self._stumble)
        self.context.on('request', self._see)
        self.context.set_default_timeout(PATIENCE)
        self.page = await self.context.new_page()
        return self

    def expects(self, *words: str) -> None:
        """Troubles with these words belong to the story."""
        self._expected += words

    async def open(self, address: str = '/') -> Page:
        await self.page.goto(address)
        await expect(self.heading).to_be_visible()
        return self.page

    @property
    def heading(self) -> Locator:
        return self.page.locator('h1')

    def field(self, name: str) -> Locator:
        return self.page.locator(f'#{name}')

    def error(self, name: str) -> Locator:
        return self.page.locator(f'#{name}-error')

    @property
    def summary(self) -> Locator:
        return self.page.locator('#summary')

    @property
    def submit(self) -> Locator:
        return self.page.locator('form [type=submit]:visible')

    @property
    def right_entries(self) -> dict[str, str]:
        return {
            'payer_code': self.payer_code, 'email': self.email, 'control_number': self.control_number,
            'password': PASSWORD, 'repeated': PASSWORD, 'captcha': 'aT4eD',
        }  # fmt: skip

    async def leave(self, name: str) -> None:
        """The field, as by Tab, and waits until the server has heard of it."""
        await self.field(name).blur()

    async def fill_in(self, **others: str) -> None:
        """The seven fields, rightly unless said otherwise."""
        for name, value in (self.right_entries | others).items():
            await self.field(name).fill(value)
        await self.field('consent').check()

    async def register(self, **others: str) -> None:
        """Up to »Preverite pošto«."""
        await self.open('/registracija')
        await self.fill_in(**others)
        await self.submit.click()
        await self.page.wait_for_url('**/preverite-posto')
        await expect(self.page.locator('#resend')).to_be_attached()

    async def letter_is_sent(self) -> None:
        await expect(self.page.get_by_text(SENT_AT[self._language])).to_be_visible()

    async def link(self, mail: MailServer, letters: int = 1) -> str:
        """Out of the newest letter to this person, once there are so many."""
        ends = time.monotonic() + PATIENCE / 1000
        while len(own := self._letters(mail)) < letters:
            assert time.monotonic() < ends, f'{len(own)} letters of {letters} for {self.email}'
            await asyncio.sleep(0.05)
        return link_in(own[-1])

    def _letters(self, mail: MailServer) -> list[EmailMessage]:
        both = zip(mail.recipients, mail.letters, strict=False)
        return [letter for recipient, letter in both if recipient == self.email]

    async def become_customer(self, mail: MailServer) -> None:
        """Registered and confirmed, in this browser."""
        await self.register()
        await self.open(await self.link(mail))
        await self.page.locator('#confirm').click()
        await expect(self.heading).to_have_text('Registracija je potrjena')

    async def sign_in(self, password: str = PASSWORD) -> None:
        await self.open('/')
        await self.field('payer_code').fill(self.payer_code)
        await self.field('password').fill(password)
        await self.submit.click()

    async def is_signed_in(self) -> None:
        await self.page.wait_for_url('**/moj-dostop')
        await expect(self.page.locator('#sign-out')).to_be_visible()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ('error', 'warning') or 'Content Security Policy' in message.text:
            self._note(f'console: {message.text} ({message.location.get("url")})')

    def _stumble(self, error: WebError) -> None:
        self._note(f'script: {error.error.message}')

    def _see(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.home + '/', 'data:', 'blob:')):
            self._note(f'foreign: {request.url}')

    def _note(self, trouble: str) -> None:
        if not any(word in trouble for word in self._expected):
            self.troubles.append(trouble)
