"""The pages of the staff by address, apart from the customers' pages."""

from urllib.parse import quote

from fastapi import Request
from nicegui import ui
from starlette.responses import RedirectResponse, Response

from domain.staff.permission import Stranger
from ui.staff import accounts, audit_trail, customers, imports, letters, overview, requests, set_up, sign_in
from ui.staff.frame import desk, staff_frame
from ui.staff.session import SIGN_IN, who

QUEUE, SET_UP = '/uprava/zahtevki', '/uprava/nastavitev'
PAGES = {
    SIGN_IN: (sign_in.TITLE, sign_in.page),
    SET_UP: (set_up.TITLE, set_up.page),
    SET_UP + '/{token}': (set_up.TITLE, set_up.page),
    QUEUE: (requests.TITLE, desk(requests.page)),
    QUEUE + '/nov': (requests.ENTER, desk(requests.enter_page)),
    QUEUE + '/{request_id}': (requests.TITLE, desk(requests.page)),
    QUEUE + '/{request_id}/natis': (requests.PAPER, desk(requests.paper_page)),
    '/uprava/stranke': (customers.TITLE, desk(customers.page)),
    '/uprava/stranke/{customer_id}': (customers.TITLE, desk(customers.customer_page)),
    '/uprava/posta': (letters.TITLE, desk(letters.page)),
    '/uprava/uvoz': (imports.TITLE, desk(imports.page)),
    '/uprava/pregled': (overview.TITLE, desk(overview.page)),
    '/uprava/zaposleni': (accounts.TITLE, desk(accounts.page)),
    '/uprava/sled': (audit_trail.TITLE, desk(audit_trail.page)),
}


def install() -> None:
    """Before the server starts."""

    async def root(request: Request) -> Response | None:
        me = await who()
        if isinstance(me, Stranger) and not request.url.path.startswith((SIGN_IN, SET_UP)):
            return RedirectResponse(f'{SIGN_IN}?nazaj={quote(request.url.path)}', 303)
        if not isinstance(me, Stranger) and request.url.path in ('/uprava', '/uprava/', SIGN_IN):
            return RedirectResponse(QUEUE, 303)
        staff_frame(PAGES, me)
        return None

    ui.page('/uprava')(root)
    ui.page('/uprava/{_:path}')(root)
