"""Back, forward, reload, deep links and drafts."""

import pytest
from playwright.async_api import expect

from tests.browser.person import Person
from tests.mail_server import MailServer
from tests.world import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope='session')

PAGES = {
    '/': 'Prijava',
    '/registracija': 'Registracija',
    '/preverite-posto': 'Ničesar ni treba potrditi',
    '/potrditev': 'Te povezave ne poznamo',
    '/pozabljeno-geslo': 'Pozabljeno geslo',
    '/zahtevek': 'Zahtevek za uporabo ePortala',
    '/pogoji': 'Splošni pogoji',
    '/zasebnost': 'Varstvo podatkov',
    '/dostopnost': 'Izjava o dostopnosti',
    '/moj-dostop': 'Prijava',
}
KEPT = ('payer_code', 'email', 'control_number')
NEVER_KEPT = ('password', 'repeated', 'captcha')


async def the_draft_is_kept(ana: Person) -> None:
    await expect(ana.field('email')).to_have_value(ana.email)
    for name in KEPT:
        await expect(ana.field(name)).to_have_value(ana.right_entries[name])
    for name in NEVER_KEPT:
        await expect(ana.field(name)).to_have_value('')


@pytest.mark.parametrize('address', PAGES)
async def test_every_page_opens_by_its_address_and_again_after_a_reload(ana: Person, address: str) -> None:
    for load in (ana.page.goto(address), ana.page.reload()):
        answer = await load
        assert answer
        assert answer.status == 200
        await expect(ana.heading).to_have_text(PAGES[address])


@pytest.mark.parametrize('address', ['/te-strani-ni', '/registracija/se-nekaj', '/potrditev/a/b'])
async def test_an_unknown_address_is_answered_with_404(ana: Person, address: str) -> None:
    ana.expects('404')

    answer = await ana.page.goto(address)

    assert answer
    assert answer.status == 404
    await expect(ana.heading).to_have_text('Ta stran ne obstaja')
    await ana.page.get_by_role('main').get_by_role('link').click()
    await expect(ana.heading).to_have_text('Prijava')


async def test_pages_change_without_a_reload_and_the_focus_moves_to_the_heading(ana: Person) -> None:
    page = await ana.open('/')
    await page.evaluate('window.stillHere = true')

    async def shows(title: str, address: str) -> None:
        await page.wait_for_url(f'{ana.home}{address}')
        await expect(ana.heading).to_have_text(title)
        await expect(page).to_have_title(f'{title} – ePortal')
        await expect(ana.heading).to_be_focused()

    await page.get_by_role('link', name='Registracija za nove uporabnike').click()
    await shows('Registracija', '/registracija')
    await page.get_by_role('link', name='Varstvo podatkov').click()
    await shows('Varstvo podatkov', '/zasebnost')
    await page.go_back()
    await shows('Registracija', '/registracija')
    await page.go_back()
    await shows('Prijava', '/')
    await page.go_forward()
    await shows('Registracija', '/registracija')
    assert await page.evaluate('window.stillHere')


async def test_a_draft_outlives_a_reload_but_no_password_does(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.fill_in()

    await page.reload()

    await the_draft_is_kept(ana)
    await ana.field('password').fill(PASSWORD)
    await ana.field('repeated').fill(PASSWORD)
    await ana.field('captcha').fill('aT4eD')
    await ana.submit.click()
    await expect(ana.heading).to_have_text('Preverite pošto')


async def test_a_draft_outlives_the_way_there_and_back(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.fill_in()

    await page.get_by_role('link', name='Splošni pogoji').click()
    await page.wait_for_url('**/pogoji')
    await page.go_back()

    await the_draft_is_kept(ana)


async def test_no_password_is_ever_written_into_the_browsers_storage(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.fill_in()
    await ana.submit.focus()

    kept = await page.evaluate('JSON.stringify([{...sessionStorage}, {...localStorage}])')

    assert ana.email in kept
    assert PASSWORD not in kept
    assert 'aT4eD' not in kept


async def test_a_finished_registration_leaves_no_draft(ana: Person) -> None:
    await ana.register()

    await ana.open('/registracija')

    for name in (*KEPT, *NEVER_KEPT):
        await expect(ana.field(name)).to_have_value('')
    await expect(ana.field('consent')).not_to_be_checked()


async def test_a_customer_who_opens_the_sign_in_page_is_led_on(ana: Person, mail: MailServer) -> None:
    await ana.become_customer(mail)
    await ana.sign_in()
    await ana.is_signed_in()

    await ana.page.goto('/')

    await ana.is_signed_in()


async def test_the_language_is_changed_and_remembered(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.field('email').fill(ana.email)

    await page.get_by_role('button', name='English').click()

    await expect(ana.heading).to_have_text('Registration')
    await expect(ana.field('email')).to_have_value(ana.email)
    await ana.open('/')
    await expect(ana.heading).to_have_text('Sign in')
