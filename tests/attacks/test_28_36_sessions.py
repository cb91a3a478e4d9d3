import asyncio
import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.attacks.deeds import Payer, confirmed, letters, payers, quiet, registered, sign_in, token_for, was_let_in
from tests.mail_server import MailServer
from tests.page import Browser, Page
from tests.portal import Portal

Browsers = Callable[..., Browser]


@pytest.fixture
async def signed_in(browser: Browser, payer: Payer, mail: MailServer) -> Browser:
    await confirmed(browser, payer, mail)
    await browser.enter(await sign_in(browser, payer))
    return browser


def cookie(browser: Browser) -> str:
    return str(browser.http.cookies['eportal'])


async def is_in(portal: Portal, value: str, name: str = 'eportal') -> bool:
    async with httpx.AsyncClient(base_url=portal.url, cookies={name: value}, timeout=20) as http:
        return (await http.get('/moj-dostop')).status_code == 200


async def test_rule_28_only_the_right_cookie_lets_in(portal: Portal, signed_in: Browser) -> None:
    own = cookie(signed_in)
    assert await is_in(portal, own)

    edited = own[:-1] + ('A' if own[-1] != 'A' else 'B')
    [[digest]] = portal.rows('SELECT token_hash FROM session ORDER BY id DESC LIMIT 1')
    for forged in (
        edited,
        own[:-1],
        own + 'x',
        own.swapcase(),
        digest,
        '',
        'x' * 43,
        "' OR 1=1--",
        '1',
        'null',
        'x' * 9_000,
    ):
        with quiet(portal):
            assert not await is_in(portal, forged)
    assert not await is_in(portal, own, 'eportal-visitor')


async def test_rule_28_the_table_holds_no_cookie(portal: Portal, signed_in: Browser) -> None:
    files = [file for file in portal.folder.rglob('*') if file.is_file()]

    assert len(cookie(signed_in)) >= 43
    assert [file.name for file in files if cookie(signed_in).encode() in file.read_bytes()] == []


async def test_rule_29_every_sign_in_has_a_cookie_of_its_own(browser: Browser, payer: Payer, mail: MailServer) -> None:
    await confirmed(browser, payer, mail)
    before = cookie(browser)
    await browser.enter(await sign_in(browser, payer))

    assert cookie(browser) != before


async def test_rule_29_the_former_cookie_is_dead(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await confirmed(browser, payer, mail)
    pages = [await sign_in(browser, payer), await sign_in(browser, payer)]
    await browser.enter(pages[0])
    before = cookie(browser)
    await browser.enter(pages[1])

    assert await is_in(portal, cookie(browser))
    assert not await is_in(portal, before)


async def test_rule_29_a_cookie_given_by_a_stranger_is_not_taken_up(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await confirmed(browser, payer, mail)
    browser.http.cookies.set('eportal', 'x' * 43, domain='127.0.0.1')
    page = await sign_in(browser, payer)
    await browser.enter(page)

    assert not await is_in(portal, 'x' * 43)


@pytest.mark.parametrize('headers', [
    {'Origin': 'https://evil.example'}, {'Origin': 'null'}, {}, {'Origin': '{own}', 'Sec-Fetch-Site': 'cross-site'},
    {'Origin': '{own}', 'Sec-Fetch-Site': 'same-site'}, {'Origin': 'http://localhost:{port}'},
], ids=str)  # fmt: skip
async def test_rule_29_a_ticket_is_swapped_from_the_own_page_only(
    portal: Portal, browser: Browser, payer: Payer, headers: dict[str, str]
) -> None:
    await registered(browser, payer)
    ticket = await ticket_of(await sign_in(browser, payer))
    given = {name: value.format(own=portal.url, port=portal.port) for name, value in headers.items()}

    assert (await browser.http.post('/vstop', content=ticket, headers=given)).status_code == 403


async def test_rule_29_a_ticket_is_good_once_and_in_its_browser(
    portal: Portal, browsers: Browsers, payer: Payer
) -> None:
    browser, own = browsers(), {'Origin': portal.url}
    await registered(browser, payer)
    stolen = await ticket_of(await sign_in(browser, payer))
    used = await ticket_of(await sign_in(browser, payer))

    assert (await browsers().http.post('/vstop', content=stolen, headers=own)).status_code == 403
    assert [(await browser.http.post('/vstop', content=used, headers=own)).status_code for _ in range(2)] == [204, 403]
    for nothing in (b'', b'\xff' * 9, b'x' * 60_000, b'\0'):
        with quiet(portal):
            assert (await browser.http.post('/vstop', content=nothing, headers=own)).status_code == 403


async def test_rule_29_a_visitor_cookie_outside_ascii_is_ignored(portal: Portal) -> None:
    headers = {'Origin': portal.url, 'Cookie': b'eportal-visitor=' + b'\xe9' * 30}
    with quiet(portal):
        async with httpx.AsyncClient(base_url=portal.url, timeout=20) as http:
            assert (await http.post('/vstop', content='x', headers=headers)).status_code == 403


async def ticket_of(page: Page) -> str:
    return (await page.script('eportal.enter(')).split('"')[1]


async def test_rule_30_who_idles_too_long_is_out_for_events_too(
    portal: Portal, signed_in: Browser, payer: Payer
) -> None:
    page = await signed_in.open('/moj-dostop')
    await page.until(lambda: payer.payer_code in page.whole_text)
    then = (datetime.now(UTC) - timedelta(minutes=31)).strftime('%Y-%m-%d %H:%M:%S.%f+00:00')
    portal.rows('UPDATE session SET last_seen_at = ? WHERE account_id = (SELECT max(id) FROM account)', then)

    await page.do('stay', 'click')
    await asyncio.sleep(0.2)
    assert not await is_in(portal, cookie(signed_in))


async def test_rule_31_signing_out_ends_the_cookie_and_the_other_tabs(portal: Portal, signed_in: Browser) -> None:
    first, second = await signed_in.open('/moj-dostop'), await signed_in.open('/moj-dostop')
    stolen = cookie(signed_in)
    await first.do('sign-out', 'click')

    await first.script('eportal.leave()')
    await second.script('location.replace("/")')
    assert not await is_in(portal, stolen)
    with quiet(portal):
        for button in ('stay', 'sign-out'):
            await second.do(button, 'click')
        await asyncio.sleep(0.2)
    assert not await is_in(portal, stolen)


async def test_rule_31_leaving_by_http_ends_the_session_as_well(portal: Portal, signed_in: Browser) -> None:
    stolen = cookie(signed_in)
    foreign = await signed_in.http.post('/odjava', headers={'Origin': 'https://evil.example'})
    assert foreign.status_code == 403
    assert await is_in(portal, stolen)

    answer = await signed_in.http.post('/odjava', headers={'Origin': portal.url})
    assert not await is_in(portal, stolen)
    assert 'storage' in answer.headers['clear-site-data']
    assert 'eportal' not in signed_in.http.cookies


@pytest.mark.parametrize('column', ['frozen_at', 'closed_at'])
async def test_rule_32_a_closed_account_is_out_at_once(portal: Portal, signed_in: Browser, column: str) -> None:
    portal.rows(f'UPDATE account SET {column} = created_at WHERE id = (SELECT max(id) FROM account)')

    assert not await is_in(portal, cookie(signed_in))


async def test_rule_34_cookies_are_out_of_reach_and_say_nothing(
    portal: Portal, signed_in: Browser, payer: Payer
) -> None:
    page = await sign_in_again(signed_in, payer)
    answer = await signed_in.http.post('/vstop', content=await ticket_of(page), headers={'Origin': portal.url})
    visitor = (await signed_in.http.get('/pogoji')).headers.get_list('set-cookie')

    for header in [*answer.headers.get_list('set-cookie'), *visitor]:
        assert 'HttpOnly' in header
        assert 'SameSite=lax' in header.replace('Lax', 'lax')
        assert 'Path=/' in header
        value = header.split(';')[0].split('=', 1)[1]
        read = base64.urlsafe_b64decode(value + '=' * (-len(value) % 4))
        assert payer.payer_code.encode() not in read
        assert b'@' not in header.encode()
    assert {c.name for c in signed_in.http.cookies.jar} == {'eportal', 'eportal-visitor'}


async def sign_in_again(browser: Browser, payer: Payer) -> Page:
    own = browser.http.cookies.pop('eportal')
    page = await sign_in(browser, payer)
    browser.http.cookies.set('eportal', own, domain='127.0.0.1')
    return page


async def test_rule_36_a_signed_in_page_is_kept_nowhere(signed_in: Browser) -> None:
    assert (await signed_in.http.get('/moj-dostop')).headers['cache-control'] == 'no-store'


async def test_rule_56_nobody_sees_the_payer_of_another(portal: Portal, browsers: Browsers, mail: MailServer) -> None:
    one, other = payers(portal), payers(portal)
    home = browsers()
    await confirmed(browsers(), other, mail)
    await confirmed(home, one, mail)
    await home.enter(await sign_in(home, one))
    page = await home.open(f'/moj-dostop?payer_code={other.payer_code}&id=1&session=1')
    await page.until(lambda: one.payer_code in page.whole_text)

    assert other.payer_code not in page.answer.text + repr(page.frames)


async def test_rule_33_only_the_browser_that_proved_the_numbers_corrects_the_address(
    portal: Portal, browsers: Browsers, payer: Payer, mail: MailServer
) -> None:
    home, elsewhere = browsers(), browsers()
    await registered(home, payer)
    token_for(mail, payer.email)
    unconfirmed = await sign_in(elsewhere, payer)
    assert was_let_in(unconfirmed)
    await elsewhere.enter(unconfirmed)
    page = await elsewhere.open('/preverite-posto')
    await page.until(lambda: payer.email in page.whole_text)
    assert not page.named('naslov')

    own = await home.open('/preverite-posto')
    await own.until(lambda: bool(own.named('naslov')))
    await asyncio.sleep(2)
    await own.submit('naslov', {'email': f'x{payer.email}'})
    assert letters(portal, payer) == 2
