import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.attacks.conftest import an_address
from tests.attacks.deeds import outcomes, quiet
from tests.attacks.staff import (
    TOO_MANY,
    WRONG,
    a_member,
    is_in,
    on_record,
    opens,
    sign_in,
)
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]


@pytest.mark.parametrize('values', [
    {'email': 'admin', 'password': 'admin', 'code': ''}, {'email': '', 'password': '', 'code': ''},
    {'email': 'admin@primer.si', 'password': 'admin', 'code': '000000'},
    {'email': 'info@jkip-brezovica.si', 'password': 'password', 'code': '123456'},
    {}, [], None, {'email': {}, 'password': [], 'code': 7},
], ids=str)  # fmt: skip
async def test_rule_14_nobody_is_there_from_the_beginning(portal: Portal, browser: Browser, values: Any) -> None:
    with quiet(portal):
        page = await sign_in(browser, values)

    assert not is_in(page)


@pytest.mark.parametrize('code', ['', '000000', None, '      ', 'aaaaa-aaaaa', ['123456']], ids=str)
async def test_rule_15_the_password_alone_opens_nothing(portal: Portal, browser: Browser, code: Any) -> None:
    member = a_member(portal)

    page = await sign_in(browser, member.form(code=code))

    assert not is_in(page)
    assert portal.rows('SELECT count(*) FROM staff_session WHERE staff_id = ?', member.staff_id) == [(0,)]


async def test_rule_15_password_and_code_let_in_and_the_code_acts_once(portal: Portal, browsers: Browsers) -> None:
    member, thief = a_member(portal), browsers()
    values = member.form()

    page = await sign_in(browsers(), values)
    assert await page.browser.enter(page) == '/uprava/zahtevki'
    again = await sign_in(thief, values)

    assert not is_in(again)
    assert WRONG in again.whole_text
    assert await opens(portal, str(page.browser.http.cookies['eportal-uprava']))
    assert len(on_record(portal, 'signed in', member.actor)) == 1


async def test_rule_26_every_refusal_has_the_same_words(portal: Portal, browsers: Browsers) -> None:
    member = a_member(portal)
    disabled = a_member(portal)
    portal.rows('UPDATE staff SET disabled_at = created_at WHERE id = ?', disabled.staff_id)
    texts = []
    for values in (
        member.form(password='napačno geslo tukaj'), member.form(code='000000'), disabled.form(),
        member.form(email='nihce@jkip.si'), member.form(email='nihce@jkip.si', code='abcde-fghjk'),
    ):  # fmt: skip
        page = await sign_in(browsers(), values)
        texts.append(page.whole_text)

    assert WRONG in texts[0]
    assert len(set(texts)) == 1


async def test_rule_10_200_wrong_codes_at_once_do_not_overshoot(portal: Portal, browsers: Browsers) -> None:
    member, address = a_member(portal), an_address()
    pages = [await browsers(address).open('/uprava/prijava') for _ in range(8)]

    wrong = member.form(code='000000')
    await asyncio.gather(*(page.do('uprava-prijava', 'submit', wrong) for page in pages for _ in range(25)))
    for page in pages:
        await page.until(lambda page=page: page.scripts.count('eportal.ready("uprava-prijava")') == 25, 30)

    assert len(outcomes(portal, address, 'staff sign-in')) <= 5
    right = await sign_in(browsers(address), member.form())
    assert TOO_MANY in right.whole_text
    assert not is_in(right)


@pytest.mark.parametrize('back', [
    '//evil.example', 'https://evil.example', '/uprava/../', '/uprava/"-alert(1)-"', '/uprava\\evil', '/moj-dostop',
    'javascript:alert(1)', '/uprava/x?y', '/upravax', '/uprava/č', '/uprava/x%0a',
])  # fmt: skip
async def test_the_way_back_leads_to_the_own_desks_only(portal: Portal, browser: Browser, back: str) -> None:
    member = a_member(portal)
    browser.http.cookies.set('eportal-language', 'en', domain='127.0.0.1')
    page = await browser.open('/uprava/prijava?' + str(httpx.QueryParams({'nazaj': back})))
    await page.submit('uprava-prijava', member.form(), 20)

    target = re.findall(r'eportal\.enter\("[\w-]+", "([^"]*)"\)', await page.script('eportal.enter('))
    assert target == ['/uprava/zahtevki']
