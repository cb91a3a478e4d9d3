"""What every request and answer passes first: names, proxies, sizes, headers, the nonce, and files compressed once."""

import asyncio
import gzip
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import brotli

from domain.settings import settings
from ui import socket_frames

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LONGEST_BODY = 64 * 1024  # bytes; nothing the portal takes by HTTP is longer, but
UPLOADS = '/uprava/uvoz/datoteka'  # where files stream through, counted and authorised by ui/staff/upload.py
STATIC, SOCKET = ('/_nicegui/', '/assets/'), '/_nicegui_ws/'
COMPRESSIBLE = re.compile(rb'text/|javascript|json|svg')
HEALTH = ('/healthz', '/readyz')
POLICY = (
    "default-src 'none'; script-src 'self'{nonce} 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' data: blob:; "
    "worker-src 'self' blob:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
)


class Boundary:
    """Wraps the whole application; see the tests in tests/attacks for what it promises."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._compressed: dict[tuple[str, str], tuple[int, Headers, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] == 'lifespan':
            await self._application(scope, receive, send)
            return
        _trust_only_proxies(scope)
        if refusal := _refusal(scope):
            await _answer(refusal, scope, send)
        elif scope['type'] == 'websocket':
            await self._application(scope, socket_frames.checked(receive), send)
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        encoding = _encoding(scope)
        if ready := self._compressed.get((scope['path'], encoding)):
            await _send_whole(send, *ready)
            return
        known = visitor_of(scope['headers'])
        scope['eportal.visitor'], scope['eportal.visitor_is_new'] = known or secrets.token_urlsafe(16), known is None
        if scope['method'] == 'POST' and scope['path'] != UPLOADS:
            if (body := await _whole_body(receive)) is None:
                await _answer(413, scope, send)
                return
            if scope['path'].startswith(SOCKET) and not socket_frames.all_fit(scope, body):
                await _answer(400, scope, send)
                return
            receive = _replayed(body, receive)
        answer = _Answer(scope, send)
        await self._application(scope, receive, answer)
        if answer.held:
            status, headers, body = await answer.finished(encoding)
            if answer.keep and len(self._compressed) < 500:
                self._compressed[scope['path'], encoding] = status, headers, body
            await _send_whole(send, status, headers, body)


class _Answer:
    """Holds back what is changed whole: pages (nonce), static files (compression). The rest streams through."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._headers: Headers = []
        self._status = 500
        self._body = b''
        self.held = self.keep = self._is_page = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message['type'] == 'http.response.start':
            await self._start(message)
        elif self.held:
            self._body += message.get('body', b'')
        else:
            await self._send(message)

    async def _start(self, message: MutableMapping[str, Any]) -> None:
        given = {name.lower(): value for name, value in message['headers']}
        kind = given.get(b'content-type', b'')
        static = self._scope['path'].startswith(STATIC)
        self._is_page = given.get(b'x-nicegui-content') == b'page'
        self.keep = static and message['status'] == 200 and self._scope['method'] == 'GET' and b'range' not in given
        self.held = bool(self._is_page or (self.keep and COMPRESSIBLE.search(kind)))
        self.keep = self.keep and self.held
        self._status = message['status']
        self._headers = _safe_headers(message['headers'], cacheable=static and message['status'] == 200)
        if not self.held:
            await self._send({**message, 'headers': self._headers})

    async def finished(self, encoding: str) -> tuple[int, Headers, bytes]:
        headers = [(n, v) for n, v in self._headers if n.lower() not in (b'content-length', b'content-encoding')]
        body = self._body
        if self._is_page:
            nonce = secrets.token_urlsafe(16)
            body = body.replace(b'<script', b'<script nonce="%s"' % nonce.encode())
            allowed = POLICY.format(nonce=f" 'nonce-{nonce}'").encode()
            headers = [(n, allowed if n == b'content-security-policy' else v) for n, v in headers]
            headers.append((b'set-cookie', _visitor_cookie(self._scope)))
            body = _compress(body, encoding, thorough=False)
        else:
            body = await asyncio.to_thread(_compress, body, encoding, thorough=True)
        if encoding:
            headers.append((b'content-encoding', encoding.encode()))
        headers += [(b'vary', b'accept-encoding'), (b'content-length', str(len(body)).encode())]
        return self._status, headers, body


def _compress(body: bytes, encoding: str, *, thorough: bool) -> bytes:
    """A page is compressed while its reader waits, a static file once for everybody, a large one not for seconds."""
    if encoding == 'br':
        return brotli.compress(body, quality=4 if not thorough else 10 if len(body) < 500_000 else 6)
    return gzip.compress(body, 9 if thorough else 4) if encoding == 'gzip' else body


def _safe_headers(headers: Headers, *, cacheable: bool) -> Headers:
    """The answer's headers with ours in place of whatever it said about the same."""
    ours = {
        b'content-security-policy': POLICY.format(nonce='').encode(),
        b'x-content-type-options': b'nosniff',
        b'referrer-policy': b'no-referrer',
        b'permissions-policy': b'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
        b'cross-origin-opener-policy': b'same-origin',
        b'cross-origin-resource-policy': b'same-origin',
    }
    if not cacheable:
        ours[b'cache-control'] = b'no-store'
    if settings().production:
        ours[b'strict-transport-security'] = b'max-age=63072000; includeSubDomains'
    return [(n, v) for n, v in headers if n.lower() not in ours and n.lower() != b'server'] + list(ours.items())


def _trust_only_proxies(scope: Scope) -> None:
    """The client's address is the rightmost one that no trusted proxy has written; other forwarding headers vanish."""
    client = scope['client'][0] if scope.get('client') else ''
    chain = [v.decode('latin-1') for n, v in scope['headers'] if n == b'x-forwarded-for']
    for hop in reversed(','.join(chain).split(',') if chain else []):
        if not _is_trusted(client):
            break
        client = hop.strip()
    scope['headers'] = [(n, v) for n, v in scope['headers'] if not n.startswith(b'x-forwarded-')]
    scope['client'] = (client, 0)


def _is_trusted(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings().trusted_proxies)


def _refusal(scope: Scope) -> int | None:
    """The status of an answer that ends here: an unknown host, a strange method, too much to read."""
    headers = dict(scope['headers'])
    known = {urlsplit(origin).netloc for origin in settings().origins}
    if scope['path'] not in HEALTH and headers.get(b'host', b'').decode('latin-1') not in known:
        return 400
    if '//' in scope['path']:
        return 404  # routers downstream take it for an address with a host
    if scope['type'] == 'http' and scope['method'] not in ('GET', 'HEAD', 'POST'):
        return 405
    length = headers.get(b'content-length', b'0')
    longest = settings().upload_at_most * 1_000_000 if scope['path'] == UPLOADS else LONGEST_BODY
    return 413 if not length.isdigit() or int(length) > longest else None


async def _whole_body(receive: Receive) -> bytes | None:
    """Chunked bodies have no length to check: they end where the limit is."""
    body, more = b'', True
    while more and len(body) <= LONGEST_BODY:
        message = await receive()
        body += message.get('body', b'')
        more = message.get('more_body', False)
    return body if len(body) <= LONGEST_BODY else None


def _replayed(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replay() -> MutableMapping[str, Any]:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {'type': 'http.request', 'body': body, 'more_body': False}

    return replay


async def _answer(status: int, scope: Scope, send: Send) -> None:
    if scope['type'] == 'websocket':
        await send({'type': 'websocket.close', 'code': 1008})
        return
    plain = [(b'content-type', b'text/plain; charset=utf-8'), (b'content-length', b'0')]
    await _send_whole(send, status, _safe_headers(plain, cacheable=False), b'')


async def _send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({'type': 'http.response.start', 'status': status, 'headers': headers})
    await send({'type': 'http.response.body', 'body': body})


def _encoding(scope: Scope) -> str:
    accepted = dict(scope['headers']).get(b'accept-encoding', b'')
    return 'br' if b'br' in accepted else 'gzip' if b'gzip' in accepted else ''


def visitor_of(headers: Headers) -> str | None:
    """Which browser this is, by its cookie."""
    name = visitor_cookie()
    for header in (v for n, v in headers if n == b'cookie'):
        for part in header.decode('latin-1').split(';'):
            key, _, value = part.strip().partition('=')
            if key == name and re.fullmatch(r'[\w-]{20,60}', value, re.ASCII):
                return value
    return None


def session_cookie() -> str:
    """`__Host-` binds a cookie to this very host, and browsers take it over https only."""
    return '__Host-eportal' if settings().production else 'eportal'


def visitor_cookie() -> str:
    """Tells one browser from another before anybody has signed in."""
    return session_cookie() + '-visitor'


def _visitor_cookie(scope: Scope) -> bytes:
    secure = '; Secure' if settings().production else ''
    return f'{visitor_cookie()}={scope["eportal.visitor"]}; Path=/; HttpOnly; SameSite=Lax{secure}'.encode()
