"""The page of the link that sets up a staff account: nothing happens by opening it."""

import segno
from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import Rejected, TooManyAttempts
from domain.language import Message, _
from domain.links import LinkState
from domain.staff.set_up import Invited, LinkHasEnded, SetUp, look_up, set_up
from ui.elements import Element, heading, link, picture, quiet_button
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.link_token import take_token
from ui.session import visitor
from ui.staff.copying import copy_button
from ui.staff.session import SIGN_IN
from ui.staff.sign_in import pause_message

TITLE, NAME, PATH = _('Set up your access'), 'nastavitev', '/uprava/nastavitev'

ASK = _('Ask your administrator for a new link.')
ENDINGS: dict[LinkState | None, tuple[Message, Message]] = {
    LinkState.USED: (_('The access is set up already'), _('Sign in with your e-mail address, password and code.')),
    LinkState.REPLACED: (_('This link works no longer'), ASK),
    LinkState.CANCELLED: (_('This link works no longer'), ASK),
    LinkState.EXPIRED: (_('The link has expired'), ASK),
    None: (_('We do not know this link'), _('Copy the whole address, or ask your administrator for a new link.')),
}


def page(token: str = '') -> None:
    """The token leaves the address bar at once; after a reload the browser hands it over again."""
    place = Element('div', '', 'narrow')

    async def arrived(token: object) -> None:
        invited = await look_up(token)
        place.clear()
        with place:
            if invited.state == LinkState.LIVE:
                _SetUpForm(token, invited, place)
            else:
                _ending(invited.state)

    with place:
        heading(TITLE)
    take_token(token, PATH, arrived)


class _SetUpForm:
    def __init__(self, token: object, invited: Invited, place: Element) -> None:
        self._token, self._place = token, place
        lead = _('{name}, choose a password that only you know, and connect your phone.', name=invited.name)
        heading(TITLE, lead)
        self._summary = Summary()
        self._fields = Fields(SetUp(email=invited.email), NAME)
        with form(NAME, self._submit):
            Element('input', type='hidden', name='username', autocomplete='username', value=invited.email)
            with Element('div', '', 'card'):
                Element('h2', _('1. Password'))
                self._fields.password('password', autocomplete='new-password')
                self._fields.password('repeated', autocomplete='new-password')
            with Element('div', '', 'card'):
                Element('h2', _('2. Phone'))
                _draw_second_factor(invited)
                self._fields.text('code', autocomplete='one-time-code', keys='numeric', secret=True)
            submit_button(_('Finish the set-up'))

    async def _submit(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        self._summary.clear()
        try:
            codes = await set_up(self._token, self._fields.form, address=visitor().address)
        except Rejected as rejection:
            self._fields.show(rejection.problems)
            title(TITLE, wrong=True)
            self._summary.show(rejection.problems)
        except TooManyAttempts as pause:
            self._summary.say(pause_message(pause))
        except LinkHasEnded:
            state = (await look_up(self._token)).state
            self._place.clear()
            with self._place:
                _ending(state)
            return
        else:
            self._place.clear()
            with self._place:
                _done(codes)
            return
        ui.run_javascript(f'eportal.ready("{NAME}")')


def _draw_second_factor(invited: Invited) -> None:
    Element(
        'p', _('Open an app that makes codes (Aegis, FreeOTP, Google Authenticator, Microsoft Authenticator or a '
               'password manager) and scan this picture.'),
    )  # fmt: skip
    drawing = segno.make(invited.address, error='m', micro=False).svg_inline(
        omitsize=True, border=3, dark='#000000', light='#ffffff'
    )
    picture(drawing, _('QR code that connects the app with your access')).classes('qr')
    with Element('details', '', 'after'):
        Element('summary', _('I cannot scan it'))
        Element('p', _('Type this secret into the app (time-based, 6 digits, 30 seconds):'))
        Element('p', ' '.join(invited.secret[i : i + 4] for i in range(0, 32, 4)), 'secret', id='secret')
        Element('p', _('Or open this address on the device that has the app:'))
        with Element('p', '', 'secret'):
            link(invited.address, invited.address)


def _done(codes: list[str]) -> None:
    name = _('The access is set up')
    title(name)
    heading(name, _('Keep these ten codes apart from your phone. They are shown only now.'))
    with Element('div', '', 'card'):
        Element('h2', _('Recovery codes'))
        Element('p', _('Without your phone, type one of them in place of the code from the app. Each works once.'))
        with Element('ol', '', 'codes', id='recovery-codes'):
            for code in codes:
                Element('li', code)
        with Element('p', '', 'row no-print'):
            copy_button('recovery-codes')
            quiet_button(_('Print'), id='print').on('click', js_handler='() => print()')
    link(_('I have kept the codes: sign in'), SIGN_IN, 'primary')
    ui.run_javascript('eportal.focus("heading")')


def _ending(state: LinkState | None) -> None:
    name, lead = ENDINGS[state]
    title(name)
    heading(name, lead)
    if state == LinkState.USED:
        link(_('Sign in'), SIGN_IN, 'primary')
