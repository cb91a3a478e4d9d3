"""Builders: staff signed in beside a running portal, bodies that come in chunks, and what is left of them."""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.portal import Portal

UPLOADS = '/uprava/uvoz/datoteka'
MEGABYTE = 1_000_000


def let_in(portal: Portal, role: str, *, seen: timedelta = timedelta(0)) -> str:
    token, now = secrets.token_urlsafe(32), (datetime.now(UTC) - seen).isoformat(sep=' ')
    email = f'{secrets.token_hex(6)}@primer.si'
    portal.rows(
        "INSERT INTO staff (email, name, role, created_at, set_up_at, last_step) VALUES (?, 'Marija Kos', ?, ?, ?, 0)",
        email, role, now, now,
    )  # fmt: skip
    portal.rows(
        'INSERT INTO staff_session (token_hash, staff_id, address, started_at, last_seen_at) '
        "SELECT ?, id, '198.18.200.7', ?, ? FROM staff WHERE email = ?",
        hmac.digest(b's' * 40, token.encode(), hashlib.sha256).hex(), now, now, email,
    )  # fmt: skip
    return token


def lying_about(portal: Portal) -> list[str]:
    folder = portal.folder / 'uploads'
    return [file.name for file in folder.iterdir()] if folder.exists() else []


def refused(portal: Portal) -> list[tuple[str, str]]:
    return portal.rows("SELECT actor, detail FROM audit_event WHERE what = 'refused' ORDER BY id")


def memory(portal: Portal) -> int:
    assert portal.process
    status = Path(f'/proc/{portal.process.pid}/status').read_text()
    return int(re.search(r'VmRSS:\s+(\d+)', status)[1]) // 1024  # type: ignore[index]


class Body:
    """Bytes in chunks; `sent` of them were asked for."""

    def __init__(self, size: int) -> None:
        self.size, self.sent = size, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.sent < self.size:
            self.sent += 65_536
            yield b'x' * 65_536


async def answer_of(client: httpx.AsyncClient, body: Body) -> int:
    """Read while the body is still being sent, as the server gives it."""
    host, port = client.base_url.host, client.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    headers = dict(client.headers) | {'host': f'{host}:{port}', 'transfer-encoding': 'chunked'}
    headers['cookie'] = '; '.join(f'{cookie.name}={cookie.value}' for cookie in client.cookies.jar)
    writer.write(f'POST {UPLOADS} HTTP/1.1\r\n'.encode())
    writer.write(''.join(f'{name}: {value}\r\n' for name, value in headers.items()).encode() + b'\r\n')
    status = asyncio.create_task(reader.readline())
    try:
        async for chunk in body:
            writer.write(f'{len(chunk):x}\r\n'.encode() + chunk + b'\r\n')
            await writer.drain()
            if status.done():
                break
        return int((await asyncio.wait_for(status, 10)).split()[1])
    finally:
        writer.close()
