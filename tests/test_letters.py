import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain import clock, control_numbers, letters, outbox
from domain.language import LANGUAGES
from domain.letters import rendered, subject
from storage.models import Letter
from tests.mail_server import MailServer
from tests.world import PASSWORD, PAYER_CODE, a_letter, a_request, link_in, registered, text_of, token_of
from tests.world import an_invoice as an_invoice

FOLDER = Path(letters.__file__).parent
KINDS = sorted({file.name.split('.')[0] for file in FOLDER.glob('*.txt')})
each_letter = pytest.mark.parametrize(('kind', 'language'), [(k, lang) for k in KINDS for lang in LANGUAGES])


@each_letter
def test_every_letter_exists_in_both_languages(kind: str, language: str) -> None:
    assert (FOLDER / f'{kind}.{language}.txt').exists()


@each_letter
async def test_every_letter_renders_as_text_and_html(kind: str, language: str, db: None) -> None:
    letter = await a_letter(kind=kind, language=language)
    message = rendered(letter)

    page = message.get_body(('html',))
    assert page
    for body in (text_of(message), page.get_content()):
        assert 'Javno komunalno podjetje Brezovica d.o.o.' in body
        assert not re.search(r'[{}]|None|\[\[', body.split('</title>')[-1].split('style=')[0])
    assert message['Subject'].startswith(subject(kind, language))
    if letter.request:
        assert letter.request.reference in message['Subject']
    assert message['Content-Language'] == language
    assert message['Auto-Submitted'] == 'auto-generated'


@each_letter
async def test_no_letter_carries_more_than_two_digits_of_the_payer_code(kind: str, language: str, db: None) -> None:
    letter = await a_letter(kind=kind, language=language)
    message = rendered(letter)

    text = text_of(message).replace(token_of(letter) if letter.link else '\0', '')
    if kind in ('request_answer', 'control_number'):  # by the manual they carry the username
        assert f': {PAYER_CODE}\n' in text
        return
    assert (' 56' in text) == (kind in ('confirm', 'already', 'notice'))
    assert not any(PAYER_CODE[i : i + 3] in text for i in range(4))


async def test_html_says_the_same_as_the_text(db: None) -> None:
    message = rendered(await a_letter())

    page = message.get_body(('html',))
    assert page
    assert f'href="{link_in(message)}"' in page.get_content()
    for paragraph in text_of(message).strip().split('\n\n'):
        assert paragraph in page.get_content()


async def test_a_name_with_markup_stays_text_in_html(change_settings: Callable[..., Any], db: None) -> None:
    change_settings(utility_name='Vodovod <b>& sinovi</b>')

    page = rendered(await a_letter()).get_body(('html',))

    assert page
    assert 'Vodovod &lt;b&gt;&amp; sinovi&lt;/b&gt;' in page.get_content()


async def test_the_letter_that_arrives_is_the_one_that_was_written(db: None, mail: MailServer) -> None:
    await an_invoice()
    await registered()

    await outbox.deliver_due()

    [message] = mail.letters
    letter = await Letter.get().select_related('link')
    assert message['To'] == 'ana@primer.si'
    assert message['From'] == 'ePortal JKP Brezovica <eportal@jkip-brezovica.si>'
    assert message['Message-ID'] == letter.message_id
    assert message['Message-ID'].endswith('@jkip-brezovica.si>')
    assert link_in(message) == f'http://localhost:8080/potrditev/{token_of(letter)}'
    assert PASSWORD not in str(message)
    assert 'ste začeli registracijo' in text_of(message)


async def test_the_letter_says_until_when_its_link_is_valid(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, 'now', lambda: datetime(2026, 11, 22, 16, 40, tzinfo=UTC))
    message = rendered(await a_letter())

    assert 'Povezava velja 72 ur, do: sreda, 25. 11. 2026 ob 17.40.' in text_of(message)


async def test_the_hours_in_the_letter_are_those_of_the_settings(change_settings: Callable[..., Any], db: None) -> None:
    change_settings(link_valid_for='PT24H')

    assert 'valid for 24 hours' in text_of(rendered(await a_letter(language='en')))


async def test_the_link_is_of_the_public_address_only(change_settings: Callable[..., Any], db: None) -> None:
    change_settings(public_url='https://eportal.primer.si')

    assert link_in(rendered(await a_letter())).startswith('https://eportal.primer.si/potrditev/')


async def test_no_line_of_a_letter_is_longer_than_mail_allows(db: None) -> None:
    for kind in KINDS:
        raw = rendered(await a_letter(kind=kind)).as_bytes()

        assert max(len(line) for line in raw.split(b'\r\n')) <= 998
        assert raw.isascii()


@pytest.mark.parametrize('language', LANGUAGES)
async def test_the_answer_tells_both_numbers_and_opens_the_registration(language: str, db: None) -> None:
    letter = await a_letter(kind='request_answer', language=language)
    assert letter.issued

    text = text_of(rendered(letter))

    assert control_numbers.number(letter.issued.id) in text
    assert clock.day(letter.issued.valid_until, language) in text
    assert link_in(rendered(letter)).startswith('http://localhost:8080/vabilo/')


@pytest.mark.parametrize('language', LANGUAGES)
async def test_the_receipt_of_a_confirmed_request_holds_no_link(language: str, db: None) -> None:
    request = await a_request()

    message = rendered(await outbox.queue('request', 'ana@primer.si', language, request=request))

    assert 'http' not in text_of(message)
    assert request.reference in text_of(message)


@each_letter
async def test_paragraphs_stand_apart_and_an_address_alone(kind: str, language: str, db: None) -> None:
    text = text_of(rendered(await a_letter(kind=kind, language=language)))

    assert '\n\n\n' not in text
    assert all('\n' not in paragraph for paragraph in text.strip().split('\n\n'))
    assert not re.search(r'\S https?://|https?://\S+ ', text)
