import asyncio
from collections.abc import Callable

import pytest

from tests.attacks.deeds import (
    PASSWORD,
    Payer,
    confirmed,
    letters_to,
    nobody,
    quiet,
    registered,
    token_for,
    was_let_in,
)
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal
from tests.world import text_of

Browsers = Callable[..., Browser]
FIELDS = ('payer_code', 'email', 'control_number', 'password', 'repeated', 'captcha')
PAYLOADS = [
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'-alert(1)-'", '`${alert(1)}`',
    '</script><script>alert(1)//',
    '{{constructor.constructor("alert(1)")()}}', 'javascript:alert(1)',
    '\\`;alert(1)//', '<svg/onload=alert(1)>', '&lt;b&gt;',
]  # fmt: skip


async def test_rule_43_a_name_from_the_billing_data_is_only_text(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    portal.rows('UPDATE customer SET name = ? WHERE payer_code = ?', ' '.join(PAYLOADS), payer.payer_code)
    await confirmed(browser, payer, mail)
    page = await browser.open('/')
    await page.submit('prijava', {'payer_code': payer.payer_code, 'password': PASSWORD})
    await browser.enter(page)

    page = await browser.open('/moj-dostop')
    await page.until(lambda: ' '.join(PAYLOADS) in page.whole_text)
    assert not any(payload in page.answer.text for payload in PAYLOADS[:5])


async def test_rule_43_what_is_typed_comes_back_as_text(browser: Browser) -> None:
    page = await browser.open('/registracija')
    for payload in PAYLOADS:
        form = nobody().form(**dict.fromkeys(FIELDS, payload), company_site='')
        await page.submit('registracija', form)

    assert not any('alert' in script for script in page.scripts)


async def test_rule_43_a_link_can_carry_nothing_into_a_script(browser: Browser) -> None:
    for payload in ('")});alert(1);', '%22%29%7D;alert(1);', '%3Cscript%3Ealert(1)%3C%2Fscript%3E', '`${alert(1)}`'):
        for path in (f'/potrditev/{payload}', f'/potrditev?token={payload}', f'/{payload}', f'/?x={payload}'):
            page = await browser.open(path)
            await asyncio.sleep(0.02)
            assert not any('alert(1)' in script for script in page.scripts)
            assert 'alert(1)<' not in page.answer.text


@pytest.mark.parametrize('code', ["' OR 1=1--", '%', '______', "123456' OR '1'='1"])
async def test_rule_44_no_wildcard_stands_for_a_code(portal: Portal, browser: Browser, payer: Payer, code: str) -> None:
    await registered(browser, payer)
    page = await browser.open('/')
    await page.submit('prijava', {'payer_code': code, 'password': PASSWORD})

    assert not was_let_in(page)
    assert portal.rows('SELECT count(*) FROM customer WHERE payer_code = ?', payer.payer_code) == [(1,)]


async def test_rule_49_fields_that_the_form_does_not_have_are_ignored(
    portal: Portal, browser: Browser, payer: Payer
) -> None:
    extra = {'is_staff': True, 'activated_at': '2020-01-01', 'state': 'active', 'id': 1, '__class__': 'x', 'form': {}}
    with quiet(portal):
        await registered(browser, payer, **extra)

    assert portal.rows('SELECT activated_at FROM account WHERE email = ?', payer.email) == [(None,)]


async def test_rule_49_no_frame_holds_a_hash(portal: Portal, browser: Browser, payer: Payer, mail: MailServer) -> None:
    await confirmed(browser, payer, mail)
    page = await browser.open('/')
    await page.submit('prijava', {'payer_code': payer.payer_code, 'password': PASSWORD})
    await browser.enter(page)
    page = await browser.open('/moj-dostop')
    await page.until(lambda: payer.payer_code in page.whole_text)

    sent = page.answer.text + repr(page.frames)
    [[digest]] = portal.rows('SELECT password_hash FROM account WHERE email = ?', payer.email)
    assert 'argon2' not in sent
    assert digest not in sent
    assert PASSWORD not in sent
    assert not any(token_hash in sent for (token_hash,) in portal.rows('SELECT token_hash FROM session'))


async def test_rule_43_the_letter_says_nothing_but_its_own_words(
    browser: Browser, payer: Payer, mail: MailServer
) -> None:
    address = f'{{{{7*7}}}}%s{{utility}}@{payer.payer_code}.si'
    await registered(browser, payer, email=address)
    token_for(mail, address)
    [letter] = letters_to(mail, address)

    for unwanted in ('49@', PASSWORD, payer.payer_code, payer.control_number):
        assert unwanted not in text_of(letter)
