"""The queue of requests for every hand and eye: keyboard, phone, colleagues, accessibility."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.clerk import let_clerk_in
from tests.browser.desk import QUEUE, Somebody, a_clerk, a_request, emptied, tag, who_is_found
from tests.browser.person import PHONE
from tests.browser.test_accessibility import is_accessible
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')


@pytest.fixture(autouse=True)
def empty_queue(portal: Portal) -> None:
    emptied(portal)


async def test_the_keyboard_is_enough(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    name = who_is_found(portal, marija, 'OM-3')
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat(sep=' ')
    a_request(portal, 'Starejša', created_at=yesterday)
    number = a_request(portal, name, metering_point='OM-3')
    page = await marija.open(QUEUE)
    press = page.keyboard.press

    await press('j')
    await press('j')
    await expect(page.locator(f'#open-{number}')).to_be_focused()
    await press('k')
    await press('ArrowDown')
    await press('Enter')
    await expect(page.locator('#detail')).to_be_focused()
    await press('o')
    await expect(page.locator('#undo')).to_be_focused()
    await press('Enter')
    await expect(page.locator('#answer')).to_be_visible()
    await press('/')
    await expect(page.locator('#search')).to_be_focused()
    await page.keyboard.type('joko?')
    await expect(page.locator('#search')).to_have_value('joko?')
    await expect(page.get_by_text('Nothing was found.')).to_be_visible()
    assert portal.rows('SELECT count(*) FROM issued_control_number') == [(1,)]  # the one that was undone


async def test_the_shortcuts_can_be_switched_off(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    number = a_request(portal)
    page = await marija.open(QUEUE)
    await expect(page.locator(f'#open-{number}')).to_be_visible()

    await page.keyboard.press('?')
    await page.locator('#keys-on').uncheck()
    await page.locator('#heading').focus()
    await page.keyboard.press('j')
    await expect(page.locator(f'#open-{number}')).not_to_be_focused()
    await page.reload()
    await page.locator('#keys summary').click()
    await expect(page.locator('#keys-on')).not_to_be_checked()


async def test_a_colleagues_request_is_taken_over_only_after_asking(person: Somebody, portal: Portal) -> None:
    number = a_request(portal)
    marija, peter = await a_clerk(person, portal), await a_clerk(person, portal, name='Peter Zajc')
    await marija.open(f'{QUEUE}/{number}')
    await peter.open(f'{QUEUE}/{number}')

    await marija.page.locator('#take').click()
    await expect(marija.page.locator('#give-back')).to_be_visible()
    await peter.page.locator('#take').click()

    await expect(peter.page.locator('#request-trouble')).to_contain_text('Marija Kos')
    await peter.page.locator('#take-over').click()
    await expect(peter.page.get_by_text('Marija Kos has taken the request of Janez Novak.')).to_be_visible()
    await peter.page.locator('#take-over-yes').click()
    await expect(peter.page.locator('#give-back')).to_be_visible()


async def test_an_administrator_hands_a_request_on(person: Somebody, portal: Portal) -> None:
    number = a_request(portal)
    marija = await a_clerk(person, portal, role='administrator')
    peter = await let_clerk_in(portal, (await person()).context, marija.home, name='Peter Zajc')
    page = await marija.open(f'{QUEUE}/{number}')

    await page.locator('#colleague').select_option(str(peter))
    await page.locator('#hand-on').click()

    await expect(tag(page)).to_have_text('With: Peter Zajc')


async def test_a_clerk_enters_a_request_that_came_by_phone(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    page = await marija.open(QUEUE)
    await page.locator('#enter').click()
    await expect(page.locator('#full_name')).to_be_visible()
    await is_accessible(page)

    await marija.submit.click()
    await expect(marija.summary).to_be_visible()
    await page.locator('#full_name').fill('Jožica Jerančič')
    await page.locator('#address').fill('Na Žago 52b, Preserje')
    await page.locator('#origin').select_option('in person')
    await marija.submit.click()
    await expect(page.locator('#detail')).to_have_text('Jožica Jerančič')

    await page.goto(f'{QUEUE}/nov')
    await page.locator('#full_name').fill('Jozica Jerancic')
    await page.locator('#address').fill('Na Žago 52b, Preserje')
    await marija.submit.click()
    await page.locator('.summary a').click()
    await expect(page.locator('#detail')).to_have_text('Jožica Jerančič')


async def test_the_desk_is_accessible_in_every_state(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal, role='administrator')
    await let_clerk_in(portal, (await person()).context, marija.home, name='Peter Zajc')
    page = await marija.open(QUEUE)
    await is_accessible(page)  # empty
    name = who_is_found(portal, marija, 'OM-4')
    clear = a_request(portal, name, metering_point='OM-4', message='Prosim.')
    unconfirmed = a_request(portal, 'Nepotrjena', state='unconfirmed', confirmed_at=None)
    await page.set_viewport_size({'width': 1280, 'height': 800})
    await page.goto(QUEUE)
    await page.locator('#keys summary').click()
    await is_accessible(page)
    for number in (clear, unconfirmed):
        await page.set_viewport_size({'width': 1280, 'height': 800})
        await page.goto(f'{QUEUE}/{number}')
        await page.locator('#open-reject').click()
        await is_accessible(page)
    await page.locator('#vouch').click()
    await is_accessible(page)
    await page.goto(f'{QUEUE}/{clear}')
    await page.locator('#open-ask').click()
    await page.locator('.ending [type=submit]').click()
    await expect(page.locator('#question-error')).not_to_be_empty()
    await is_accessible(page)
    await page.locator('#answer').click()
    await expect(page.locator('#reopen')).to_be_visible()
    await is_accessible(page)
    await page.goto(f'{QUEUE}/{clear}/natis')
    await expect(page.locator('.paper')).to_be_visible()
    await is_accessible(page)


async def test_a_phone_shows_the_request_first_and_leads_back(person: Somebody, portal: Portal) -> None:
    number = a_request(portal)
    marija = await a_clerk(person, portal, PHONE)
    page = await marija.open(QUEUE)

    await page.locator(f'#open-{number}').click()
    await page.wait_for_url(f'**{QUEUE}/{number}')
    await expect(page.locator('#detail')).to_be_visible()
    await expect(page.locator('#search')).to_be_hidden()
    await page.get_by_role('link', name='Back to the queue').click()

    await expect(page.locator(f'#open-{number}')).to_be_visible()


async def test_a_tenant_is_not_answered_without_asking(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    owner = who_is_found(portal, marija, 'OM-5')
    number = a_request(portal, 'Peter Najemnik', metering_point='OM-5')
    page = await marija.open(f'{QUEUE}/{number}')
    await expect(page.locator('.candidate input')).not_to_be_checked()
    await expect(page.locator('#answer')).to_have_attribute('aria-disabled', 'true')

    await page.locator('.candidate input').check()
    await page.locator('#answer').click()

    await expect(page.locator('.asking:visible')).to_contain_text(owner)
    assert portal.rows('SELECT count(*) FROM issued_control_number') == [(0,)]
    await page.locator('#answer-yes').click()
    await expect(page.locator('#undo')).to_be_visible()
