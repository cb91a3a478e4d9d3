"""A real Chromium, a running portal with a mail server, and people at browsers."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from playwright.async_api import Error as PlaywrightError

from tests.browser.person import PHONE, Person, Size
from tests.browser.places import a_mail_server, a_portal
from tests.mail_server import MailServer
from tests.portal import Portal

NAMES = ('chromium', 'chromium-browser', 'google-chrome')
FLAGS = ['--disable-gpu', '--disable-background-networking', '--no-first-run']
NONE_FOUND = 'no Chromium: apt-get install chromium, or playwright install chromium, or name one in CHROMIUM'


@pytest_asyncio.fixture(scope='session', loop_scope='session')
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        program = os.environ.get('CHROMIUM') or next(filter(None, map(shutil.which, NAMES)), None)
        as_root = ['--no-sandbox'] if os.geteuid() == 0 else []
        try:
            browser = await playwright.chromium.launch(executable_path=program, args=FLAGS + as_root)
        except PlaywrightError as problem:
            pytest.skip(f'{NONE_FOUND} ({problem.message.splitlines()[0]})')
        yield browser
        await browser.close()


@pytest.fixture(scope='session')
def mail() -> Iterator[MailServer]:
    """A module that has it refuse letters brings one of its own, and a portal."""
    with a_mail_server() as server:
        yield server


@pytest.fixture(scope='session')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Shared by all modules: people have numbers of their own, and starting one takes seconds."""
    with a_portal(tmp_path_factory, mail) as running:
        yield running


@pytest_asyncio.fixture(loop_scope='session')
async def person(chromium: Browser, portal: Portal) -> AsyncIterator[Callable[..., Awaitable[Person]]]:
    """`await person(DESK)`: somebody with a browser of his own, in which no script may fail."""
    people: list[Person] = []

    async def somebody(size: Size = PHONE, language: str = 'sl', **context: object) -> Person:
        people.append(await Person(portal, chromium, size, language).sit_down(**context))
        return people[-1]

    yield somebody
    for one in people:
        await one.context.close()
    assert [trouble for one in people for trouble in one.troubles] == []


@pytest_asyncio.fixture(loop_scope='session')
async def ana(person: Callable[..., Awaitable[Person]]) -> Person:
    """With a phone, an invoice, and nothing done yet."""
    return await person()
