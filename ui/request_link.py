"""The page of the link in the letter about a request (manual, 1.2): one button; nothing happens by opening it."""

from nicegui import ui

from domain.language import _
from domain.links import LinkState
from domain.request_link import Confirmation, confirm, decline, look_up, resend_after_expiry
from ui.elements import Element, heading, with_office
from ui.frame import title
from ui.link_endings import UNKNOWN, Ending, show_ending
from ui.link_question import Draw, ask, offer_new_link
from ui.link_token import take_token

TITLE = _('Confirm address')
REQUEST = (_('Send a request'), '/zahtevek')

ENDINGS: dict[LinkState | None, Ending] = {
    LinkState.USED: (
        _('The address is confirmed already'),
        _('There is nothing to do. We answer the request by e-mail, usually within a few working days.'),
        (),
    ),
    LinkState.REPLACED: (
        _('A newer link has replaced this one'),
        _('Open the newest message from ePortal and use the link in it.'),
        (),
    ),
    LinkState.CANCELLED: (
        _('This request was cancelled'),
        _('Nobody answers it. If you want access to ePortal, send a new one.'),
        (REQUEST,),
    ),
    None: (*UNKNOWN, (REQUEST,)),
}


def page(token: str = '') -> None:
    """The token leaves the address bar at once; after a reload the browser hands it over again."""
    place = Element('div', '', 'narrow')

    async def arrived(token: object) -> None:
        confirmation = await look_up(token)
        place.clear()
        with place:
            _draw(token, confirmation)

    with place:
        heading(TITLE)
    take_token(token, '/zahtevek/potrditev', arrived)


def _draw(token: object, confirmation: Confirmation) -> None:
    if confirmation.state == LinkState.LIVE:
        _question(token, confirmation)
    elif confirmation.state == LinkState.EXPIRED:
        sent = _('If the request still waits, a new message is on its way to the same address.')
        offer_new_link(lambda: resend_after_expiry(token), sent)
    else:
        show_ending(ENDINGS, confirmation.state)


def _question(token: object, confirmation: Confirmation) -> None:
    async def press() -> Draw:
        state = await confirm(token)
        return _show_confirmed if state == LinkState.LIVE else lambda: _draw(token, Confirmation(state))

    async def refuse() -> Draw:
        state = LinkState.CANCELLED if await decline(token) else (await look_up(token)).state
        return _show_declined if state == LinkState.CANCELLED else lambda: _draw(token, Confirmation(state))

    facts = {'email': confirmation.email, 'reference': confirmation.reference}
    lead = _('You confirm that the request {reference} is yours and that the address {email} is right.', **facts)
    ask(TITLE, lead, press, refuse)


def _show_confirmed() -> None:
    name = _('The address is confirmed')
    title(name)
    heading(name, _('We look at the request, and answer to this address, usually within a few working days.'))
    Element('p', _('The answer brings a username and a control number, with which you register.'))
    with_office(_('Do you need help? Call {phone} or write to {mail}.'), 'hint')
    ui.run_javascript('eportal.focus("heading")')


def _show_declined() -> None:
    name = _('The request was cancelled')
    title(name)
    heading(name, _('Nobody answers it, and nobody receives any data about you. Thank you for telling us.'))
    with_office(_('Do you need help? Call {phone} or write to {mail}.'), 'hint')
    ui.run_javascript('eportal.focus("heading")')
