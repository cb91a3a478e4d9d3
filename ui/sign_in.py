"""Prijavno okno, the start page (manual, 1)."""

import math
from datetime import datetime

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain import clock
from domain.form import Rejected, TooManyAttempts
from domain.language import Message, _, _n
from domain.settings import settings
from domain.sign_in import SignIn, WrongNameOrPassword, sign_in
from ui.elements import Element, heading, link
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.invoice_drawing import invoice_drawing
from ui.session import built_signed_in, let_in, visitor

TITLE, NAME = _('Sign in'), 'prijava'
PASSWORD_RESET = (_('Forgotten password'), '/pozabljeno-geslo')


def page(potek: str | None = None) -> None:
    """`?potek` in the address: a session has ended by itself."""
    if built_signed_in():
        ui.navigate.to('/moj-dostop')
        return
    with Element('div', '', 'columns'):
        with Element('div'):
            heading(TITLE, _('Your access to the services of {utility}.', utility=settings().utility_short_name))
            if potek is not None:
                Element(
                    'p', _('You were signed out because nothing happened for a while.'), 'card state', role='status'
                )
            _SignInForm()
            with Element('p', '', 'after'):
                link(*PASSWORD_RESET)
            Element('p', _('First time here?'), 'or')
            link(_('Registration for new users'), '/registracija', 'second')
        with Element('aside'), Element('div', '', 'card'):
            Element('h2', _('What you need for the registration'))
            Element('p', _('Your last invoice. Both numbers are on it.'), 'hint')
            invoice_drawing()


class _SignInForm:
    def __init__(self) -> None:
        self._fields = Fields(SignIn(), NAME)
        self._summary = Summary()
        no_cookie_note()
        with form(NAME, self._submit, draft=True):
            sample = settings().sample_payer_code
            self._fields.text('payer_code', autocomplete='username', keys='numeric', sample=sample)
            self._fields.password('password', autocomplete='current-password')
            submit_button(TITLE)

    async def _submit(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        self._summary.clear()
        try:
            token = await sign_in(self._fields.form, by=visitor())
        except Rejected as rejection:
            self._fields.show(rejection.problems)
            title(TITLE, wrong=True)
            self._summary.show(rejection.problems)
        except WrongNameOrPassword:
            self._refuse(_('Username or password is not right.'))
        except TooManyAttempts as pause:
            self._refuse(pause_message(pause), PASSWORD_RESET)
        else:
            let_in(token, '/moj-dostop')
            return
        ui.run_javascript(f'eportal.ready("{NAME}")')

    def _refuse(self, sentence: Message, *ways_on: tuple[Message, str]) -> None:
        """One sentence for the whole form; only the password is emptied."""
        self._fields.show({})
        self._fields.clear('password')
        title(TITLE, wrong=True)
        self._summary.say(sentence, *ways_on, title=_('You are not signed in'))


def pause_message(pause: TooManyAttempts) -> Message:
    """The same for names known and unknown."""
    return _n(
        'Too many attempts. Try again in {n} minute, or choose “Forgotten password”.',
        'Too many attempts. Try again in {n} minutes, or choose “Forgotten password”.',
        minutes_until(pause.until),
    )


def minutes_until(moment: datetime) -> int:
    """Whole minutes, never none."""
    return max(1, math.ceil((moment - clock.now()).total_seconds() / 60))


def no_cookie_note() -> None:
    """Shown by the browser when it keeps no cookie: nobody can be let in then."""
    note = Element(
        'p', _('This browser does not keep cookies, so you cannot be signed in. Allow them for this page.'), 'error'
    )
    note.props['id'] = 'no-cookie'
    note.props['hidden'] = True
    note.props['role'] = 'alert'
