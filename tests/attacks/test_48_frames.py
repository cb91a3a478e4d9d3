import asyncio
from collections.abc import Callable
from time import monotonic

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.attacks.deeds import quiet
from tests.attacks.wire import is_closed, joined, packed, says, wire
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]
NO_EVENTS = [
    None, 7, 'x', [], {}, {'id': 1}, {'client_id': 5},
    {'client_id': '{own}', 'id': 'a', 'listener_id': 'b', 'args': []},
    {'client_id': '{own}', 'id': 10**30, 'listener_id': 'b', 'args': []},
    {'client_id': '{own}', 'id': True, 'listener_id': 'b', 'args': []},
    {'client_id': '{own}', 'id': 4, 'listener_id': {}, 'args': []},
    {'client_id': '{own}', 'id': 4, 'listener_id': 'b', 'args': {'0': '1'}},
    {'client_id': '{own}', 'id': 4, 'listener_id': 'b', 'args': ['{{{{']},
    {'client_id': '{own}', 'id': 4, 'listener_id': 'b', 'args': [{}]},
    {'client_id': '{own}', 'id': 4, 'listener_id': 'b', 'args': ['[' * 50_000]},
    {'client_id': '{own}', 'id': 4, 'listener_id': 'b', 'args': ['9' * 5_000]},
    {'client_id': {'$ne': 1}, 'id': 4, 'listener_id': 'b', 'args': []},
    {'client_id': '{own}', 'level': 'error', 'message': 'x\n\x1b[2J'},
    {'client_id': '{own}', 'next_message_id': 'x', 'request_id': 5},
    {'client_id': '{own}', 'next_message_id': -1, 'request_id': 'x'},
]  # fmt: skip
UNPARSEABLE = [
    '42', '42[', '42["event"', '42{}', '42[]', '42[7]', '42[{}]', '42["event"]', '42["disconnect"]', '42["connect",{}]',
    '40', '40/x,', '41/x,', '43', '431[]', '439999999999[]', '44{}', '451-["event",{"_placeholder":true,"num":0}]',
    '4599999999-["event"]', '451-["event",{"_placeholder":true,"num":7}]', '46[', '49', '4', '7', 'x', '',
    '42' + '[' * 90_000, '42/' + 'x' * 9_000, '42["\\ud800",{}]', '421["event",{}]', b'', b'\x00\xff', b'x' * 9_000,
]  # fmt: skip


@pytest.mark.parametrize('event', ['event', 'ack', 'javascript_response', 'log', 'handshake', 'unknown'])
async def test_rule_48_frames_of_any_shape_leave_no_trace(portal: Portal, browser: Browser, event: str) -> None:
    page = await browser.load('/')
    with quiet(portal):
        async with joined(page) as socket:
            for frame in NO_EVENTS:
                await socket.send(packed(event, frame).replace('{own}', page.client_id))
            await socket.send(packed(event))
            await socket.send(packed(event, {}, {}, {}))
            await asyncio.sleep(0.3)


@pytest.mark.parametrize('frame', UNPARSEABLE, ids=lambda frame: repr(frame[:14]))
async def test_rule_48_what_is_no_frame_leaves_no_trace(portal: Portal, browser: Browser, frame: str | bytes) -> None:
    page = await browser.load('/')
    with quiet(portal):
        async with joined(page) as socket:
            await socket.send(frame)
            await asyncio.sleep(0.05)


@pytest.mark.parametrize('query', [
    {'client_id': None}, {'client_id': 'x'}, {'tab_id': None}, {'document_id': None}, {'next_message_id': 'x'},
    {'next_message_id': '9' * 5_000}, {'next_message_id': '-1'}, {'implicit_handshake': None},
    {'xnext_message_id': '1', 'next_message_id': 'x'}, {'client_id': None, 'x': 'client_id='},
    {'implicit_handshake': None, 'x': 'implicit_handshake=true'},
], ids=str)  # fmt: skip
async def test_rule_48_a_connection_of_any_shape_leaves_no_trace(
    portal: Portal, browser: Browser, query: dict[str, str | None]
) -> None:
    page = await browser.load('/')
    with quiet(portal):
        try:
            async with wire(page, **query) as socket:
                assert await says(socket, '40') != 'accepted'
        except (InvalidStatus, ConnectionClosed):
            pass


async def test_rule_48_a_huge_frame_closes_its_socket(browser: Browser) -> None:
    page = await browser.load('/')
    async with joined(page) as socket:
        await socket.send(packed('event', 'x' * 2_000_000))
        assert await is_closed(socket)


async def test_rule_48_a_flood_is_cut_off_and_others_do_not_notice(portal: Portal, browsers: Browsers) -> None:
    bystander = await browsers().open('/')
    slowest, sent = 0.0, 0

    with quiet(portal, at_most=10_000):
        for _ in range(10):
            mallory = await browsers().load('/')
            async with joined(mallory) as socket:
                flood = asyncio.create_task(_flood(socket, mallory.client_id, 1_000))
                began = monotonic()
                await bystander.submit('prijava', {'payer_code': '', 'password': ''})
                slowest = max(slowest, monotonic() - began)
                sent += await flood
                assert await is_closed(socket)

    assert sent > 1_000
    assert slowest < 0.5


async def test_rule_48_nothing_a_socket_says_gives_it_more_frames(browser: Browser) -> None:
    page = await browser.load('/')
    frame = packed('event', {'client_id': page.client_id, 'id': 4, 'listener_id': 'x', 'args': []})
    async with joined(page) as socket:
        for _ in range(5):
            for _ in range(180):
                await socket.send(frame)
            await socket.send('42["disconnect",{}]')
            await socket.send('41')
            await socket.send('40')
        assert await is_closed(socket)


async def _flood(socket, client_id: str, how_many: int) -> int:  # type: ignore[no-untyped-def]
    """How many could be sent before the socket was closed."""
    frame = packed('event', {'client_id': client_id, 'id': 4, 'listener_id': 'x', 'args': ['{'] * 9})
    for sent in range(how_many):
        try:
            await socket.send(frame)
        except ConnectionClosed:
            return sent
        if sent % 100 == 0:
            await asyncio.sleep(0)
    return how_many
