"""The portal: its pages by address, and what stands around them."""

import socket
from functools import partialmethod

from fastapi import Request
from nicegui import core, ui
from nicegui.server import Server
from nicegui.translations import translations
from starlette.responses import RedirectResponse, Response

from domain.session import SessionKind
from domain.settings import settings
from ui import (
    account,
    activation,
    check_mail,
    help,
    registration,
    request_addition,
    request_link,
    sign_in,
    socket_guard,
    texts,
    theme,
)
from ui import request as request_page
from ui.boundary import Boundary
from ui.frame import frame, log_once
from ui.session import current
from ui.staff import pages as staff_pages
from ui.staff.networks import listed_only

PAGES = {
    '/': (sign_in.TITLE, sign_in.page),
    '/registracija': (registration.TITLE, registration.page),
    '/preverite-posto': (check_mail.TITLE, check_mail.page),
    '/potrditev': (activation.TITLE, activation.page),
    '/potrditev/{token}': (activation.TITLE, activation.page),
    '/moj-dostop': (account.TITLE, account.page),
    '/pozabljeno-geslo': (help.FORGOTTEN, help.forgotten_password_page),
    '/zahtevek': (request_page.TITLE, request_page.page),
    '/zahtevek/potrditev': (request_link.TITLE, request_link.page),
    '/zahtevek/potrditev/{token}': (request_link.TITLE, request_link.page),
    '/zahtevek/dopolnitev': (request_addition.TITLE, request_addition.page),
    '/zahtevek/dopolnitev/{token}': (request_addition.TITLE, request_addition.page),
    '/vabilo': (registration.TITLE, registration.invitation_page),
    '/vabilo/{token}': (registration.TITLE, registration.invitation_page),
    '/pogoji': (texts.TERMS, texts.page('terms')),
    '/zasebnost': (texts.PRIVACY, texts.page('privacy')),
    '/dostopnost': (texts.ACCESSIBILITY, texts.page('accessibility')),
}
SIGN_IN, HOME, CHECK_MAIL = '/', '/moj-dostop', '/preverite-posto'
RECONNECT_SECONDS = 45  # a lift, a tunnel, a page left for another app: nothing typed is lost


async def root(request: Request) -> Response | None:
    session = await current(*SessionKind)
    signed_in = session is not None and session.kind == SessionKind.CUSTOMER
    if request.url.path == SIGN_IN and signed_in:
        return RedirectResponse(HOME, 303)
    if request.url.path == HOME and not signed_in:
        return RedirectResponse(CHECK_MAIL if session else SIGN_IN, 303)
    frame(PAGES)
    return None


def install() -> None:
    """Everything that must stand before the server starts."""
    core.app._exception_handlers[:] = [log_once]
    theme.install()
    core.app.storage.max_tab_storage_age = 3600  # NiceGUI's memory of every tab that ever came; nothing is kept in it
    socket_guard.install(settings().origins)
    staff_pages.install()
    translations['sl'] = {
        'connection_lost': 'Povezava je prekinjena.',
        'trying_to_reconnect': 'Poskušamo znova …',
        'message_too_long': 'Besedilo je predolgo.',
        'message_too_long_body': 'Skrajšajte ga in poskusite znova.',
    }
    build = core.app.build_middleware_stack
    core.app.build_middleware_stack = lambda: Boundary(listed_only(build()))  # type: ignore[method-assign, assignment, return-value]


def run(sockets: list[socket.socket]) -> None:
    """Serves on these until it is told to stop."""
    Server.run = partialmethod(Server.run, sockets=sockets)  # type: ignore[method-assign, assignment]
    ui.run(
        root,
        host=settings().host,
        port=settings().port,
        title='ePortal',
        favicon=theme.icon(),
        language='sl',
        dark=None,
        tailwind=False,
        reload=False,
        show=False,
        show_welcome_message=False,
        reconnect_timeout=RECONNECT_SECONDS,
        gzip_middleware_factory=None,
        binding_refresh_interval=None,
        proxy_headers=False,
        server_header=False,
        ws_per_message_deflate=False,
        ws_max_size=socket_guard.LONGEST_FRAME,
        uvicorn_logging_level='warning',
        log_config=None,
    )
