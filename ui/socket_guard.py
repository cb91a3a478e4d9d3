"""Frames of the page's socket are checked before NiceGUI's handlers see them.

NiceGUI takes an event for any page from any socket, of any shape, as often as it comes, and writes what the browser
calls a log line into the server's log. Here a frame must be well formed, belong to its socket, and keep to a rate.
"""

import time
from collections.abc import Callable
from typing import Any

from nicegui import Client, core, json
from socketio.exceptions import ConnectionRefusedError as Refused

FRAMES_PER_SECOND, BURST = 40, 200  # a fast typist makes about fifteen events a second
LONGEST_FRAME = 128 * 1024  # bytes

_allowance: dict[str, tuple[float, float]] = {}  # socket → frames it may still send, and when that was counted


def install(origins: list[str]) -> None:
    """Before the server starts. A page opens sockets to its own origin only."""
    sio = core.sio
    sio.eio.cors_allowed_origins = origins
    sio.eio.max_http_buffer_size = LONGEST_FRAME
    for event, is_well_formed in CHECKS.items():
        sio.on(event, _guarded(sio.handlers['/'][event], is_well_formed))
    sio.on('connect', _connect(sio.handlers['/']['connect']))
    sio.on('disconnect', _disconnect(sio.handlers['/']['disconnect']))
    sio.on('log', lambda *_: None)
    sio.on('handshake', lambda *_: False)  # ours is the implicit one, in the connection's address


def _guarded(handler: Callable[..., Any], is_well_formed: Callable[[dict[str, Any]], bool]) -> Callable[..., Any]:
    def handle(sid: str, message: Any = None, *_: Any) -> Any:
        if not _within_rate(sid):
            core.loop.create_task(core.sio.disconnect(sid))
            return None
        if isinstance(message, dict) and _owns(sid, message.get('client_id')) and is_well_formed(message):
            return handler(sid, message)
        return None

    return handle


def _connect(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        query = environ.get('QUERY_STRING', '')
        wanted = ('client_id=', 'tab_id=', 'document_id=', 'implicit_handshake=true')
        if not all(part in query for part in wanted) or not _is_number(query, 'next_message_id='):
            raise Refused('Implicit handshake failed')
        await handler(sid, environ, auth)

    return connect


def _disconnect(handler: Callable[..., Any]) -> Callable[..., Any]:
    def disconnect(sid: str, *_: Any) -> None:
        _allowance.pop(sid, None)
        handler(sid)

    return disconnect


def _within_rate(sid: str) -> bool:
    left, counted_at = _allowance.get(sid, (float(BURST), time.monotonic()))
    now = time.monotonic()
    left = min(BURST, left + (now - counted_at) * FRAMES_PER_SECOND) - 1
    _allowance[sid] = left, now
    return left >= 0


def _owns(sid: str, client_id: Any) -> bool:
    client = Client.instances.get(client_id) if isinstance(client_id, str) else None
    return client is not None and sid in client._socket_to_document_id


def _is_event(message: dict[str, Any]) -> bool:
    element = Client.instances[message['client_id']].elements.get(_plain(message.get('id')))
    args = message.get('args', [])
    return (
        element is not None
        and _plain(message.get('listener_id')) in element._event_listeners
        and isinstance(args, list)
        and all(arg is None or _is_json(arg) for arg in args)
    )


def _plain(value: Any) -> Any:
    """Something that a dictionary can be asked for."""
    return value if type(value) in (int, str) else None


def _is_json(text: Any) -> bool:
    """By NiceGUI's own reader: another one would let through what that one stumbles over."""
    try:
        json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return False
    return isinstance(text, str)


def _is_number(query: str, name: str) -> bool:
    return name not in query or query.split(name, 1)[1].split('&', 1)[0].isdigit()


CHECKS: dict[str, Callable[[dict[str, Any]], bool]] = {
    'event': _is_event,
    'javascript_response': lambda message: isinstance(message.get('request_id'), str),
    'ack': lambda message: type(message.get('next_message_id')) is int,
}
