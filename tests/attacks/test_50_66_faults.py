import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.attacks.deeds import (
    PASSWORD,
    Payer,
    accounts,
    confirmed,
    letters,
    payers,
    quiet,
    register,
    registered,
    sign_in,
    token_for,
    try_to_sign_in,
    was_let_in,
)
from tests.attacks.wire import joined, packed
from tests.mail_server import MailServer
from tests.page import Browser, Page
from tests.portal import Portal

Browsers = Callable[..., Browser]
TROUBLE = 'Pri nas je prišlo do napake'


@contextmanager
def failing(portal: Portal, table: str, act: str = 'INSERT') -> Iterator[None]:
    """The database refuses to write there meanwhile."""
    portal.rows(f"CREATE TRIGGER broken BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END")
    try:
        yield
    finally:
        portal.rows('DROP TRIGGER broken')


def rows(portal: Portal) -> list[int]:
    tables = ('account', 'access', 'link', 'letter', 'session', 'attempt', 'attempt_log')
    return [portal.rows(f'SELECT count(*) FROM {table}')[0][0] for table in tables]


@pytest.mark.parametrize('table', ['account', 'access', 'link', 'letter', 'session', 'attempt', 'attempt_log'])
async def test_rule_50_a_registration_is_whole_or_nothing(
    portal: Portal, browser: Browser, payer: Payer, table: str
) -> None:
    page = await browser.open('/registracija')
    before = rows(portal)
    with failing(portal, table):
        await page.submit('registracija', payer.form())
    assert rows(portal) == before
    assert not was_let_in(page)
    assert is_told_a_number(page)

    await registered(browser, payer)
    assert letters(portal, payer) == 1


@pytest.mark.parametrize('table', ['access', 'account', 'link', 'invoice'])
async def test_rule_50_a_confirmation_is_whole_or_nothing(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer, table: str
) -> None:
    await registered(browser, payer)
    page = await browser.open('/potrditev')
    await page.do('link-token', 'token', token_for(mail, payer.email))
    await page.until(lambda: page.named('confirm'))
    with failing(portal, table, 'UPDATE'):
        await page.do('confirm', 'click')
        await page.until(lambda: is_told_a_number(page))
    query = 'SELECT state, activated_at FROM access JOIN account ON account.id = account_id WHERE email = ?'
    assert portal.rows(query, payer.email) == [('pending', None)]

    await page.do('confirm', 'click')
    await page.until(lambda: 'Registracija je potrjena' in page.whole_text)


@pytest.mark.parametrize('act', ['INSERT', 'UPDATE'])
async def test_rule_66_a_limiter_that_fails_lets_nobody_in(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer, act: str
) -> None:
    await confirmed(browser, payer, mail)
    with failing(portal, 'attempt', act):
        page = await sign_in(browser, payer)

    assert not was_let_in(page)
    assert is_told_a_number(page)
    for secret in ('Traceback', 'OperationalError', 'sqlite', 'broken', 'RAISE', '/domain/'):
        assert secret not in repr(page.frames)
    assert page.text('trouble').split()[-1].strip('.') in portal.log
    assert was_let_in(await sign_in(browser, payer))


async def test_rule_66_a_limiter_that_fails_lets_no_proof_through(
    portal: Portal, browser: Browser, payer: Payer
) -> None:
    with failing(portal, 'attempt', 'UPDATE'):
        page = await register(browser, payer)

    assert not was_let_in(page)
    assert is_told_a_number(page)
    assert accounts(portal, payer.email) == 0


async def test_rule_66_an_error_while_a_page_is_built_shows_no_inside(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await registered(browser, payer)
    portal.rows('ALTER TABLE access RENAME TO hidden')
    try:
        page = await browser.open('/preverite-posto')
        await asyncio.sleep(0.3)
    finally:
        portal.rows('ALTER TABLE hidden RENAME TO access')

    for secret in ('Traceback', 'OperationalError', 'no such table', 'site-packages'):
        assert secret not in page.answer.text + repr(page.frames)


def is_told_a_number(page: Page) -> bool:
    return page.named('trouble') and TROUBLE in page.text('trouble')


async def test_rule_65_no_secret_is_written_into_the_log(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    password = 'skrivno geslo petelina'
    await confirmed(browser, payer, mail, password=password)
    page = await sign_in(browser, payer, 'še eno skrivno geslo')
    await register(browser, payer, control_number='777666555', password=password)
    with failing(portal, 'attempt', 'UPDATE'):
        await register(browser, payer, password=password)
        await try_to_sign_in(page, payer, password)
    with failing(portal, 'account'):
        await register(browser, payers(portal), password=password)
    mail.answers['RCPT'] = [f'550 no such person <{payer.email}>']
    await register(browser, payers(portal), password=password)
    await asyncio.sleep(0.5)
    mail.answers.clear()
    await browser.enter(await sign_in(browser, payer, password))

    secrets = [password, 'skrivno', payer.payer_code, payer.control_number, payer.email, token_for(mail, payer.email)]
    secrets += [cookie.value for cookie in browser.http.cookies.jar]
    assert [secret for secret in secrets if secret in portal.log] == []
    files = [file for file in portal.folder.rglob('*') if file.is_file()]
    assert [file.name for file in files if b'skrivno' in file.read_bytes()] == []


@pytest.mark.parametrize('level', ['debug', 'info', 'warning', 'error', 'x', None])
async def test_rule_65_a_page_writes_no_line_into_the_log(portal: Portal, browser: Browser, level: str | None) -> None:
    page = await browser.load('/')
    with quiet(portal):
        async with joined(page) as socket:
            for message in ('harmless', 'a\nb 2026 ERROR all is lost', '\x1b[2J\x1b]0;x\x07', 'x' * 90_000):
                await socket.send(packed('log', {'client_id': page.client_id, 'level': level, 'message': message}))
            await asyncio.sleep(0.3)


async def test_rule_53_a_script_that_fills_in_everything_believes_that_all_went_well(
    portal: Portal, browser: Browser, payer: Payer
) -> None:
    page = await browser.open('/registracija')
    before = rows(portal)
    for bait in ('https://x.si', 1, ['x'], {'a': 1}):
        await page.do('registracija', 'submit', payer.form(company_site=bait))
        await page.until(lambda page=page: 'Preverite pošto' in page.whole_text)
        page = await browser.open('/registracija')

    assert rows(portal) == before
    assert letters(portal, payer) == 0


async def test_rule_53_the_pretended_page_bears_every_address(portal: Portal, browser: Browser, payer: Payer) -> None:
    for address in (None, 7, ['x'], {'a': 'b'}, '\0', 'x' * 9_000):
        page = await browser.open('/registracija')
        with quiet(portal):
            await page.do('registracija', 'submit', payer.form(company_site='x', email=address))
            await page.until(lambda page=page: 'Preverite pošto' in page.whole_text)


async def test_rule_14_a_new_portal_knows_no_password(browsers: Browsers) -> None:
    for name in ('admin', '', '000000', '123456', 'root'):
        page = await browsers().open('/')
        for password in ('admin', '', 'geslo', PASSWORD):
            await page.submit('prijava', {'payer_code': name, 'password': password})
            assert not was_let_in(page)
