"""Okno »Registracija« with its seven fields (manual, 1.1), and what else is asked where somebody is guessing."""

from collections.abc import Iterable

from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from domain.control_numbers import invited, told
from domain.form import Rejected, TooManyAttempts, problem
from domain.further_proof import SAMPLE_AMOUNT
from domain.language import Message, _, _n
from domain.passwords import SHORTEST, strength
from domain.proof import ProofFailed, asked
from domain.registration import Registration, register
from domain.setting_types import FurtherProof
from domain.settings import settings
from ui.captcha import Captcha
from ui.check_mail import show_pretended
from ui.elements import Element, heading, link
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.giving_up import GivingUp
from ui.invoice_drawing import invoice_drawing
from ui.link_token import take_token
from ui.session import language, let_in, visitor
from ui.sign_in import PASSWORD_RESET, minutes_until, no_cookie_note
from ui.suggestion import suggest_address
from ui.texts import terms_in_place

TITLE = _('Registration')
REQUEST = (_('Send a request'), '/zahtevek')
NAME = 'registracija'


def page() -> None:
    window = _window(_('You need an invoice that you received, and an e-mail address. It takes about two minutes.'))
    background_tasks.create(window.ask_by_now(), name='what the registration asks for')


def invitation_page(token: str = '') -> None:
    """By the link in an answer (manual, 1.2): the same window, with both numbers filled in."""
    window = _window(_('You need an e-mail address and a password of your choice. It takes about two minutes.'))
    take_token(token, '/vabilo', window.accept_invitation)


def _window(lead: Message) -> '_RegistrationForm':
    with Element('div') as whole, Element('div', '', 'columns'):
        with Element('div'):
            heading(TITLE, lead)
            window = _RegistrationForm(whole)
            with Element('p', '', 'after'):
                link(_('It does not work? Send a request'), '/zahtevek')
        with Element('aside'), Element('div', '', 'card'):
            Element('h2', _('Where are the numbers on the invoice'))
            window.draw_invoice(Element('div'))
    return window


class _RegistrationForm:
    def __init__(self, whole: Element) -> None:
        self._whole = whole
        self._fields = Fields(Registration(), NAME)
        self._summary = Summary()
        self._drawings: list[Element] = []
        self._note = Element('div', role='status', id='invitation')
        no_cookie_note()
        with Element('details', '', 'fold'):
            Element('summary', _('Where are the numbers on the invoice?'))
            self.draw_invoice(Element('div'))
        with form(NAME, self._submit, draft=True):
            self._draw(self._fields)
        self._giving_up = GivingUp(self._fields)

    async def ask_by_now(self) -> None:
        """Some installations always ask for more, and all do while somebody is guessing."""
        kinds = await asked(self._fields.form)
        if not self._further.is_deleted:
            self._ask(kinds)

    async def accept_invitation(self, token: object) -> None:
        """Whoever has a good one was checked by staff, so nothing more is asked for these two numbers."""
        if issued := await invited(token):
            facts = told(issued, language())
            self._fields.form.invitation = token
            for name in ('payer_code', 'control_number'):
                self._fields.put(name, str(facts[name]))
        self._note.clear()
        with self._note:
            Element('p', _FILLED_IN if issued else _INVITATION_OVER, 'card')
        await self.ask_by_now()

    def draw_invoice(self, place: Element) -> None:
        """There, and anew with every field that stands on the invoice as well."""
        further = [kind for kind in self._fields.form.asked if kind != FurtherProof.TAX_NUMBER]
        place.clear()
        with place:
            both, all_of_it = _('Copy both from the same invoice.'), _('Copy everything from the same invoice.')
            Element('p', all_of_it if further else both, 'hint')
            invoice_drawing(further)
        if place not in self._drawings:
            self._drawings.append(place)

    def _draw(self, fields: Fields) -> None:
        """The seven fields in the manual's order."""
        fields.text('payer_code', autocomplete='username', keys='numeric', digits=settings().payer_code_length)
        fields.text('email', autocomplete='email', kind='email', below=lambda: suggest_address(fields))
        fields.text('control_number', keys='numeric', digits=settings().invoice_number_length)
        self._further = Element('div')
        fields.password('password', autocomplete='new-password', below=lambda: _meter(fields), least=SHORTEST)
        fields.password('repeated', autocomplete='new-password', below=lambda: _match(fields))
        self._captcha = Captcha(fields)
        _bait()
        fields.consent('consent', terms=lambda: terms.toggle())
        terms = terms_in_place()
        submit_button(_('Register'))

    def _ask(self, kinds: Iterable[FurtherProof]) -> None:
        """A field for each that has none yet; what stands in the others is left alone."""
        new = [kind for kind in kinds if not self._fields.has(kind)]
        self._fields.form.asked += tuple(new)
        with self._further:
            for kind in new:
                _draw_further(self._fields, kind)
        for place in self._drawings if new else []:
            self.draw_invoice(place)

    async def _submit(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        self._summary.clear()
        if bait_was_taken(event.args):
            self._pretend()
            return
        try:
            token = await register(self._fields.form, challenge=self._captcha.challenge, by=visitor())
        except Rejected as rejection:
            self._reject(rejection)
        except ProofFailed:
            self._refuse(_PROOF_FAILED, PASSWORD_RESET, REQUEST)
        except TooManyAttempts as pause:
            self._refuse(_too_many(pause), REQUEST)
        except Exception:
            self._renew_picture()  # a second try must not fail for a picture that the first one used up
            raise
        else:
            ui.run_javascript(f'eportal.forget("{NAME}")')
            let_in(token, '/preverite-posto')
            self._giving_up.succeeded()
            return
        ui.run_javascript(f'eportal.ready("{NAME}")')

    def _reject(self, rejection: Rejected) -> None:
        """Everything typed stays; a picture that was used up is replaced, and takes the focus."""
        if self._captcha.is_used:
            self._renew_picture()
            if 'captcha' in rejection.problems:
                self._captcha.count_failure()
        self._giving_up.wrong(rejection.problems)
        self._ask(kind for kind in FurtherProof if kind in rejection.problems)
        self._fields.show(rejection.problems)
        title(TITLE, wrong=True)
        self._summary.show(rejection.problems)
        if 'captcha' in rejection.problems and len(rejection.problems) == 1:
            ui.run_javascript('eportal.focus("captcha")')

    def _refuse(self, sentence: Message, *ways_on: tuple[Message, str]) -> None:
        self._fields.show({})
        self._renew_picture()
        title(TITLE, wrong=True)
        self._summary.say(sentence, *ways_on)

    def _renew_picture(self) -> None:
        self._captcha.renew()
        self._fields.clear('captcha')

    def _pretend(self) -> None:
        self._whole.clear()
        with self._whole:
            show_pretended(str(self._fields.form.email))


_PROOF_FAILED = _(
    'We cannot confirm the data. Copy username and control number from the same invoice; try the previous invoice '
    'as well. If you have access already, choose “Forgotten password”. If it does not work, send a request.'
)
_FILLED_IN = _('Username and control number from our answer are filled in already. Type the rest.')
_INVITATION_OVER = _(
    'The link in our answer is no longer valid. If you have access already, sign in; otherwise send a new request, or '
    'register with the numbers from an invoice.'
)


def _too_many(pause: TooManyAttempts) -> Message:
    return _n(
        'Too many attempts. Try again in {n} minute, or send a request.',
        'Too many attempts. Try again in {n} minutes, or send a request.',
        minutes_until(pause.until),
    )


def _draw_further(fields: Fields, kind: FurtherProof) -> None:
    """With the keyboard it needs on a phone; a tax number leaves no draft in the browser."""
    if kind == FurtherProof.AMOUNT_DUE:
        fields.text(kind.value, keys='decimal', sample=SAMPLE_AMOUNT)
    elif kind == FurtherProof.METERING_POINT:
        unbroken = settings().sample_metering_point.replace('-', '\N{NON-BREAKING HYPHEN}')
        fields.text(kind.value, sample=unbroken)
    elif kind == FurtherProof.TAX_NUMBER:
        fields.text(kind.value, keys='numeric', secret=True)


def _meter(fields: Fields) -> None:
    """Advice only: what is refused is said beside the field."""
    with Element('div', '', 'meter', aria_hidden='true') as meter:
        bar = Element('i')
    meter.set_visibility(False)
    words = Element('p', '', 'hint', aria_live='polite', id='password-strength')

    def measure() -> None:
        password = fields.form.password
        meter.set_visibility(bool(password))
        score, advice = strength(password if isinstance(password, str) else '')
        bar.classes(replace=f'score-{score}' if password else '')
        words.say(advice if password else '')

    fields.when_rested('password', measure)


def _match(fields: Fields) -> None:
    words = Element('p', '', 'good', aria_live='polite')

    def compare() -> None:
        match = fields.form.repeated and not problem(fields.form, 'repeated')
        words.say(_('The passwords match.') if match else '')

    for name in ('password', 'repeated'):
        fields.when_changed(name, compare)


def _bait() -> None:
    """A field no person sees: whoever fills it in is a script, and is told that all went well."""
    with Element('div', '', 'elsewhere', aria_hidden='true'):
        Element('label', 'Spletna stran podjetja', for_='company_site')
        Element(
            'input', type='text', id='company_site', name='company_site', tabindex='-1', autocomplete='off',
            data_secret='',
        )  # fmt: skip


def bait_was_taken(values: object) -> bool:
    return isinstance(values, dict) and bool(values.get('company_site'))
