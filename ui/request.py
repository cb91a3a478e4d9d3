"""»Zahtevek za uporabo ePortala« (manual, 1.2): the form, and the e-mail route of the manual as a second way."""

import json
from urllib.parse import quote

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import Rejected, TooManyAttempts
from domain.language import Message, _, _n
from domain.letters import subject
from domain.request import LETTER, request_access
from domain.request_form import Request
from domain.settings import settings
from ui.elements import Element, heading, link, said, with_office
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.invoice_drawing import metering_point_drawing
from ui.session import language, visitor
from ui.sign_in import minutes_until
from ui.suggestion import suggest_address

TITLE = _('Request for the use of ePortal')
SENT = _('Check your mail')
NAME = 'zahtevek'
REGISTRATION = 'registracija'  # whose drafts are carried over
DATA = (
    _('Name and surname'),
    _('Address'),
    _('Metering point code (on the Access Contract or on the invoice)'),
    _('Tax number'),
)
TRIED = {  # which of the registration's fields are told, the first that has them all
    'payer_code control_number': _(
        'At the registration I typed the username {payer_code} and the control number {control_number}.',
        payer_code='{payer_code}', control_number='{control_number}',
    ),
    'payer_code': _('At the registration I typed the username {payer_code}.', payer_code='{payer_code}'),
    'control_number': _(
        'At the registration I typed the control number {control_number}.', control_number='{control_number}'
    ),
}  # fmt: skip


def page() -> None:
    with Element('div') as whole, Element('div', '', 'columns'):
        with Element('div'):
            heading(TITLE, _('If you have no invoice, cannot find the user code, or the registration does not work.'))
            _RequestForm(whole)
            _by_mail()
        with Element('aside'), Element('div', '', 'card'):
            Element('h2', _('Where is the metering point code'))
            _where_it_stands()


class _RequestForm:
    def __init__(self, whole: Element) -> None:
        self._whole = whole
        self._fields = Fields(Request(), NAME)
        self._summary = Summary()
        with form(NAME, self._submit, draft=True):
            self._draw(self._fields)
        tried = {names: said(sentence) for names, sentence in TRIED.items()}
        ui.run_javascript(
            f'eportal.carry_over("{REGISTRATION}", "{NAME}", ["email", "metering_point"], "message", '
            f'{json.dumps(tried)})'
        )

    def _draw(self, fields: Fields) -> None:
        """The four data of the manual first, in its order."""
        fields.text('full_name', autocomplete='name')
        fields.text('address', autocomplete='street-address')
        fields.text('metering_point', below=_folded_drawing, sample=sample_metering_point())
        fields.text('tax_number', keys='numeric', secret=True)
        fields.text('email', autocomplete='email', kind='email', below=lambda: suggest_address(fields))
        fields.text('phone', autocomplete='tel', kind='tel', keys='tel')
        fields.area('message')
        submit_button(_('Send the request'))

    async def _submit(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        self._summary.clear()
        try:
            sent = await request_access(self._fields.form, by=visitor())
        except Rejected as rejection:
            self._fields.show(rejection.problems)
            title(TITLE, wrong=True)
            self._summary.show(rejection.problems)
        except TooManyAttempts as pause:
            self._fields.show({})
            title(TITLE, wrong=True)
            self._summary.say(too_many_requests(pause))
        else:
            self._show_sent(sent)
            return
        ui.run_javascript(f'eportal.ready("{NAME}")')

    def _show_sent(self, sent: Request) -> None:
        self._whole.clear()
        with self._whole, Element('div', '', 'narrow'):
            _draw_sent(sent.email)
            title(SENT)
            ui.run_javascript(f'eportal.forget("{NAME}"); eportal.focus("heading")')


def sample_metering_point() -> str:
    """In one piece, wherever the line breaks."""
    return settings().sample_metering_point.replace('-', '\N{NON-BREAKING HYPHEN}')


def too_many_requests(pause: TooManyAttempts) -> Message:
    return _n(
        'Too many requests. Nothing you typed is lost. Try again in {n} minute, or call {phone}.',
        'Too many requests. Nothing you typed is lost. Try again in {n} minutes, or call {phone}.',
        minutes_until(pause.until),
        phone=settings().utility_phone,
    )


def _draw_sent(email: str) -> None:
    """The same for a new request and for one that was open already; only the letter knows the reference."""
    heading(SENT)
    before, after = said(_('We have received your request, and sent a message to {email}.', email='\0')).split('\0')
    with Element('p', '', 'lead'):
        Element('span', before)
        Element('strong', email)
        Element('span', after)
    with Element('div', '', 'card'):
        Element('h2', _('What happens next'))
        with Element('ol', '', 'steps'):
            Element('li', _('Open the message and confirm your address by the link in it.'))
            Element('li', _('We look at the request, usually within a few working days.'))
            Element('li', _('To the same address we send a username and a control number, or a question.'))
            Element('li', _('With username and control number you register.'))
        facts = {'sender': f'ePortal {settings().utility_short_name}', 'subject': subject(LETTER, language())}
        Element('p', _('Sender: {sender}. The subject begins: {subject}', **facts), 'hint')
        Element('p', _('If there is no message in a few minutes, look among unwanted mail (spam).'), 'hint')
    with_office(_('Wrong address, or no message? Send the request once more, or call {phone}.'), 'hint')


def _folded_drawing() -> None:
    with Element('details', '', 'fold'):
        Element('summary', _('Where is the metering point code?'))
        _where_it_stands()


def _where_it_stands() -> None:
    Element('p', _('On the invoice and in the Access Contract it stands beside “Odjemno mesto”.'), 'hint')
    metering_point_drawing()


def _by_mail() -> None:
    """The way that the manual describes."""
    with Element('div', '', 'card other-way'):
        Element('h2', _('Rather by e-mail?'))
        with Element('div', '', 'text'):
            Element('p', _('Write to {mail} and state:', mail=settings().request_mail))
            with Element('ul'):
                for datum in DATA:
                    Element('li', datum)
            Element('p', _('By e-mail you will receive a username and a control number, which you need to register.'))
            link(_('Write the e-mail'), _letter_to_office())
        with_office(_('You can also call {phone}.'))
    link(_('Back to the registration'), '/registracija')


def _letter_to_office() -> str:
    body = ''.join(f'{said(datum)}: \n' for datum in DATA)
    return f'mailto:{settings().request_mail}?subject={quote(said(TITLE))}&body={quote(body)}'
