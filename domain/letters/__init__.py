"""Letters: one text per kind and language, which is also the source of the HTML; rendered when they are sent."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from domain import clock, control_numbers, links
from domain.settings import settings
from storage.models import Letter

SPEAKS_OF = ('account', 'customer', 'link', 'request', 'issued', 'issued__customer', 'note')

_FOLDER = Path(__file__).parent


def rendered(letter: Letter) -> EmailMessage:
    """The letter as it goes out now: its dates count from this moment. Raises what a broken template raises.

    The letter comes with the rows that it `SPEAKS_OF`.
    """
    title, text = _text(letter)
    message = EmailMessage(policy=SMTP)
    message['From'] = Address(f'ePortal {settings().utility_short_name}', addr_spec=settings().mail_from)
    message['To'] = Address(addr_spec=letter.recipient)
    message['Subject'] = title
    message['Message-ID'] = letter.message_id
    message['Date'] = format_datetime(clock.now())
    message['Auto-Submitted'] = 'auto-generated'
    message.set_content(text, cte='quoted-printable')
    message.add_alternative(_html(letter.language, title, text), subtype='html', cte='quoted-printable')
    message['Content-Language'] = letter.language  # set_content drops what begins with Content
    return message


def subject(kind: str, language: str) -> str:
    """What to look for in the mailbox: the first line of the letter's file, up to what only the letter knows."""
    with (_FOLDER / f'{kind}.{language}.txt').open(encoding='utf-8') as file:
        return file.readline().split('{')[0].strip()


def load_templates() -> None:
    """Compiles every template."""
    for name in _environment().list_templates(extensions=['txt', 'html']):
        _environment().get_template(name)


def _text(letter: Letter) -> tuple[str, str]:
    """Subject and text."""
    template = _environment().get_template(f'{letter.kind}.{letter.language}.txt')
    title, text = template.render(_facts(letter)).split('\n', 1)
    return title.strip(), text.strip() + '\n'


def _facts(letter: Letter) -> dict[str, object]:
    """What the templates may name; those that a letter has no row for stay undefined, and rendering says so."""
    chosen = settings()
    facts: dict[str, object] = {
        'utility': chosen,
        'sign_in': chosen.public_url,
        'registration': f'{chosen.public_url}/registracija',
        'request': f'{chosen.public_url}/zahtevek',
        'staff_page': f'{chosen.public_url}/uprava',
    }
    if letter.link:
        life = links.valid_for(letter.link.purpose)
        facts['link'] = links.address(letter.link)
        facts['valid_until'] = clock.day_and_time(clock.now() + life, letter.language)
        facts['valid_hours'] = round(life.total_seconds() / 3600)
    if letter.account:
        facts['parked_until'] = clock.day(letter.account.created_at + chosen.parked_for, letter.language)
    if letter.customer:
        facts['code_ending'] = letter.customer.payer_code[-2:]
    if letter.request:
        facts |= {'reference': letter.request.reference, 'name': letter.request.name}
    if letter.note:
        facts['note'] = letter.note.text
    if letter.issued:
        facts |= control_numbers.told(letter.issued, letter.language)
    return facts


def _html(language: str, title: str, text: str) -> str:
    paragraphs = [paragraph.strip() for paragraph in text.split('\n\n')]
    return (
        _environment()
        .get_template('letter.html')
        .render(language=language, subject=title, paragraphs=paragraphs, colour=settings().colour, utility=settings())
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=select_autoescape(['html']),
    )
