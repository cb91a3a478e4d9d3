"""Running portals that the attacks share, each with a mail server that takes everything.

`portal` stands behind a proxy that says who is asking, so that each browser of a test has an address of its own.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.attacks.deeds import HIGHEST, Payer, payers
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

BEHIND_A_PROXY = {
    'EPORTAL_TRUSTED_PROXIES': '127.0.0.1',
    'EPORTAL_PROOFS_PER_DAY': '100000',
    'EPORTAL_LETTERS_PER_HOUR': '100000',
    'EPORTAL_SIGN_INS_PER_HOUR': '100000',
    'EPORTAL_SIGN_INS_PER_ADDRESS_HOUR': '20',
    'EPORTAL_LETTER_PAUSE': '2',
}
_addresses = count(1)


def an_address() -> str:
    """Of a client that nobody has seen before."""
    number = next(_addresses)
    return f'198.18.{number // 250}.{number % 250 + 1}'


@pytest.fixture(scope='session')
def mail() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture(scope='session')
def start_portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Portal]]:
    """Starts a portal with these variables; tables are made once and copied."""
    template: list[Path] = []
    running: list[Portal] = []

    def start(**variables: str) -> Portal:
        portal = Portal(tmp_path_factory.mktemp('portal'), mail.url, **variables)
        if template:
            shutil.copy(template[0], portal.database_file)
        else:
            portal.run('migrate')
            template.append(portal.folder.parent / 'tables.db')
            shutil.copy(portal.database_file, template[0])
        running.append(portal.start_again())
        return portal

    yield start
    for portal in running:
        portal.stop()


@pytest.fixture(scope='session')
def portal(start_portal: Callable[..., Portal]) -> Portal:
    """It knows an invoice with a high number: only what is higher is parked, everything else is right or wrong."""
    portal = start_portal(**BEHIND_A_PROXY)
    portal.add_customer('400000', HIGHEST)
    return portal


@pytest.fixture
async def browsers(portal: Portal) -> AsyncIterator[Callable[..., Browser]]:
    """Each at an address of its own, or at one that the test gives."""
    opened: list[Browser] = []

    def browser(address: str | None = None, at: Portal = portal, **headers: str) -> Browser:
        opened.append(Browser(at.url, **{'X-Forwarded-For': address or an_address(), **headers}))
        return opened[-1]

    yield browser
    for each in opened:
        await each.close()


@pytest.fixture
def browser(browsers: Callable[..., Browser]) -> Browser:
    return browsers()


@pytest.fixture
def payer(portal: Portal) -> Payer:
    """A customer whom no other test knows."""
    return payers(portal)
