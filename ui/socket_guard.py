"""Frames of the page's socket are checked before NiceGUI's handlers see them.

NiceGUI takes an event for any page from any socket, of any shape, as often as it comes, and writes what the browser
calls a log line into the server's log. Here a frame must be well formed and belong to its socket; its rate is kept
before, in `ui/socket_frames.py`.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from nicegui import Client, core, json
from socketio.exceptions import ConnectionRefusedError as Refused

from ui.boundary import visitor_of
from ui.socket_frames import is_json

Handler = Callable[..., Any]

LONGEST_FRAME = 128 * 1024  # bytes


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


def _guarded(handler: Handler, is_well_formed: Callable[[dict[str, Any]], bool]) -> Handler:
    def handle(sid: str, message: Any = None, *_: Any) -> Any:
        if isinstance(message, dict) and _owns(sid, message.get('client_id')) and is_well_formed(message):
            return handler(sid, message)
        return None

    return handle


def _connect(handler: Handler) -> Handler:
    """A page's socket brings the page's ids, and the cookie of the browser that the page was made for."""

    async def connect(sid: str, environ: Any = None, auth: Any = None) -> None:
        if core.sio.manager.is_connected(sid, '/'):
            return  # an event that calls itself so
        query = {name: values[-1] for name, values in parse_qs(environ.get('QUERY_STRING', '')).items()}
        if not (_is_handshake(query) and _is_same_browser(query['client_id'], environ)):
            raise Refused('Implicit handshake failed')
        environ['QUERY_STRING'] = urlencode(query)  # once each, as they were checked
        await handler(sid, environ, auth)

    return connect


def _disconnect(handler: Handler) -> Handler:
    def disconnect(sid: str, *_: Any) -> None:
        if not core.sio.manager.is_connected(sid, '/'):  # else it is an event that calls itself so
            handler(sid)

    return disconnect


def _is_handshake(query: dict[str, str]) -> bool:
    number = query.get('next_message_id', '0')
    ids = all(0 < len(query.get(name, '')) <= 100 for name in ('client_id', 'tab_id', 'document_id'))
    return ids and query.get('implicit_handshake') == 'true' and number.isdecimal() and len(number) < 12


def _is_same_browser(client_id: str, environ: dict[str, Any]) -> bool:
    """A first page was asked for without a cookie; a browser that keeps none goes on without one."""
    if not (client := Client.instances.get(client_id)):
        return False
    visitor = visitor_of(environ['asgi.scope']['headers'])
    scope = client.request.scope
    return visitor == scope['eportal.visitor'] or (visitor is None and scope['eportal.visitor_is_new'])


def _owns(sid: str, client_id: Any) -> bool:
    client = Client.instances.get(client_id) if isinstance(client_id, str) else None
    return client is not None and sid in client._socket_to_document_id


def _is_event(message: dict[str, Any]) -> bool:
    element = Client.instances[message['client_id']].elements.get(_plain(message.get('id')))
    listener = element._event_listeners.get(_plain(message.get('listener_id'))) if element else None
    args = message.get('args', [])
    if listener is None or not isinstance(args, list) or not all(arg is None or is_json(arg) for arg in args):
        return False
    return not listener.type.startswith('sub_pages') or _is_path(args)


def _is_path(args: list[Any]) -> bool:
    """Where a page wants to go: NiceGUI's router takes whatever comes."""
    path = json.loads(args[0]) if len(args) == 1 and args[0] else None
    return isinstance(path, str) and path.startswith('/') and '//' not in path.split('?')[0] and len(path) < 2000


def _plain(value: Any) -> Any:
    """Something that a dictionary can be asked for."""
    return value if type(value) in (int, str) else None


CHECKS: dict[str, Callable[[dict[str, Any]], bool]] = {
    'event': _is_event,
    'javascript_response': lambda message: isinstance(message.get('request_id'), str),
    'ack': lambda message: type(message.get('next_message_id')) is int,
}
