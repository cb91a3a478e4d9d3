"""What may pass through a socket at all, whatever it is about: packets that a page of ours sends, at a person's rate.

Below NiceGUI's handlers, Engine.IO and Socket.IO write a traceback for each packet that they cannot read.
"""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from nicegui import json

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

FRAMES_PER_SECOND, BURST = 40, 200  # a fast typist makes about fifteen events a second
OURS = 'event|ack|javascript_response|log|handshake'
PACKET = re.compile(rf'1|[23](probe)?|5|6|40(\{{.*\}})?|41|42\d{{0,9}}(\["({OURS})",\{{.*\}}\])', re.DOTALL)
HANG_UP = {'type': 'websocket.disconnect', 'code': 1008}


class Allowance:
    """How many frames one connection may still send."""

    def __init__(self) -> None:
        self._left, self._counted_at = float(BURST), time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._counted_at) * FRAMES_PER_SECOND) - 1
        self._counted_at = now
        return self._left >= 0


_polling: dict[str, Allowance] = {}  # by Engine.IO's session; the oldest give way


def checked(receive: Receive) -> Receive:
    """For a WebSocket: the first packet that does not fit ends it."""
    allowance, ended = Allowance(), False

    async def receive_checked() -> Message:
        nonlocal ended
        message = await receive()
        if message['type'] == 'websocket.receive':
            ended = ended or not (allowance.take() and fits(message.get('text')))
        return dict(HANG_UP) if ended else message

    return receive_checked


def all_fit(scope: MutableMapping[str, Any], body: bytes) -> bool:
    """For long polling: a body holds several packets."""
    session = parse_qs(scope['query_string'].decode('latin-1')).get('sid', [''])[-1]
    while len(_polling) >= 1000:
        del _polling[next(iter(_polling))]
    allowance = _polling.setdefault(session, Allowance())
    packets = body.decode('utf-8', 'replace').split('\x1e')
    return all(allowance.take() and fits(packet) for packet in packets)


def fits(packet: str | None) -> bool:
    match = PACKET.fullmatch(packet) if packet else None
    return match is not None and (match[3] is None or is_json(match[3])) and (match[2] is None or is_json(match[2]))


def is_json(text: Any) -> bool:
    """By NiceGUI's own reader: another one would let through what that one stumbles over."""
    try:
        json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return False
    return isinstance(text, str)
