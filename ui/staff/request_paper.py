"""The answer as a letter on paper (manual, 1.1 and 1.2): the browser prints it, and folds it into a window envelope."""

from domain import clock
from domain.language import Message, _
from domain.settings import settings
from domain.staff.answers import Paper, printed
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from ui.elements import Element, heading, link
from ui.staff.session import who

PAPER = _('Answer on paper')
HOME = '/uprava/zahtevki'
STEPS = (
    _('Open {address} and choose “Registration for new users”.'),
    _('Type the username and the control number from this letter.'),
    _('Type your e-mail address, which you will use with ePortal.'),
    _('Choose a password of at least 8 characters, and repeat it.'),
    _('Copy the characters from the picture. Upper and lower case matter.'),
    _('Confirm the Terms and Conditions, and press “Register”.'),
    _('Open the message that you receive, confirm the registration by the link in it, and sign in.'),
)


async def paper_page(_me: Officer, request_id: str) -> None:
    with Element('div', '', 'no-print'):
        with Element('p', '', 'back'):
            link(_('Back to the request'), f'{HOME}/{request_id}' if request_id.isdigit() else HOME)
        heading(PAPER)
    try:
        paper = await printed(await who(), int(request_id) if request_id.isascii() and request_id.isdigit() else 0)
    except NotPossible as refusal:
        Element('p', refusal.sentence, 'empty')
        return
    with Element('p', '', 'row no-print'):
        Element('button', _('Print'), 'primary', type='button', id='print').on(
            'click', js_handler='() => window.print()'
        )
        Element(
            'span', _('One page, for a window envelope. Whoever sees the control number can register with it.'), 'hint'
        )
    _sheet(paper)


def _sheet(paper: Paper) -> None:
    """In the customer's language."""
    chosen, language = settings(), paper.request.language

    def say(message: Message) -> str:
        return message.said_in(language)

    with Element('article', '', 'paper', lang=language, aria_label=PAPER):
        with Element('div', '', 'sender'):
            Element('strong', chosen.utility_name)
            Element('span', f'{chosen.utility_address} · {chosen.utility_phone} · {chosen.utility_mail}')
        with Element('div', '', 'recipient'):
            for line in (paper.recipient, paper.street, paper.town):
                Element('div', line)
        place = chosen.utility_address.rsplit(', ', 1)[-1].lstrip('0123456789 ')
        Element('p', f'{place}, {clock.day(clock.now(), language)}', 'dated')
        Element('h2', say(_('Username and control number for ePortal')))
        Element('p', say(_('This is the answer to your request {reference}.', reference=paper.request.reference)))
        with Element('dl', '', 'numbers'):
            for name, value in (
                (_('Username'), paper.payer_code),
                (_('Control number'), paper.control_number),
                (_('Valid until'), paper.number_valid_until),
            ):
                with Element('div'):
                    Element('dt', say(name))
                    Element('dd', value)
        Element('h3', say(_('How to register')))
        with Element('ol'):
            for step in STEPS:
                Element('li', say(Message(step.text, facts={'address': chosen.public_url})))
        Element('p', say(_('The control number is good for one registration. Do not pass it on to anybody.')))
        help_ = _('For help, call {phone} or write to {mail}.', phone=chosen.utility_phone, mail=chosen.utility_mail)
        Element('p', say(help_))
        Element('p', chosen.utility_name, 'signed')
