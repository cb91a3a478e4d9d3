"""Who of the staff is in this browser. Their cookie is another than the customers'."""

from fastapi import Request, Response
from nicegui import app, ui

from domain.language import known_language
from domain.session import SessionKind, session_of
from domain.staff import session as sessions
from domain.staff.permission import Officer, Stranger
from domain.staff.session import StaffSession
from domain.staff.sign_in import sign_out as end_session_of
from domain.visitor import Visitor
from ui.boundary import session_cookie
from ui.session import LANGUAGE_COOKIE, current, from_own_page, language, visitor, with_cookie

SIGN_IN = '/uprava/prijava'


def staff_cookie() -> str:
    return session_cookie() + '-uprava'


async def who(*, acted: bool = True) -> Officer | Stranger:
    """Asked anew at every event; what a stranger may not, the services refuse."""
    if session := await staff_session(acted=acted):
        staff = session.staff
        return Officer(staff.id, session.id, staff.name, staff.role, visitor().address, language())
    customer = await current(SessionKind.CUSTOMER, acted=False)
    if customer:
        return Stranger(visitor().address, f'account:{customer.account.id}')
    return Stranger(visitor().address)


async def staff_session(*, acted: bool = True) -> StaffSession | None:
    token = ui.context.client.request.cookies.get(staff_cookie())
    return await sessions.session_of(token, visitor(), acted=acted)


async def who_sent(request: Request) -> Officer | Stranger:
    """The same of a plain HTTP request."""
    address = request.client.host if request.client else ''
    if session := await sessions.session_of(request.cookies.get(staff_cookie()), Visitor(address)):
        staff, chosen = session.staff, known_language(request.cookies.get(LANGUAGE_COOKIE))
        return Officer(staff.id, session.id, staff.name, staff.role, address, chosen)
    customer = await session_of(request.cookies.get(session_cookie()), acted=False)
    if customer and customer.kind == SessionKind.CUSTOMER:
        return Stranger(address, f'account:{customer.account.id}')
    return Stranger(address)


def go_to_sign_in(*, expired: bool = False) -> None:
    """And back to this page afterwards; what stands in its forms is kept in the browser."""
    reason = 'potek&' if expired else ''
    ui.run_javascript(f'location.replace("{SIGN_IN}?{reason}nazaj=" + encodeURIComponent(location.pathname))')


async def sign_out() -> None:
    await end_session_of(ui.context.client.request.cookies.get(staff_cookie()), visitor())
    ui.run_javascript(f'eportal.leave("/uprava/odjava", "{SIGN_IN}")')


@app.post('/uprava/odjava', include_in_schema=False)
async def _leave(request: Request) -> Response:
    """Drops the cookie, and the session behind it if that still lives."""
    by = Visitor(request.client.host if request.client else '')
    if not from_own_page(request):
        return Response(status_code=403)
    await end_session_of(request.cookies.get(staff_cookie()), by)
    answer = with_cookie('', staff_cookie())
    answer.headers['Clear-Site-Data'] = '"storage"'
    return answer
