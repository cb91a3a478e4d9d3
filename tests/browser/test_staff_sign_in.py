"""Somebody new at the utility: from the link on the command line to the queue, and back out again."""

import re
import time
from collections.abc import Awaitable, Callable

import pyotp
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.clerk import let_clerk_in
from tests.browser.person import DESK, PHONE, Person
from tests.browser.test_accessibility import is_accessible
from tests.browser.test_keyboard import tab_to
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')

Somebody = Callable[..., Awaitable[Person]]
PASSWORD = 'štiri zelene žabe'


def invited(portal: Portal, email: str, name: str = 'Vida Šef') -> str:
    """The link that the command line prints."""
    words = portal.run('staff', 'add', name, email, '--administrator').stdout
    return re.findall(r'^http\S+$', words, re.MULTILINE)[0]


async def set_up(person: Person, link: str) -> str:
    """The secret in the phone, once the recovery codes are shown."""
    page = await person.open(link)
    await expect(person.field('code')).to_be_visible()
    secret = (await page.locator('#secret').text_content() or '').replace(' ', '')
    for name, value in (('password', PASSWORD), ('repeated', PASSWORD), ('code', pyotp.TOTP(secret).now())):
        await person.field(name).fill(value)
    await person.submit.click()
    await expect(page.locator('#recovery-codes li')).to_have_count(10)
    return secret


async def sign_in(person: Person, email: str, code: str) -> None:
    for name, value in (('email', email), ('password', PASSWORD), ('code', code)):
        await person.field(name).fill(value)
    await person.submit.click()


def next_code(secret: str) -> str:
    """The one after that which the set-up has used."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30)


def sign_out(page: Page) -> Locator:
    return page.locator('#sign-out')


@pytest.mark.parametrize('language', ['sl', 'en'])
async def test_from_the_link_to_the_queue_and_out_again(person: Somebody, portal: Portal, language: str) -> None:
    vida = await person(DESK, language)
    link = invited(portal, vida.email)
    page = await vida.open(link)
    await expect(vida.field('code')).to_be_visible()
    await expect(page.locator('.qr svg')).to_be_visible()
    assert page.url == f'{vida.home}/uprava/nastavitev'
    shown = await page.locator('#secret').text_content()
    await is_accessible(page)
    await vida.submit.click()
    await expect(vida.summary).to_be_visible()
    await is_accessible(page)
    await page.reload()
    await expect(page.locator('#secret')).to_have_text(shown or '')

    secret = await set_up(vida, link)
    [code, *_rest] = await page.locator('#recovery-codes li').all_inner_texts()
    await is_accessible(page)
    await page.locator('a.primary').click()
    await page.wait_for_url('**/uprava/prijava')
    await is_accessible(page)
    await sign_in(vida, vida.email, '000000')
    await expect(vida.summary).to_be_visible()
    await expect(vida.field('password')).to_have_value('')
    await is_accessible(page)
    await sign_in(vida, vida.email, next_code(secret))
    await page.wait_for_url('**/uprava/zahtevki')
    await sign_out(page).click()
    await page.wait_for_url('**/uprava/prijava')
    await page.go_back()
    await expect(sign_out(page)).to_have_count(0)

    await vida.open('/uprava/prijava')
    await sign_in(vida, vida.email, code.upper())
    await page.wait_for_url('**/uprava/zahtevki')
    await vida.open(link)
    await expect(vida.submit).to_have_count(0)


async def test_the_attributes_tell_password_managers_and_phones_what_is_what(person: Somebody) -> None:
    vida = await person()
    await vida.open('/uprava/prijava')

    for name, autocomplete in (('email', 'username'), ('password', 'current-password'), ('code', 'one-time-code')):
        await expect(vida.field(name)).to_have_attribute('autocomplete', autocomplete)
    await expect(vida.field('code')).to_have_attribute('inputmode', 'numeric')
    await vida.page.locator('#no-phone').click()
    assert await vida.field('code').evaluate('(entry) => entry.inputMode') == 'text'
    await expect(vida.field('code')).to_be_focused()


async def test_the_sign_in_needs_no_mouse(person: Somebody, portal: Portal) -> None:
    vida = await person(DESK)
    secret = await set_up(vida, invited(portal, vida.email))
    page = await vida.open('/uprava/sled')
    await page.wait_for_url(re.compile('/uprava/prijava.nazaj='))

    for name, value in (('email', vida.email), ('password', PASSWORD), ('code', next_code(secret))):
        await tab_to(page, name)
        await page.keyboard.type(value)
    await page.keyboard.press('Enter')

    await page.wait_for_url('**/uprava/sled')
    await expect(page.locator('#export')).to_be_visible()


async def test_a_second_administrator_resets_the_first(person: Somebody, portal: Portal) -> None:
    vida, jana = await person(DESK, 'en'), await person(DESK, 'en')
    secret = await set_up(vida, invited(portal, vida.email))
    await vida.open('/uprava/prijava')
    await sign_in(vida, vida.email, next_code(secret))
    await vida.page.wait_for_url('**/uprava/zahtevki')
    [[vidas_id]] = portal.rows('SELECT id FROM staff WHERE email = ?', vida.email)
    await let_clerk_in(portal, jana.context, jana.home, 'administrator', 'Jana Zver')

    page = await jana.open('/uprava/zaposleni')
    await page.locator(f'#staff-{vidas_id}').click()
    await expect(page.locator('#account')).to_contain_text(vida.email)
    await is_accessible(page)
    await page.set_viewport_size({'width': 1280, 'height': 800})
    await page.locator('#reset').click()
    await expect(page.locator('.asking:visible')).to_contain_text('Vida Šef')
    await is_accessible(page)
    await page.locator('#reset-yes').click()
    link = await page.locator('#set-up-link').inner_text()
    await is_accessible(page)

    await vida.page.wait_for_url('**/uprava/prijava?potek*', timeout=3_000)
    await sign_in(vida, vida.email, next_code(secret))
    await expect(vida.summary).to_be_visible()
    again = await set_up(vida, link)
    assert again != secret


async def test_who_is_added_is_drawn_with_a_link_and_mistakes_are_told(person: Somebody, portal: Portal) -> None:
    jana = await person(PHONE, 'en')
    await let_clerk_in(portal, jana.context, jana.home, 'administrator', 'Jana Zver')
    page = await jana.open('/uprava/zaposleni')
    await expect(jana.field('name')).to_be_visible()

    await jana.submit.click()
    await expect(jana.summary).to_be_visible()
    await expect(jana.error('email')).not_to_be_empty()
    await is_accessible(page)
    await jana.field('name').fill('Jože Črnič')
    await jana.field('email').fill(jana.email)
    await jana.submit.click()

    await expect(page.locator('#set-up-link')).to_contain_text('/uprava/nastavitev/')
    await expect(page.locator('table')).to_contain_text('Jože Črnič')
    await expect(jana.field('name')).to_have_value('')


async def test_the_audit_trail_is_filtered_verified_and_taken_along(person: Somebody, portal: Portal) -> None:
    jana = await person(DESK, 'en', accept_downloads=True)
    await let_clerk_in(portal, jana.context, jana.home, 'administrator', 'Jana Zver')
    portal.run('staff', 'add', '=cmd|x', jana.email)
    page = await jana.open('/uprava/sled')
    await expect(page.locator('#export')).to_be_visible()
    await is_accessible(page)
    await page.set_viewport_size({'width': 1280, 'height': 800})

    await jana.field('what').select_option('staff added')
    await jana.field('about').fill(jana.email)
    await jana.submit.click()
    await expect(page.locator('tbody tr')).to_have_count(1)
    await expect(page.locator('tbody')).to_contain_text('Command line on the server')
    async with page.expect_download() as download:
        await page.locator('#export').click()
    content = (await (await download.value).path()).read_bytes()
    assert content.startswith(b'\xef\xbb\xbf')
    assert b";'=cmd|x;" in content
    await page.locator('#verify').click()
    await expect(page.locator('#answer')).to_contain_text('The trail is whole')

    await jana.field('about').fill('999999')
    await jana.submit.click()
    await expect(jana.error('about')).not_to_be_empty()
    await is_accessible(page)
    await page.locator('#all').click()
    await expect(jana.error('about')).to_be_empty()
    await expect(page.locator('tbody tr').nth(2)).to_be_visible()
