"""Demo mode: the manual's customer with his invoices, and a mail server on loopback that keeps what it receives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from domain import clock
from domain.settings import settings
from storage.models import Customer, Invoice

CUSTOMERS = (
    # payer code, name, address, numbers of the invoices, the newest last
    ('123456', 'Janez Novak', 'Starj ulica 1, 1351 Brezovica', (201900871, 201901244, 202000112, 202000503, 202000876)),
    ('123457', 'Marija Žagar Čuk', 'Podpeška cesta 12, 1351 Brezovica', (202000513, 202000877)),
    ('100244', 'Jožica Jerančič', 'Na Žago 52b, 1352 Preserje', (202000402, 202000731)),
)


@dataclass(frozen=True)
class Received:
    at: datetime
    message: EmailMessage

    @property
    def text(self) -> str:
        body = self.message.get_body(preferencelist=('plain',))
        return str(body.get_content()).replace('\r\n', '\n') if body else ''


async def add_samples() -> None:
    """Only what is not there yet: a second start keeps everything."""
    for code, name, address, numbers in CUSTOMERS:
        customer, _made = await Customer.get_or_create(payer_code=code, defaults={'name': name, 'address': address})
        for months_ago, number in enumerate(reversed(numbers)):
            issued = date(2020, 1, 31) - timedelta(days=31 * months_ago)
            values = {'customer': customer, 'issued_on': issued, 'amount': Decimal('41.25'), 'open_amount': Decimal(0)}
            await Invoice.get_or_create(number=str(number), defaults=values)


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
