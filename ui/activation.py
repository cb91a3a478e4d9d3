"""The page of the link in the letter (manual, 2): one button; nothing happens by opening it."""

from domain.activation import Confirmation, activate, decline, look_up
from domain.check_mail import resend_after_expiry
from domain.form import TooManyAttempts
from domain.language import _
from domain.links import LinkState
from ui.check_mail import show_confirmed, too_many_messages
from ui.elements import Element, heading, quiet_button
from ui.frame import title
from ui.link_endings import UNKNOWN, Ending, show_ending
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
        _expired(token)
    else:
        show_ending(ENDINGS, confirmation.state)


def _question(token: object, confirmation: Confirmation) -> None:
    under_way = False

    async def confirm() -> None:
        nonlocal under_way
        if under_way:
            return  # the second half of a double click
        under_way = True
        try:
            state = await activate(token, visitor())
        finally:
            under_way = False
        place.clear()
        with place:
            show_confirmed() if state == LinkState.LIVE else _draw(token, Confirmation(state))

    async def refuse() -> None:
        await decline(token, visitor())
        place.clear()
        with place:
            show_ending(ENDINGS, LinkState.CANCELLED)

    with Element('div') as place:
        facts = {'email': confirmation.email, 'ending': confirmation.code_ending}
        heading(
            TITLE,
            _('You confirm the registration for the username that ends in {ending}, and the address {email}.', **facts),
        )
        button = Element('button', _('Confirm registration'), 'primary', type='button', id='confirm')
        button.on('click', confirm, args=[])
        with Element('p', '', 'after'):
            quiet_button(_('This was not me'), id='decline').on('click', refuse, args=[])


def _expired(token: object) -> None:
    async def send() -> None:
        try:
            await resend_after_expiry(token)
        except TooManyAttempts as pause:
            answer.say(too_many_messages(pause))
        else:
            answer.say(_('If the registration still waits, a new message is on its way to the same address.'))

    title(_('The link has expired'))
    heading(_('The link has expired'), _('We can send a new one to the same address.'))
    Element('button', _('Send a new link'), 'primary', type='button', id='resend').on('click', send, args=[])
    answer = Element('p', '', 'state', role='status')
