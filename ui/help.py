"""Ways on for who cannot register or sign in by himself (manual, 1.2): how to reach the office, and what to write."""

from urllib.parse import quote

from domain.language import Message, _
from domain.settings import settings
from ui.elements import Element, heading, link, said, with_office

REQUEST = _('Request for the use of ePortal')
FORGOTTEN = _('Forgotten password')
DATA = (
    _('Name and surname'),
    _('Address'),
    _('Metering point code (on the Access Contract or on the invoice)'),
    _('Tax number'),
)


def request_page() -> None:
    """By e-mail, as the manual describes it."""
    chosen = settings()
    with Element('div', '', 'narrow'):
        heading(REQUEST, _('If you have no invoice, cannot find the user code, or the registration does not work.'))
        with Element('div', '', 'card text'):
            Element('p', _('Write to {mail} and state:', mail=chosen.request_mail))
            with Element('ul'):
                for datum in DATA:
                    Element('li', datum)
            Element(
                'p',
                _('By e-mail you will receive a username and a control number, which you need to register.'),
            )
        link(_('Write the request'), _letter_to_office(REQUEST, DATA), 'primary')
        with_office(_('You can also call {phone}.'), 'hint')
        link(_('Back to the registration'), '/registracija')


def forgotten_password_page() -> None:
    with Element('div', '', 'narrow'):
        heading(FORGOTTEN, _('The office helps you to a new password.'))
        with Element('div', '', 'card text'):
            with_office(_('Call {phone} or write to {mail}.'))
            Element('p', _('Have an invoice at hand. Nobody will ever ask you for a password.'))
        link(_('Back to the sign-in page'), '/')


def _letter_to_office(subject: Message, data: tuple[Message, ...]) -> str:
    body = ''.join(f'{said(datum)}: \n' for datum in data)
    return f'mailto:{settings().request_mail}?subject={quote(said(subject))}&body={quote(body)}'
