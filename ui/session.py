"""Who is in this browser: the cookie, the one-time ticket that becomes one, and the open pages of each session."""

import secrets
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request, Response
from nicegui import Client, app, ui

from domain import clock
from domain import session as sessions
from domain.language import known_language
from domain.session import Session, SessionKind
from domain.settings import settings
from domain.visitor import Visitor
from ui.boundary import session_cookie

TICKET_SECONDS = 60  # a page may come back after a gap of 45 seconds
LANGUAGE_COOKIE = 'eportal-language'


@dataclass(frozen=True)
class _Ticket:
    token: str  # of the session it opens
    visitor: str
    until: float  # monotonic seconds
    page: Client
    cookie: str


_tickets: dict[str, _Ticket] = {}
_open_pages: defaultdict[int, set[Client]] = defaultdict(set)


def visitor() -> Visitor:
    return Visitor(address=ui.context.client.ip, language=language())


def language() -> str:
    """Chosen by the person and remembered in a cookie; Slovenian until then."""
    return known_language(ui.context.client.request.cookies.get(LANGUAGE_COOKIE))


async def current(*kinds: SessionKind, acted: bool = True) -> Session | None:
    """The living session of this page, if it is of one of these kinds; asked anew at every event."""
    client = ui.context.client
    session = await sessions.session_of(client.request.cookies.get(session_cookie()), acted=acted)
    if session is None or session.kind not in kinds:
        return None
    client.storage['signed in'] = session.kind == SessionKind.CUSTOMER
    if client not in _open_pages[session.id]:
        _open_pages[session.id].add(client)
        client.on_delete(lambda: _forget_page(session.id, client))
    return session


def built_signed_in() -> bool:
    """Whether somebody was signed in when this page was loaded; signing in and out load it anew."""
    return bool(ui.context.client.storage.get('signed in'))


def let_in(token: str, target: str, cookie: str | None = None) -> None:
    """Has the browser swap a one-time ticket for the cookie: only a real HTTP answer can set one.

    `target` is one of our own addresses; without a `cookie` it is the customers'.
    """
    client, now = ui.context.client, clock.monotonic()
    for old in [number for number, ticket in _tickets.items() if ticket.until < now]:
        del _tickets[old]
    number = secrets.token_urlsafe(32)
    visitor = client.request.scope['eportal.visitor']
    _tickets[number] = _Ticket(token, visitor, now + TICKET_SECONDS, client, cookie or session_cookie())
    ui.run_javascript(f'eportal.enter("{number}", "{target}")')


async def sign_out(session: Session) -> None:
    """Ends the session, and with it every page it has open; this one drops the cookie, too."""
    await sessions.end_session(session)
    _turn_away(session, ui.context.client)
    ui.run_javascript('eportal.leave()')


def _turn_away(session: Session, *but: Client) -> None:
    for client in _open_pages.pop(session.id, set()) - set(but):
        client.run_javascript('location.replace("/")')


def _forget_page(session_id: int, client: Client) -> None:
    _open_pages[session_id].discard(client)
    if not _open_pages[session_id]:
        del _open_pages[session_id]


@app.post('/vstop', include_in_schema=False)
async def _enter(request: Request) -> Response:
    """The ticket is good once, for a minute, in the browser it was made for."""
    ticket = _tickets.pop((await request.body()).decode('ascii', 'replace'), None)
    same_browser = ticket and secrets.compare_digest(ticket.visitor, _visitor_of(request))
    if not (ticket and same_browser and ticket.until >= clock.monotonic() and from_own_page(request)):
        return Response(status_code=403)
    if ticket.cookie != session_cookie():
        return with_cookie(ticket.token, ticket.cookie)
    former = await sessions.session_of(request.cookies.get(session_cookie()), acted=False)
    if former and former.kind == SessionKind.CUSTOMER:  # a cookie that was stolen dies with it
        await sessions.end_session(former)
        _turn_away(former, ticket.page)
    return with_cookie(ticket.token, session_cookie())


@app.post('/odjava', include_in_schema=False)
async def _leave(request: Request) -> Response:
    """Drops the cookie, and the session behind it if that still lives."""
    if not from_own_page(request):
        return Response(status_code=403)
    if session := await sessions.session_of(request.cookies.get(session_cookie()), acted=False):
        await sessions.end_session(session)
    answer = with_cookie('', session_cookie())
    answer.headers['Clear-Site-Data'] = '"storage"'
    return answer


def _visitor_of(request: Request) -> str:
    return str(request.scope['eportal.visitor'])


def from_own_page(request: Request) -> bool:
    """Whether a script of ours sent it, and not a page of somebody else."""
    origin = request.headers.get('origin', '')
    own = origin in settings().origins and urlsplit(origin).netloc == request.headers.get('host')
    return own and request.headers.get('sec-fetch-site', 'same-origin') == 'same-origin'


def with_cookie(token: str, name: str) -> Response:
    """An answer that sets this cookie; without a token it drops it."""
    answer = Response(status_code=204)
    answer.set_cookie(
        name, token, max_age=None if token else 0, path='/', httponly=True, samesite='lax',
        secure=settings().production,
    )  # fmt: skip
    return answer
