"""The sign-in of the staff: e-mail address, password and a code from the phone."""

import re

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import Rejected, TooManyAttempts
from domain.language import Message, _, _n
from domain.sample_staff import Card, cards
from domain.settings import settings
from domain.staff.members import ROLES
from domain.staff.sign_in import NotLetIn, StaffSignIn, sign_in
from ui.elements import Element, heading, quiet_button, said
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.session import let_in, visitor
from ui.sign_in import minutes_until, no_cookie_note
from ui.staff.session import staff_cookie

TITLE, NAME, HOME = _('Sign in to the administration'), 'uprava-prijava', '/uprava/zahtevki'
BACK = re.compile(r'/uprava(/[\w-]+)*', re.ASCII)  # nothing else may come into the script that leads back
CARDS_EVERY_SECONDS = 2.0


async def page(potek: str | None = None, nazaj: str = '') -> None:
    """`?potek`: a session has ended by itself; `?nazaj=/uprava/…`: where they were."""
    shown = await cards()
    with Element('div', '', 'columns' if shown else 'narrow'):
        with Element('div'):
            heading(TITLE, settings().utility_name)
            if potek is not None:
                Element(
                    'p', _('You were signed out. What you typed is kept in this browser and will be there again.'),
                    'card state', role='status',
                )  # fmt: skip
            fields = _SignInForm(nazaj if BACK.fullmatch(nazaj) else HOME).fields
        if shown:
            _Samples(shown, fields)


class _SignInForm:
    def __init__(self, target: str) -> None:
        self.fields, self._target = Fields(StaffSignIn(), NAME), target
        self._summary = Summary()
        no_cookie_note()
        with form(NAME, self._submit):
            self.fields.text('email', kind='email', autocomplete='username', keys='email')
            self.fields.password('password', autocomplete='current-password')
            self.fields.text('code', autocomplete='one-time-code', keys='numeric', secret=True, below=_without_phone)
            submit_button(_('Sign in'))

    async def _submit(self, event: GenericEventArguments) -> None:
        self.fields.take(event.args)
        self._summary.clear()
        try:
            token = await sign_in(self.fields.form, by=visitor())
        except Rejected as rejection:
            self.fields.show(rejection.problems)
            title(TITLE, wrong=True)
            self._summary.show(rejection.problems)
        except NotLetIn:
            self._refuse(
                _('E-mail address, password or code is not right. Each code works once: wait for the next one.')
            )
        except TooManyAttempts as pause:
            self._refuse(pause_message(pause))
        else:
            let_in(token, self._target, cookie=staff_cookie())
            return
        ui.run_javascript(f'eportal.ready("{NAME}")')

    def _refuse(self, sentence: Message) -> None:
        """One sentence for the whole form; the address stays."""
        self.fields.show({})
        self.fields.clear('password')
        self.fields.clear('code')
        title(TITLE, wrong=True)
        self._summary.say(sentence, title=_('You are not signed in'))


class _Samples:
    """Only in the demonstration: whoever tries it needs no phone."""

    def __init__(self, shown: list[Card], fields: Fields) -> None:
        self._fields, self._cards = fields, shown
        self._codes: list[Element] = []
        with Element('aside', '', 'always'):
            for place, card in enumerate(shown):
                self._draw(place, card)
        ui.timer(CARDS_EVERY_SECONDS, self._renew)

    def _draw(self, place: int, card: Card) -> None:
        sample = card.sample
        with Element('div', '', 'card'):
            Element('h2', _('Demonstration: {role}', role=said(ROLES[sample.role])))
            with Element('dl', '', 'facts side'):
                for term, value in (
                    (_('Name and surname'), sample.name),
                    (_('E-mail address'), sample.email),
                    (_('Password'), sample.password),
                    (_('TOTP secret'), sample.secret),
                ):
                    with Element('div'):
                        Element('dt', term)
                        Element('dd', value)
                with Element('div'):
                    Element('dt', _('Code valid now'))
                    self._codes.append(Element('dd', card.code, '', id=f'sample-code-{place}'))
            button = Element('button', _('Fill in'), 'second', type='button', id=f'sample-{place}')
            button.on('click', lambda: self._fill_in(place), args=[])

    async def _fill_in(self, place: int) -> None:
        await self._renew()
        card = self._cards[place]
        for name, value in (
            ('email', card.sample.email), ('password', card.sample.password), ('code', card.code),
        ):  # fmt: skip
            self._fields.put(name, value)

    async def _renew(self) -> None:
        fresh = {card.sample.email: card for card in await cards()}
        self._cards = [fresh.get(card.sample.email, card) for card in self._cards]
        for shown, card in zip(self._codes, self._cards, strict=True):
            shown.say(card.code)


def _without_phone() -> None:
    advice = _(
        'Type one of the ten recovery codes that you were given at the set-up. If you have none left, another '
        'administrator makes you a new set-up link.'
    )
    button = quiet_button(_('I do not have my phone'), id='no-phone', aria_expanded='false')
    words = Element('p', advice, 'hint', id='no-phone-advice')
    words.set_visibility(False)

    def explain() -> None:
        words.set_visibility(True)
        button.attribute('aria-expanded', 'true')
        ui.run_javascript('document.getElementById("code").inputMode = "text"; eportal.focus("code")')

    button.on('click', explain, args=[])


def pause_message(pause: TooManyAttempts) -> Message:
    return _n(
        'Too many attempts. Try again in {n} minute.',
        'Too many attempts. Try again in {n} minutes.',
        minutes_until(pause.until),
    )
