"""One running portal for all attacks of a module, with a mail server that takes everything."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal


@pytest.fixture(scope='module')
def mail() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    running = Portal(tmp_path_factory.mktemp('portal'), mail.url).start()
    running.add_customer('123456', '202000876')
    yield running
    running.stop()


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    opened = Browser(portal.url)
    yield opened
    await opened.close()
