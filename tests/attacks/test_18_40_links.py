import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.attacks.deeds import Payer, letters, letters_to, link_page, payers, quiet, registered, token_for
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]


def state(portal: Portal, payer: Payer) -> str:
    query = 'SELECT access.state FROM access JOIN account ON account.id = account_id WHERE email = ?'
    return str(portal.rows(query, payer.email)[-1][0])


async def test_rule_18_links_are_long_and_all_different(portal: Portal, browsers: Browsers, mail: MailServer) -> None:
    tokens = set()
    for _ in range(3):
        payer = payers(portal)
        await registered(browsers(), payer)
        tokens.add(token_for(mail, payer.email))

    assert len(tokens) == 3
    assert all(re.fullmatch(r'[\w-]{43}', token) for token in tokens)
    assert not any(a[:4] == b[:4] for a in tokens for b in tokens if a is not b)


async def test_rule_18_a_link_ends_and_another_can_be_had(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await registered(browser, payer)
    token = token_for(mail, payer.email)
    page = await link_page(browser, token)
    await asyncio.sleep(2)  # the pause between two letters
    until = datetime.now(UTC) - timedelta(seconds=1)
    portal.rows(
        'UPDATE link SET valid_until = ? WHERE account_id = (SELECT id FROM account WHERE email = ?)',
        until.strftime('%Y-%m-%d %H:%M:%S.%f+00:00'), payer.email,
    )  # fmt: skip

    await page.do('confirm', 'click')
    await page.do('resend', 'click')
    await page.until(lambda: 'novo sporočilo' in page.whole_text)
    assert state(portal, payer) == 'pending'
    await _another_letter(mail, payer, 2)
    assert token_for(mail, payer.email) != token


async def _another_letter(mail: MailServer, payer: Payer, how_many: int) -> None:
    for _ in range(100):
        if len(letters_to(mail, payer.email)) == how_many:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f'{len(letters_to(mail, payer.email))} letters, not {how_many}')


async def test_rule_20_a_token_is_nowhere_but_in_its_letter(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await registered(browser, payer)
    token = token_for(mail, payer.email)
    await link_page(browser, token)

    files = [file for file in portal.folder.rglob('*') if file.is_file()]
    assert portal.database_file in files
    assert [file.name for file in files if token.encode() in file.read_bytes()] == []


async def test_rule_21_one_link_acts_once_however_many_press_it(
    portal: Portal, browsers: Browsers, payer: Payer, mail: MailServer
) -> None:
    await registered(browsers(), payer)
    token = token_for(mail, payer.email)
    pages = await asyncio.gather(*(link_page(browsers(), token) for _ in range(50)))

    with quiet(portal):
        await asyncio.gather(*(page.do('confirm', 'click') for page in pages))
        for page in pages:
            await page.until(lambda page=page: 'Prijavite se' in page.whole_text, 20)

    texts = [page.whole_text for page in pages]
    assert sum('Registracija je potrjena' in text for text in texts) == 1
    assert sum('Registracija je že potrjena' in text for text in texts) == 49
    assert state(portal, payer) == 'active'


async def test_rule_21_a_person_who_clicks_ten_times_is_told_once(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await registered(browser, payer)
    page = await link_page(browser, token_for(mail, payer.email))
    [listener] = page.listeners('confirm', 'click')
    frame = page.frame('confirm', listener)

    with quiet(portal):
        await asyncio.gather(*(page.socket.emit('event', dict(frame)) for _ in range(10)))
        await page.until(lambda: 'Prijavite se' in page.whole_text)
        await asyncio.sleep(0.3)
    assert state(portal, payer) == 'active'


async def test_rule_40_nothing_happens_by_opening_a_link(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await registered(browser, payer)
    token = token_for(mail, payer.email)
    async with httpx.AsyncClient(base_url=portal.url, timeout=20) as scanner:
        for method in ('GET', 'HEAD', 'POST'):
            for headers in ({}, {'Purpose': 'prefetch'}, {'User-Agent': 'MailScanner/1.0', 'Sec-Purpose': 'prefetch'}):
                for _ in range(3):
                    await scanner.request(method, f'/potrditev/{token}', headers=headers)
    page = await link_page(browser, token)

    assert state(portal, payer) == 'pending'
    assert payer.payer_code not in page.whole_text
    assert payer.email not in page.whole_text
    await page.do('confirm', 'click')
    await page.until(lambda: 'Registracija je potrjena' in page.whole_text)
    assert state(portal, payer) == 'active'
    again = await link_page(browser, token)
    assert 'Registracija je že potrjena' in again.whole_text


@pytest.mark.parametrize(
    'token', ['', 'x' * 43, 'x' * 5_000, None, 7, ['x'], {'a': 1}, True, '\0' * 43, '%' * 43, 'ž' * 43]
)
async def test_rule_40_a_link_that_nobody_sent_is_unknown(portal: Portal, browser: Browser, token: object) -> None:
    page = await browser.open('/potrditev')
    with quiet(portal):
        await page.do('link-token', 'token', token)
        await page.until(lambda: 'Te povezave ne poznamo' in page.whole_text or 'Prepišite celoten' in page.whole_text)


async def test_rule_40_who_did_not_register_can_cancel_and_the_link_is_dead(
    portal: Portal, browsers: Browsers, payer: Payer, mail: MailServer
) -> None:
    await registered(browsers(), payer)
    token = token_for(mail, payer.email)
    asked, confirming = await link_page(browsers(), token), await link_page(browsers(), token)
    await asked.do('decline', 'click')
    await asked.until(lambda: 'preklicana' in asked.whole_text)

    await confirming.do('confirm', 'click')
    await confirming.until(lambda: 'preklicana' in confirming.whole_text or 'nadomestila' in confirming.whole_text)
    assert state(portal, payer) == 'ended'


async def test_rule_51_fifty_registrations_at_once_make_one_account(
    portal: Portal, browsers: Browsers, payer: Payer
) -> None:
    pages = [await browsers().open('/registracija') for _ in range(10)]
    with quiet(portal):
        await asyncio.gather(*(page.do('registracija', 'submit', payer.form()) for page in pages for _ in range(5)))
        for page in pages:
            await page.until(lambda page=page: any('eportal.enter(' in script for script in page.scripts), 30)
        await asyncio.sleep(0.5)

    waiting = 'SELECT count(*) FROM access JOIN customer ON customer.id = customer_id WHERE payer_code = ?'
    assert portal.rows('SELECT count(*) FROM account WHERE email = ?', payer.email) == [(1,)]
    assert portal.rows(waiting, payer.payer_code) == [(1,)]
    assert letters(portal, payer) == 1


async def test_rule_51_of_many_addresses_for_one_code_one_may_wait(
    portal: Portal, browsers: Browsers, payer: Payer
) -> None:
    pages = [await browsers().open('/registracija') for _ in range(6)]
    forms = [payer.form(email=f'{n}.{payer.email}') for n in range(6)]
    await asyncio.gather(*(page.submit('registracija', form, 20) for page, form in zip(pages, forms, strict=True)))

    query = 'SELECT state FROM access JOIN customer ON customer.id = customer_id WHERE payer_code = ?'
    states = [state for (state,) in portal.rows(query, payer.payer_code)]
    assert states.count('pending') == 1
    assert set(states) <= {'pending', 'ended'}


async def test_rule_54_a_letter_is_not_sent_again_at_every_click(
    portal: Portal, browser: Browser, payer: Payer
) -> None:
    await registered(browser, payer)
    page = await browser.open('/preverite-posto')
    for _ in range(20):
        await page.do('resend', 'click')
    await page.until(lambda: 'Preveč sporočil' in page.whole_text)

    assert letters(portal, payer) <= 2


async def test_rule_54_a_code_gets_three_letters_in_six_hours(portal: Portal, browsers: Browsers, payer: Payer) -> None:
    for n in range(5):
        page = await browsers().open('/registracija')
        await page.submit('registracija', payer.form(email=f'{n}.{payer.email}'))

    assert letters(portal, payer) == 3
