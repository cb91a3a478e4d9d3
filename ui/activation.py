"""The page of the link in the letter (manual, 2): one button; nothing happens by opening it."""

from domain.activation import Confirmation, activate, decline, look_up
from domain.check_mail import resend_after_expiry
from domain.language import _
from domain.links import LinkState
from ui.check_mail import show_confirmed
from ui.elements import Element, heading
from ui.link_endings import UNKNOWN, Ending, show_ending
from ui.link_question import Draw, ask, offer_new_link
from ui.link_token import take_token
from ui.session import visitor

TITLE = _('Confirm registration')
SIGN_IN = (_('Sign in'), '/')
REGISTER = (_('Registration for new users'), '/registracija')

ENDINGS: dict[LinkState | None, Ending] = {
    LinkState.USED: (
        _('Registration is confirmed already'),
        _('Sign in with your username and the password you chose.'),
        (SIGN_IN,),
    ),
    LinkState.REPLACED: (
        _('A newer link has replaced this one'),
        _('Open the newest message from ePortal and use the link in it.'),
        (SIGN_IN, REGISTER),
    ),
    LinkState.CANCELLED: (
        _('This registration was cancelled'),
        _('Nobody has access by it. If you want access, register again.'),
        (REGISTER,),
    ),
    None: (*UNKNOWN, (SIGN_IN, REGISTER)),
}


def page(token: str = '') -> None:
    """The token leaves the address bar at once; after a reload the browser hands it over again."""
    place = Element('div', '', 'narrow')

    async def arrived(token: object) -> None:
        place.clear()
        with place:
            _draw(token, await look_up(token, visitor()))

    with place:
        heading(TITLE)
    take_token(token, '/potrditev', arrived)


def _draw(token: object, confirmation: Confirmation) -> None:
    if confirmation.state == LinkState.LIVE:
        _question(token, confirmation)
    elif confirmation.state == LinkState.EXPIRED:
        sent = _('If the registration still waits, a new message is on its way to the same address.')
        offer_new_link(lambda: resend_after_expiry(token), sent)
    else:
        show_ending(ENDINGS, confirmation.state)


def _question(token: object, confirmation: Confirmation) -> None:
    async def confirm() -> Draw:
        state = await activate(token, visitor())
        return show_confirmed if state == LinkState.LIVE else lambda: _draw(token, Confirmation(state))

    async def refuse() -> Draw:
        await decline(token, visitor())
        return lambda: show_ending(ENDINGS, LinkState.CANCELLED)

    facts = {'email': confirmation.email, 'ending': confirmation.code_ending}
    lead = _('You confirm the registration for the username that ends in {ending}, and the address {email}.', **facts)
    ask(TITLE, lead, confirm, refuse)
