"""The socket of the pages, spoken by hand: what no client library would ever send."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.page import Page

PATH = '/_nicegui_ws/socket.io/'


def query_of(page: Page, **values: Any) -> dict[str, Any]:
    """What a page's own socket says of itself."""
    usual = {
        'client_id': page.client_id, 'tab_id': str(uuid4()), 'document_id': str(uuid4()), 'next_message_id': 0,
        'implicit_handshake': 'true', 'EIO': 4, 'transport': 'websocket',
    }  # fmt: skip
    return {name: value for name, value in {**usual, **values}.items() if value is not None}


@asynccontextmanager
async def wire(page: Page, origin: str | None = None, **query: Any) -> AsyncIterator[ClientConnection]:
    """A socket that has sent and read nothing yet; `origin=''` sends none."""
    own = page.browser.url
    headers = {'Cookie': page.browser.cookies} | ({} if origin == '' else {'Origin': origin or own})
    address = own.replace('http', 'ws') + PATH + '?' + urlencode(query_of(page, **query))
    async with connect(address, additional_headers=headers, max_size=None, proxy=None) as socket:
        yield socket


@asynccontextmanager
async def joined(page: Page, **query: Any) -> AsyncIterator[ClientConnection]:
    """A socket that belongs to its page."""
    async with wire(page, **query) as socket:
        assert await says(socket, '40') == 'accepted'
        yield socket


async def says(socket: ClientConnection, connecting: str) -> str:
    """How the server answers to a Socket.IO connect."""
    await socket.recv()
    await socket.send(connecting)
    answer = str(await asyncio.wait_for(socket.recv(), 5))
    return 'accepted' if answer.startswith('40') else answer


async def is_closed(socket: ClientConnection) -> bool:
    """Whether the server hangs up within some seconds."""
    try:
        while True:
            await asyncio.wait_for(socket.recv(), 5)
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False


def packed(event: str, *args: Any) -> str:
    return '42' + json.dumps([event, *args])


async def polled(page: Page, origin: str, **query: Any) -> tuple[int, str]:
    """The same by the polling transport: the status of its first answer, and what the connect was told."""
    values = query_of(page, transport='polling', **query)
    async with httpx.AsyncClient(base_url=page.browser.url, headers={'Origin': origin}) as http:
        opening = await http.get(PATH, params=values)
        if opening.status_code != 200:
            return opening.status_code, ''
        sid = json.loads(opening.text[1:])['sid']
        await http.post(PATH, params={**values, 'sid': sid}, content='40')
        answer = await http.get(PATH, params={**values, 'sid': sid}, timeout=10)
        return 200, answer.text
