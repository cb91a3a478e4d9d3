"""Demo mode: a small utility with the manual's customer, and a mail server on loopback that keeps what it receives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from domain import clock
from domain.billing.importing import prepared
from domain.billing.worker import File, How
from domain.settings import settings
from storage.models import Customer

SAMPLES = Path(__file__).parent / 'samples'  # a month of a billing program: 300 payers, six billing runs


@dataclass(frozen=True)
class Received:
    at: datetime
    message: EmailMessage

    @property
    def text(self) -> str:
        body = self.message.get_body(preferencelist=('plain',))
        return str(body.get_content()).replace('\r\n', '\n') if body else ''


async def add_samples() -> None:
    """Through the import, as a utility's own files come; a second start keeps everything."""
    if await Customer.exists():
        return
    files = [File.at(file) for file in sorted(SAMPLES.glob('*.csv'))]
    async with prepared(files, How()) as ready:
        await ready.apply(by='demo')


@asynccontextmanager
async def mail_server() -> AsyncIterator[None]:
    """Listens where SMTP_URL points."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(_Keeper(), loop=loop), settings().mail_server.host, settings().mail_server.port
    )
    async with server:
        yield


def received() -> list[Received]:
    """The letters, the newest first."""
    files = sorted(_folder().glob('*.eml'), reverse=True)
    return [Received(_arrival(file), message_from_bytes(file.read_bytes(), policy=default)) for file in files]


class _Keeper:
    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        name = clock.now().strftime('%Y%m%dT%H%M%S%f') + '.eml'
        (_folder() / name).write_bytes(content if isinstance(content, bytes) else str(content).encode())
        return '250 OK'


def _folder() -> Path:
    folder = settings().data_dir / 'posta'
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _arrival(file: Path) -> datetime:
    return datetime.strptime(file.stem, '%Y%m%dT%H%M%S%f').replace(tzinfo=UTC)
