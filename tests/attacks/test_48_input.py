import asyncio
import json
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.deeds import (
    PASSWORD,
    Payer,
    accounts,
    confirmed,
    letters,
    quiet,
    registered,
    try_to_register,
)
from tests.mail_server import MailServer
from tests.page import Browser, Page
from tests.portal import Portal

Browsers = Callable[..., Browser]
FIELDS = ('payer_code', 'email', 'control_number', 'password', 'repeated', 'captcha', 'consent')

TYPES = [
    None, True, False, 0, 1, -1, 10**30, 1.5, [], [1], [[]], ['a', {}], {}, {'a': 1},
    {'toString': 'x'}, {'$ne': ''}, {'value': 'x'}, [None] * 500, {'a': {'b': {'c': [{}] * 9}}}, [[[[[[[['x']]]]]]]],
]  # fmt: skip
TEXTS = [
    '\0', 'a\0b', '\r\n', '\u202e65432', '\u200b\u200d\ufeff', '🐢', '🏴󠁧󠁢󠁥󠁮󠁧󠁿' * 9,
    unicodedata.normalize('NFD', 'čšž'), '\ufdfa' * 900,
    '١٢٣٤٥٦', '²³', '1' * 1_000, '1' * 100_000, "' OR 1=1--", '"; DROP TABLE account; --', '%_%', '{0.__class__}',
    '{{7*7}}', '${7*7}',
    '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '`;alert(1)//', '../../etc/passwd', '\x1b[2J',
]  # fmt: skip
ADDRESSES = [
    'a@x.si,evil@e.si', 'a@x.si;b@x.si', 'a@x.si evil@e.si', 'a@x.si\r\nBcc: evil@e.si', '<a@x>\n',
    'a@x.si%0ABcc:b@x.si',
    '"a b"@x.si', '"a\\"@evil.si"@x.si', '<a@x.si>', 'Ana <a@x.si>', 'a@x.si (b)', '@x.si', 'a@', 'a@localhost',
    'a@[127.0.0.1]',
    'a@x..si', '.a@x.si', 'a..b@x.si', 'a@-x.si', 'jože@x.si', 'a@žaba.si', 'a@x.si@y.si', 'a@' + 'x.' * 130 + 'si',
    'a@x.si\0', 'a\u202e@x.si.', 'a@x.test', '|ls@x', 'a@x.si>', 'a b@x.si', 'a\t@x.si',
]  # fmt: skip


RAW = [json.dumps(value) for value in [*TYPES, *TEXTS]] + [
    '1e400', 'NaN', 'Infinity', '-0', '"\\ud800"', '[' * 900 + ']' * 900, '[' * 1_500 + ']' * 1_500, '9' * 400,
    '"//["', '"//x/y"',
]  # fmt: skip


async def unanswered(portal: Portal, page: Page, form: str, forms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the submitted forms that the page did not refuse, or that left something in the log."""
    wrong = []
    for values in forms:
        page.frames.clear()
        before = len(portal.log)
        await page.submit(form, values)
        if 'Preverite vnos' not in page.text('summary') or len(portal.log) > before:
            wrong.append(values)
    return wrong


@pytest.mark.parametrize('field', FIELDS)
async def test_rule_48_no_value_of_another_kind_registers_anybody(
    portal: Portal, browser: Browser, payer: Payer, field: str
) -> None:
    values = [value for value in TYPES + TEXTS if value is not True or field != 'consent']
    page = await browser.open('/registracija')

    assert not await unanswered(portal, page, 'registracija', [{**payer.form(), field: value} for value in values])
    assert accounts(portal, payer.email) == 0
    assert letters(portal, payer) == 0


@pytest.mark.parametrize('field', ['payer_code', 'password'])
async def test_rule_48_no_value_of_another_type_signs_anybody_in(
    portal: Portal, browser: Browser, payer: Payer, field: str
) -> None:
    given = {'payer_code': payer.payer_code, 'password': PASSWORD}
    page = await browser.open('/')

    assert not await unanswered(portal, page, 'prijava', [{**given, field: value} for value in TYPES])


async def test_rule_48_a_form_that_is_no_form_is_refused(portal: Portal, browser: Browser) -> None:
    for path, form in (('/registracija', 'registracija'), ('/', 'prijava')):
        page = await browser.open(path)
        for value in TYPES:
            with quiet(portal):
                await page.submit(form, value)
            assert 'Preverite vnos' in page.text('summary')


@pytest.mark.parametrize('path', ['/', '/registracija', '/preverite-posto', '/potrditev/x', '/moj-dostop', '/pogoji'])
async def test_rule_48_every_handler_bears_every_value(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer, path: str
) -> None:
    if path == '/moj-dostop':
        await confirmed(browser, payer, mail)
        page = await browser.open('/')
        await page.submit('prijava', {'payer_code': payer.payer_code, 'password': PASSWORD})
        await browser.enter(page)
    if path == '/preverite-posto':
        await registered(browser, payer)
    assert not [name for name in await handlers(browser, path) if await is_loud(portal, browser, path, *name)]
    assert accounts(portal, payer.email) == (path in ('/preverite-posto', '/moj-dostop'))


@pytest.mark.parametrize('event', ['sub_pages_open', 'sub_pages_navigate'])
async def test_rule_48_a_way_to_another_page_may_be_anything(portal: Portal, browser: Browser, event: str) -> None:
    [router] = [element for element, name in await handlers(browser, '/', 'sub_pages') if name == event]

    assert not await is_loud(portal, browser, '/', router, event)


async def handlers(browser: Browser, path: str, beginning: str = '') -> list[tuple[str, str]]:
    """Each event that an element of the page listens to, without those of the router unless it is asked for."""
    page = await browser.load(path)
    events = [(number, event) for number, element in page.elements.items() for event in element.get('events', [])]
    return [
        (number, event['type'])
        for number, event in events
        if event['type'].startswith('sub_pages') == bool(beginning)
        and (not event.get('js_handler') or 'emit' in event['js_handler'])
    ]


async def is_loud(portal: Portal, browser: Browser, path: str, element: str, event: str) -> bool:
    """Whether any value for this event leaves something in the log."""
    page = await browser.open(path)
    before = len(portal.log)
    for listener in [e['listener_id'] for e in page.elements[element]['events'] if e['type'] == event]:
        for raw in RAW[:: 1 if event.startswith('sub_pages') else 3]:
            frame = {'id': int(element), 'client_id': page.client_id, 'listener_id': listener, 'args': [raw]}
            await page.socket.emit('event', frame)
    await asyncio.sleep(0.2)
    await page.close()
    return len(portal.log) > before


async def test_rule_45_an_address_that_is_not_exactly_one_is_refused(
    portal: Portal, mail: MailServer, browser: Browser, payer: Payer
) -> None:
    page = await browser.open('/registracija')

    for address in ADDRESSES:
        page.frames.clear()
        await try_to_register(page, payer, email=address)
        assert page.text('email-error'), address
    assert letters(portal, payer) == 0
    assert not any('evil' in recipient for recipient in mail.recipients)


async def test_rule_45_an_address_slipped_into_the_outbox_goes_to_nobody(
    portal: Portal, mail: MailServer, browser: Browser, payer: Payer
) -> None:
    await registered(browser, payer)
    sent = len(mail.commands)
    for number, address in enumerate(['a@x.si,evil@e.si', 'a@x.si\r\nRCPT TO:<evil@e.si>', '<evil@e.si>', 'evil']):
        portal.rows(
            'INSERT INTO letter (kind, account_id, recipient, language, message_id, state, attempts, '
            "created_at, due_at) SELECT 'confirm', id, ?, 'sl', ?, 'queued', 0, created_at, created_at "
            'FROM account WHERE email = ?',
            address, f'<{payer.payer_code}-{number}@x>', payer.email,
        )  # fmt: skip
    waiting = "SELECT count(*) FROM letter WHERE message_id LIKE ? AND state <> 'refused'"
    for _ in range(100):
        if portal.rows(waiting, f'<{payer.payer_code}-%') == [(0,)]:
            break
        await asyncio.sleep(0.1)

    assert portal.rows(waiting, f'<{payer.payer_code}-%') == [(0,)]
    assert not any('evil' in command for command in mail.commands[sent:])
