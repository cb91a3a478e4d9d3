"""The first page after signing in: who is signed in, and for whom."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain import terms
from domain.account import overview
from domain.clock import day, day_and_time
from domain.form import Rejected
from domain.language import Message, _
from domain.session import Session, SessionKind, ends_at
from domain.settings import settings
from ui.elements import Element, heading
from ui.fields import Fields, Summary, form, submit_button
from ui.session import current, language, sign_out
from ui.session_watch import watch_session
from ui.texts import terms_in_place

TITLE = _('My access')
LOOK_EVERY_SECONDS = 10.0


async def page() -> None:
    session = await current(SessionKind.CUSTOMER)
    if session is None:
        ui.run_javascript('location.replace("/")')
        return
    place = Element('div', '', 'narrow')

    async def draw() -> None:
        place.clear()
        if (session := await current(SessionKind.CUSTOMER)) is None:
            ui.run_javascript('location.replace("/")')
            return
        with place:
            if terms.must_accept(session.account):
                _ask_for_terms(draw)
            else:
                await _overview(session)

    await draw()
    _watch()


async def _overview(session: Session) -> None:
    known = await overview(session.account)
    heading(_('Welcome'), _('You are signed in to ePortal.'))
    for customer in known.customers:
        _facts(
            (_('Username (payer code)'), customer.payer_code),
            (_('Name'), customer.name),
            (_('Address'), customer.address),
        )
    account = known.account
    _facts(
        (_('E-mail address'), account.email),
        (_('Date of registration'), day(account.created_at, language())),
        (_('Last sign-in'), _moment(account.previous_sign_in_at)),
    )
    button = Element('button', _('Sign out'), 'second', type='button', id='sign-out')
    button.on('click', _leave, args=[])


def _moment(at: datetime | None) -> Message | str:
    return day_and_time(at, language()) if at else _('This is your first sign-in.')


def _facts(*rows: tuple[Message, Message | str]) -> None:
    with Element('dl', '', 'card facts'):
        for name, value in rows:
            with Element('div'):
                Element('dt', name)
                Element('dd', value)


async def _leave() -> None:
    if session := await current(SessionKind.CUSTOMER):
        await sign_out(session)
    else:
        ui.run_javascript('location.replace("/")')


def _ask_for_terms(draw: Callable[[], Awaitable[None]]) -> None:
    """A new version of the terms comes before everything else."""
    fields = Fields(terms.Acceptance(), 'pogoji')

    async def submit(event: GenericEventArguments) -> None:
        fields.take(event.args)
        session = await current(SessionKind.CUSTOMER)
        try:
            if session:
                await terms.accept(fields.form, session.account)
        except Rejected as rejection:
            fields.show(rejection.problems)
            summary.show(rejection.problems)
            ui.run_javascript('eportal.ready("pogoji")')
        else:
            await draw()

    heading(_('The Terms and Conditions have changed'), _('Please read them and agree before you go on.'))
    summary = Summary()
    with form('pogoji', submit):
        text = terms_in_place()
        text.toggle()
        fields.consent('consent', terms=text.toggle)
        submit_button(_('Continue'))
    Element('button', _('Sign out'), 'second', type='button', id='sign-out').on('click', _leave, args=[])


def _watch() -> None:
    async def ends(acted: bool) -> datetime | None:
        session = await current(SessionKind.CUSTOMER, acted=acted)
        return ends_at(session) if session else None

    def over() -> None:
        ui.run_javascript('location.replace("/?potek")')

    watch_session(ends, over, idle=settings().session_idle, every=LOOK_EVERY_SECONDS)
