"""A portal of one's own for each test that kills it; one for a whole module where nothing is killed."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

SWIFT = {
    'EPORTAL_LETTER_LEASE': '2', 'EPORTAL_LETTER_RETRIES': '1', 'EPORTAL_LETTERS_PER_HOUR': '5000',
    'EPORTAL_SMTP_TIMEOUT': '8',
}  # fmt: skip


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def portal_with(tmp_path: Path) -> Iterator[Callable[..., Portal]]:
    """Starts a portal with these variables, in the place of the one before; the last is killed at the end."""
    running: list[Portal] = []

    def begin(mail: MailServer, **variables: str) -> Portal:
        for portal in running:
            portal.kill()
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


@pytest.fixture(scope='session')
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, MailServer]]:
    """For the tests that kill nothing; it signs in to the mail server, so that this can fail as well."""
    mail = MailServer().start()
    url = mail.url.replace('//', '//eportal:geslo@')
    portal = Portal(
        tmp_path_factory.mktemp('shared'), url, **SWIFT | {'EPORTAL_LETTER_LEASE': '30', 'EPORTAL_SMTP_TIMEOUT': '4'}
    )
    yield portal.start_again(), mail
    portal.stop()
    mail.stop()


@pytest.fixture
def shared_mail(_shared: tuple[Portal, MailServer]) -> Iterator[MailServer]:
    mail = _shared[1]
    usual = {'EHLO': '250-stub\r\n250 AUTH PLAIN', 'AUTH': '235 welcome'}
    mail.answers, mail.always = {}, usual
    mail.letters.clear()
    mail.recipients.clear()
    mail.commands.clear()
    yield mail
    mail.answers, mail.always = {}, usual


@pytest.fixture
def shared_portal(_shared: tuple[Portal, MailServer], shared_mail: MailServer) -> Portal:
    return _shared[0]


@pytest.fixture
async def shared_browser(shared_portal: Portal) -> AsyncIterator[Browser]:
    opened = Browser(shared_portal.url)
    yield opened
    await opened.close()
