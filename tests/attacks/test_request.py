"""The request under attack: it tells nothing, bears everything, and sends nothing to anybody else."""

import asyncio
import re
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.attacks.deeds import Payer, canonical, letters_to, payers, quiet, token_for
from tests.attacks.test_16_26_enumeration import without_tables
from tests.attacks.test_43_49_output import PAYLOADS
from tests.attacks.test_48_input import ADDRESSES, TYPES, handlers, is_loud
from tests.mail_server import MailServer
from tests.page import Browser, Page
from tests.portal import Portal
from tests.world import text_of

Browsers = Callable[..., Browser]
FIELDS = ('full_name', 'address', 'metering_point', 'tax_number', 'email', 'phone', 'message')
CUSTOMERS = ('customer', 'invoice', 'metering_point', 'access', 'account', 'issued_control_number')
_people = count(1)


def a_form(**values: Any) -> dict[str, Any]:
    """Of somebody who has not asked before."""
    person = next(_people)
    given = {'full_name': f'Oseba {person}', 'address': 'Ulica 1', 'email': f'prosilec{person}@primer.si'}
    return {**dict.fromkeys(FIELDS, ''), **given, **values}


async def sent(browser: Browser, form: dict[str, Any]) -> Page:
    page = await browser.open('/zahtevek')
    await page.script('eportal.carry_over(')
    page.frames.clear()
    await page.do('zahtevek', 'submit', form)
    await page.script('eportal.forget(', 20)
    return page


def requests(portal: Portal, email: str) -> list[Any]:
    return portal.rows('SELECT id, state, confirmed_at FROM access_request WHERE email = ?', email)


async def test_the_page_does_not_tell_a_customer_from_a_stranger(
    portal: Portal, browsers: Browsers, payer: Payer
) -> None:
    known, unknown = a_form(full_name='Janez Novak', address='Starj ulica 1'), a_form()
    portal.rows('UPDATE customer SET email = ? WHERE payer_code = ?', known['email'], payer.payer_code)

    pages = [await sent(browsers(), form) for form in (known, unknown)]
    with without_tables(portal, *CUSTOMERS):
        pages.append(await sent(browsers(), a_form()))

    assert len({without_addresses(page) for page in pages}) == 1


async def test_the_page_does_not_tell_whether_somebody_has_asked_already(portal: Portal, browsers: Browsers) -> None:
    form = a_form()

    pages = [await sent(browsers(), form) for _ in range(2)]
    pages.append(await sent(browsers(), a_form()))

    assert len({without_addresses(page) for page in pages}) == 1
    assert len(requests(portal, form['email'])) == 1
    [[number]] = portal.rows('SELECT id FROM access_request WHERE email = ?', form['email'])
    assert f'-{number:04d}' not in repr([page.frames for page in pages])


async def test_nothing_is_looked_up_while_somebody_types(portal: Portal, browser: Browser) -> None:
    page = await browser.open('/zahtevek')
    with without_tables(portal, 'access_request', 'attempt', *CUSTOMERS), quiet(portal):
        for field in FIELDS:
            await page.do(field, 'input', 'Janez Novak 50223054')
            await page.do(field, 'blur')
        await asyncio.sleep(0.3)


@pytest.mark.parametrize('field', FIELDS)
async def test_no_value_of_another_type_is_taken(portal: Portal, browser: Browser, field: str) -> None:
    form = a_form()
    page = await browser.open('/zahtevek')

    with quiet(portal):
        for value in [*TYPES, 'x' * 5_000]:
            page.frames.clear()
            await page.submit('zahtevek', {**form, field: value})
            assert page.text(f'{field}-error'), value
    assert requests(portal, form['email']) == []


async def test_a_form_that_is_no_form_is_refused(portal: Portal, browser: Browser) -> None:
    page = await browser.open('/zahtevek')
    for value in TYPES:
        with quiet(portal):
            await page.submit('zahtevek', value)
        assert page.text('full_name-error')


@pytest.mark.parametrize('path', [
    '/zahtevek', '/zahtevek/potrditev/x', '/zahtevek/potrditev', '/zahtevek/dopolnitev/x', '/vabilo/x',
])  # fmt: skip
async def test_every_handler_bears_every_value(portal: Portal, browser: Browser, path: str) -> None:
    assert not [name for name in await handlers(browser, path) if await is_loud(portal, browser, path, *name)]


async def test_fields_that_the_form_does_not_have_are_ignored(portal: Portal, browser: Browser) -> None:
    form = a_form()
    extra = {
        'state': 'answered',
        'confirmed_at': '2020-01-01',
        'origin': 'phone',
        'id': 1,
        'customer_id': 1,
        'form': {},
    }

    await sent(browser, form | extra)

    assert [row[1:] for row in requests(portal, form['email'])] == [('unconfirmed', None)]


async def test_an_address_that_is_not_exactly_one_is_refused(
    portal: Portal, mail: MailServer, browser: Browser
) -> None:
    page = await browser.open('/zahtevek')
    before = portal.rows('SELECT count(*) FROM access_request')

    for address in ADDRESSES:
        page.frames.clear()
        await page.submit('zahtevek', a_form(email=address))
        assert page.text('email-error'), address
    assert portal.rows('SELECT count(*) FROM access_request') == before
    assert not any('evil' in recipient for recipient in mail.recipients)


async def test_what_is_typed_reaches_no_script_and_no_letter(
    portal: Portal, browsers: Browsers, mail: MailServer
) -> None:
    """Whoever sends a request can name anybody's mailbox: no words of his go there."""
    for payload in PAYLOADS:
        form = a_form(full_name=payload + 'x', address=payload + 'x', message=payload)
        page = await sent(browsers(), form)
        token_for(mail, form['email'])
        [letter] = letters_to(mail, form['email'])

        assert not any('alert' in script for script in page.scripts)
        assert payload not in text_of(letter)
        assert payload not in letter.as_string()


async def test_a_question_with_markup_is_shown_as_text(portal: Portal, browsers: Browsers, mail: MailServer) -> None:
    form = a_form()
    await sent(browsers(), form)
    token, words = token_for(mail, form['email']), ' '.join(PAYLOADS)
    [[number, *_]] = requests(portal, form['email'])
    portal.rows("UPDATE link SET purpose = 'addition' WHERE request_id = ?", number)
    portal.rows(
        "INSERT INTO request_note (request_id, at, kind, text) VALUES (?, '2026-01-01 00:00:00+00:00', 'question', ?)",
        number, words,
    )  # fmt: skip

    page = await link_page(browsers(), '/zahtevek/dopolnitev', token)
    await page.until(lambda: words in page.whole_text)

    assert not any('alert' in script for script in page.scripts)


@pytest.mark.parametrize('name', ["' OR 1=1--", '%', '______', "'; DROP TABLE access_request; --"])
async def test_no_pattern_joins_the_request_of_another(portal: Portal, browsers: Browsers, name: str) -> None:
    form = a_form()
    await sent(browsers(), form)

    await sent(browsers(), {**form, 'full_name': name if name.strip('%_') else f'{name}x'})

    assert len(requests(portal, form['email'])) == 2


async def test_nothing_happens_by_opening_a_link(portal: Portal, browsers: Browsers, mail: MailServer) -> None:
    form = a_form()
    await sent(browsers(), form)
    token = token_for(mail, form['email'])
    async with httpx.AsyncClient(base_url=portal.url, timeout=20) as scanner:
        for method in ('GET', 'HEAD', 'POST'):
            await scanner.request(method, f'/zahtevek/potrditev/{token}', headers={'User-Agent': 'MailScanner/1.0'})
    page = await link_page(browsers(), '/zahtevek/potrditev', token)
    await page.until(lambda: page.named('confirm'))

    assert [row[1:] for row in requests(portal, form['email'])] == [('unconfirmed', None)]
    assert form['email'] not in page.whole_text
    await page.do('confirm', 'click')
    await page.until(lambda: not page.named('confirm'))
    assert requests(portal, form['email'])[0][1] == 'new'


async def test_a_token_is_nowhere_but_in_its_letter(portal: Portal, browsers: Browsers, mail: MailServer) -> None:
    form = a_form(tax_number='50223054')
    await sent(browsers(), form)
    token = token_for(mail, form['email'])
    page = await link_page(browsers(), '/zahtevek/potrditev', token)
    await page.until(lambda: page.named('confirm'))

    kept = {file.name: file.read_bytes() for file in portal.folder.rglob('*') if file.is_file()}
    for secret in (token, '50223054'):
        assert [name for name, content in kept.items() if secret.encode() in content] == []


@pytest.mark.parametrize('path', ['/zahtevek/potrditev', '/zahtevek/dopolnitev', '/vabilo'])
async def test_a_link_that_nobody_sent_is_quietly_unknown(portal: Portal, browser: Browser, path: str) -> None:
    for token in ('', 'x' * 43, 'x' * 5_000, None, 7, ['x'], {'a': 1}, True, '\0' * 43, 'ž' * 43):
        page = await browser.open(path)
        with quiet(portal):
            await page.do('link-token', 'token', token)
            ending = 'card' if path == '/vabilo' else 'Te povezave ne poznamo'
            await page.until(lambda page=page, ending=ending: ending in page.whole_text or ending in repr(page.frames))


async def test_a_flood_of_requests_is_stopped_and_told_whom_to_call(portal: Portal, browsers: Browsers) -> None:
    browser, forms = browsers(), [a_form() for _ in range(6)]
    for form in forms[:5]:
        await sent(browser, form)

    page = await browser.open('/zahtevek')
    await page.submit('zahtevek', forms[5])

    assert '01 363 30 20' in page.text('summary')
    assert requests(portal, forms[5]['email']) == []


async def link_page(browser: Browser, path: str, token: str) -> Page:
    """As a browser shows it that runs its script."""
    page = await browser.open(f'{path}/{token}')
    await page.do('link-token', 'token', token)
    return page


def without_addresses(page: Page) -> str:
    return re.sub(r'prosilec\d+@primer\.si', 'x@primer.si', canonical(page))


async def test_an_invitation_opens_for_its_holder_only(portal: Portal, browser: Browser) -> None:
    payers(portal)
    page = await browser.open('/vabilo')
    await page.do('link-token', 'token', 'x' * 43)
    await page.until(lambda: page.text('invitation'))

    assert not any('eportal.put("payer_code"' in script for script in page.scripts)
