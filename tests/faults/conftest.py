"""A portal of one's own for each test that kills it; one for a whole module where nothing is killed."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

SWIFT = {
    'EPORTAL_LETTER_LEASE': '2', 'EPORTAL_LETTER_RETRIES': '1', 'EPORTAL_LETTERS_PER_HOUR': '5000',
}  # fmt: skip


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def portal_with(tmp_path: Path) -> Iterator[Callable[..., Portal]]:
    """Starts a portal with these variables and kills it at the end, if the test has not."""
    running: list[Portal] = []

    def begin(mail: MailServer, **variables: str) -> Portal:
        running.append(Portal(tmp_path, mail.url, **SWIFT | variables))
        return running[-1].start_again()

    yield begin
    for portal in running:
        portal.kill()


@pytest.fixture
def portal(mail: MailServer, portal_with: Callable[..., Portal]) -> Portal:
    return portal_with(mail)


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    opened = Browser(portal.url)
    yield opened
    await opened.close()
