"""What every page of the staff shares: the desks, who is signed in, and a warning before that ends."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from inspect import signature
from typing import Any

from nicegui import ui

from domain.language import Message, _
from domain.settings import settings
from domain.staff.permission import NotAllowed, Officer, Role, Stranger
from domain.staff.session import ends_at
from ui.elements import Element, link, quiet_button
from ui.frame import Builder, Pages, language_switches, page_with, show_exception, show_trouble
from ui.session_watch import watch_session
from ui.staff.mail_banner import mail_banner
from ui.staff.session import go_to_sign_in, sign_out, staff_session, who
from ui.theme import import_script, queue_script, staff_style

LOOK_EVERY_SECONDS = 1.0  # who is disabled sees nothing more after a second (trust.md, rule 32)
DESKS: tuple[tuple[Message, str, Role], ...] = (
    (_('Requests'), '/uprava/zahtevki', Role.CLERK),
    (_('Customers'), '/uprava/stranke', Role.CLERK),
    (_('Letters'), '/uprava/posta', Role.CLERK),
    (_('Import'), '/uprava/uvoz', Role.ADMINISTRATOR),
    (_('Overview'), '/uprava/pregled', Role.CLERK),
    (_('Staff'), '/uprava/zaposleni', Role.ADMINISTRATOR),
    (_('Audit trail'), '/uprava/sled', Role.ADMINISTRATOR),
)


def desk(builder: Callable[..., Awaitable[None]]) -> Builder:
    """A page that is drawn for an officer only, who is its first argument; anybody else is led to the sign-in."""

    async def page(**parts: Any) -> None:
        place = Element('div')
        me = await who()
        if isinstance(me, Stranger):
            go_to_sign_in()
            return
        ui.run_javascript('eportal.mark_desk()')
        with place:
            await mail_banner()
            await builder(me, **parts)

    own = signature(builder)
    page.__signature__ = own.replace(parameters=list(own.parameters.values())[1:])  # type: ignore[attr-defined]
    return page


def staff_frame(table: dict[str, tuple[Message, Builder]], me: Officer | Stranger) -> None:
    """One page of the staff, whatever its address."""
    scripts = ''.join(f'<script src="{script}" defer></script>' for script in (import_script(), queue_script()))
    ui.add_head_html(f'<link rel="stylesheet" href="{staff_style()}">{scripts}')
    with page_with(_show_exception, _head(me)):
        with Element('div', '', 'page desk'):
            Pages(table, home='/uprava')
        if isinstance(me, Officer):
            _watch()


def _head(me: Officer | Stranger) -> Callable[[], None]:
    def draw() -> None:
        with Element('a', '', 'home', href='/uprava'):
            Element('span', '', 'logo', aria_hidden='true')
            with Element('span', '', 'name'):
                Element('strong', 'ePortal')
                Element('small', _('Administration'))
        if isinstance(me, Officer):
            with Element('nav', '', 'desks', aria_label=_('Desks')):
                for name, address, role in DESKS:
                    if me.role in (role, Role.ADMINISTRATOR):
                        link(name, address).props['data-desk'] = address
            with Element('div', '', 'ways'):
                Element('span', me.name, 'me')
                quiet_button(_('Sign out'), id='sign-out').on('click', sign_out, args=[])
        language_switches()

    return draw


def _show_exception(problem: Exception) -> None:
    if isinstance(problem, NotAllowed):
        show_trouble(NOT_ALLOWED)
    else:
        show_exception(problem)


NOT_ALLOWED = _(
    'You are signed out, or your role does not allow this. Nothing was changed, and what you typed stays here. '
    'Sign in again, in another tab if you like, and repeat it.'
)


def _watch() -> None:
    """What is typed is kept in any case."""

    async def ends(acted: bool) -> datetime | None:
        session = await staff_session(acted=acted)
        return ends_at(session) if session else None

    idle = settings().staff_session_idle
    watch_session(ends, lambda: go_to_sign_in(expired=True), idle=idle, every=LOOK_EVERY_SECONDS)
