"""The overview: charts with their tables, alarms, and both schemes of colour."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.clerk import let_clerk_in
from tests.browser.person import DESK, Person
from tests.browser.test_accessibility import is_accessible
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')

People = Callable[..., Awaitable[Person]]
COLOURS = "() => [...new Set([...document.querySelectorAll('.chart path')].map(e => getComputedStyle(e).stroke))]"


async def overview(person: People, portal: Portal, language: str = 'sl') -> Page:
    ivo = await person(DESK, language)
    await let_clerk_in(portal, ivo.context, ivo.home, 'clerk', 'Ivo Kos')
    page = await ivo.open('/uprava/pregled')
    await expect(page.locator('#alarms')).to_be_visible()
    return page


async def test_what_happened_today_is_drawn_and_stands_in_a_table(
    person: People, portal: Portal, mail: MailServer
) -> None:
    ana, eva = await person(DESK), await person(DESK)
    await ana.become_customer(mail)
    await eva.open('/registracija')
    await eva.field('email').fill('eva@primer')
    await eva.submit.click()
    await expect(eva.summary).to_be_visible()

    page = await overview(person, portal, 'en')

    for name in ('Registrations and confirmations', 'Requests and refusals', 'Where people give up',
                 'From the registration to the confirmation'):  # fmt: skip
        card = page.locator('.card', has=page.get_by_role('heading', name=name))
        await expect(card.get_by_role('img', name=name).locator('svg path').first).to_be_attached()
        await expect(card.get_by_role('table', name=name)).to_be_visible()
    today = page.get_by_role('table', name='Registrations and confirmations').locator('tbody tr').first
    numbers = await today.locator('td').all_inner_texts()
    assert [int(number) > 0 for number in numbers] == [True, True]
    await expect(page.get_by_role('table', name='Where people give up')).to_contain_text('E-mail address')
    await expect(page.locator('#proofs')).to_contain_text('of 200 are used')


async def test_an_alarm_says_what_to_do(person: People, portal: Portal) -> None:
    page = await overview(person, portal, 'en')

    alarm = page.locator('[data-alarm=import]')

    await expect(alarm).to_contain_text('No billing data were imported yet')
    await expect(alarm).to_contain_text('load the files')


@pytest.mark.parametrize('language', ['sl', 'en'])
async def test_the_overview_is_accessible(person: People, portal: Portal, language: str) -> None:
    page = await overview(person, portal, language)
    await expect(page.locator('.chart svg').first).to_be_attached()

    await is_accessible(page)


async def test_the_charts_follow_the_page_into_the_dark(person: People, portal: Portal) -> None:
    page = await overview(person, portal)
    await expect(page.locator('.chart svg path').first).to_be_attached()
    light = await page.evaluate(COLOURS)

    await page.emulate_media(color_scheme='dark')
    dark = await page.evaluate(COLOURS)

    assert 'rgb(11, 83, 148)' in light
    assert 'rgb(140, 194, 242)' in dark


async def test_who_leaves_the_registration_is_counted_by_the_last_field(person: People, portal: Portal) -> None:
    ana = await person(DESK)
    await ana.open('/registracija')
    before = counted(portal, 'left at:control_number')
    await ana.field('email').fill('ana@primer.si')
    await ana.field('control_number').fill('1')
    await ana.leave('control_number')
    await expect(ana.error('control_number')).not_to_be_empty()

    await ana.page.locator('.after a[href="/zahtevek"]').click()
    await ana.page.wait_for_url('**/zahtevek')
    await expect(ana.heading).to_be_visible()

    await ana.page.wait_for_timeout(500)
    assert counted(portal, 'left at:control_number') == before + 1
    assert counted(portal, 'registration opened') > 0


def counted(portal: Portal, what: str) -> int:
    return sum(count for (count,) in portal.rows('SELECT count FROM daily_count WHERE what = ?', what))
