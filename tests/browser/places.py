"""Portals and mail servers for as long as a fixture lives."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.mail_server import MailServer
from tests.portal import Portal


@contextmanager
def a_mail_server() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()


@contextmanager
def a_portal(folders: pytest.TempPathFactory, mail: MailServer, **variables: str) -> Iterator[Portal]:
    running = Portal(folders.mktemp('portal'), mail.url, **variables).start()
    yield running
    running.stop()
