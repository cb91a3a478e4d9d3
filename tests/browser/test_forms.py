"""What a form says and keeps when something has to be corrected."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.person import Person
from tests.mail_server import MailServer
from tests.world import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]

EMPTY = {
    'payer_code': 'Vpišite šifro uporabnika z računa.',
    'email': 'Vpišite svoj elektronski naslov.',
    'control_number': 'Vpišite številko istega računa.',
    'password': 'Izberite geslo.',
    'repeated': 'Še enkrat vpišite izbrano geslo.',
    'captcha': 'Prepišite znake iz slike.',
    'consent': 'Označite, da se strinjate s Splošnimi pogoji in da so podatki pravilni.',
}


async def test_nothing_is_flagged_before_anything_was_typed(ana: Person) -> None:
    page = await ana.open('/registracija')

    for name in EMPTY:
        await ana.field(name).focus()
    await page.keyboard.press('Tab')
    await ana.field('payer_code').fill('12')
    await ana.leave('payer_code')

    await expect(ana.error('payer_code')).not_to_be_empty()  # by now the server has seen the others too
    assert await page.locator('.error:visible').count() == 1
    assert await page.locator('[aria-invalid]').count() == 1


async def test_a_field_is_checked_when_it_is_left_and_clears_while_it_is_typed(ana: Person) -> None:
    page, code = await ana.open('/registracija'), ana.field('payer_code')

    await code.press_sequentially('123')
    await page.wait_for_timeout(400)
    await expect(ana.error('payer_code')).to_be_empty()
    await ana.leave('payer_code')
    await expect(ana.error('payer_code')).to_have_text('Šifra uporabnika ima 6 števk, vpisanih je 3.')
    await expect(code).to_have_attribute('aria-invalid', 'true')
    assert 'payer_code-error' in (await code.get_attribute('aria-describedby') or '').split()
    await code.press_sequentially('45')
    await expect(ana.error('payer_code')).to_have_text('Šifra uporabnika ima 6 števk, vpisanih je 5.')
    await code.press_sequentially('6')

    await expect(ana.error('payer_code')).to_be_empty()
    await expect(code).not_to_have_attribute('aria-invalid', 'true')
    await expect(code).to_be_focused()


async def test_the_summary_takes_the_focus_and_each_line_leads_to_its_field(ana: Person) -> None:
    await ana.open('/registracija')

    await ana.submit.click()

    await expect(ana.summary).to_be_focused()
    await expect(ana.summary.locator('h2')).to_have_text('Preverite vnos')
    assert await ana.summary.locator('a').all_inner_texts() == list(EMPTY.values())
    for name, sentence in EMPTY.items():
        await expect(ana.error(name)).to_have_text(sentence)
        await expect(ana.field(name)).to_have_attribute('aria-invalid', 'true')
        await ana.summary.get_by_role('link', name=sentence).click()
        await expect(ana.field(name)).to_be_focused()


@pytest.mark.parametrize(('address', 'title'), [('/', 'Prijava'), ('/registracija', 'Registracija')])
async def test_the_title_begins_with_error_until_the_next_page(ana: Person, address: str, title: str) -> None:
    page = await ana.open(address)

    await ana.submit.click()

    await expect(page).to_have_title(f'Napaka: {title} – ePortal', timeout=3000)
    await page.get_by_role('link', name='Izjava o dostopnosti').click()
    await expect(page).to_have_title('Izjava o dostopnosti – ePortal')


async def test_an_error_keeps_what_was_typed_and_the_picture_that_was_not_judged(ana: Person) -> None:
    await ana.open('/registracija')
    picture = await ana.field('captcha-picture').get_attribute('src')
    await ana.fill_in(email='ana', captcha='aT4eD')

    await ana.submit.click()

    await expect(ana.error('email')).to_have_text('Vpišite elektronski naslov v obliki ime@primer.si.')
    for name, value in {'payer_code': ana.payer_code, 'password': PASSWORD, 'repeated': PASSWORD}.items():
        await expect(ana.field(name)).to_have_value(value)
    await expect(ana.field('consent')).to_be_checked()
    await expect(ana.field('captcha')).to_have_value('aT4eD')
    await expect(ana.field('captcha-picture')).to_have_attribute('src', picture or '')


async def test_a_wrong_answer_gives_a_new_picture_and_keeps_the_rest(ana: Person) -> None:
    page = await ana.open('/registracija')
    picture = await ana.field('captcha-picture').get_attribute('src')
    await ana.fill_in(captcha='12345')

    await ana.submit.click()

    await expect(ana.field('captcha-picture')).not_to_have_attribute('src', picture or '')
    await expect(ana.field('captcha')).to_be_focused()
    await expect(ana.field('captcha')).to_have_value('')
    await expect(ana.field('captcha')).to_have_attribute('aria-invalid', 'true')
    await expect(ana.field('password')).to_have_value(PASSWORD)
    await expect(ana.field('repeated')).to_have_value(PASSWORD)
    await ana.field('captcha').fill('aT4eD')
    await page.keyboard.press('Enter')
    await expect(ana.heading).to_have_text('Preverite pošto')


@pytest.mark.parametrize(
    ('typed', 'sentence'),
    [
        ('At4Ed', 'Pazite na velike in male črke: znaki so bili sicer pravi. Prepišite znake z nove slike.'),
        ('12345', 'Znaki se ne ujemajo. Prepišite jih z nove slike.'),
    ],
    ids=['case', 'characters'],
)
async def test_it_stays_written_what_was_wrong_with_the_answer(ana: Person, typed: str, sentence: str) -> None:
    page = await ana.open('/registracija')
    await ana.fill_in(captcha=typed)

    await ana.submit.click()

    await expect(ana.field('captcha')).to_have_value('')
    await page.wait_for_timeout(500)
    assert await ana.error('captcha').inner_text() == sentence


async def test_three_wrong_pictures_offer_the_request(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.fill_in(captcha='12345')
    way_on = page.get_by_role('link', name='Imate težave s sliko?')

    for _attempt in range(3):
        await expect(way_on).to_have_count(0)
        await ana.field('captcha').fill('12345')
        await ana.submit.click()
        await expect(ana.error('captcha')).not_to_be_empty()
        await expect(ana.field('captcha')).to_have_value('')

    await expect(way_on).to_be_visible()


async def test_a_new_picture_keeps_the_answer_field_in_focus(ana: Person) -> None:
    page = await ana.open('/registracija')
    picture = await ana.field('captcha-picture').get_attribute('src')

    await page.get_by_role('button', name='Nova slika').click()

    await expect(ana.field('captcha-picture')).not_to_have_attribute('src', picture or '')
    await expect(ana.field('captcha')).to_be_focused()


async def test_numbers_that_prove_nothing_end_in_one_sentence_with_ways_on(ana: Person) -> None:
    await ana.open('/registracija')
    await ana.fill_in(control_number='100000000')

    await ana.submit.click()

    await expect(ana.summary).to_contain_text('Podatkov ne moremo potrditi.')
    await expect(ana.summary).to_be_focused()
    for way_on, target in {'Pozabljeno geslo': '/pozabljeno-geslo', 'Pošljite zahtevek': '/zahtevek'}.items():
        link = ana.summary.get_by_role('link', name=way_on, exact=True)
        await expect(link).to_have_attribute('href', target)
    assert await ana.page.locator('[aria-invalid]').count() == 0
    await expect(ana.field('password')).to_have_value(PASSWORD)
    await expect(ana.field('captcha')).to_have_value('')


async def test_a_wrong_sign_in_clears_only_the_password(ana: Person) -> None:
    await ana.sign_in('ni pravo geslo')

    await expect(ana.summary).to_contain_text('Uporabniško ime ali geslo ni pravilno.')
    await expect(ana.summary).to_be_focused()
    await expect(ana.field('password')).to_have_value('')
    await expect(ana.field('payer_code')).to_have_value(ana.payer_code)
    assert await ana.page.locator('[aria-invalid]').count() == 0


async def test_the_sixth_wrong_sign_in_names_the_pause_and_the_reset(ana: Person) -> None:
    await ana.sign_in('ni pravo geslo')
    for _attempt in range(5):
        await expect(ana.field('password')).to_have_value('')
        await expect(ana.summary).to_be_visible()
        await ana.field('password').fill('tudi to ni pravo')
        await ana.submit.click()
        await expect(ana.submit).not_to_have_attribute('aria-busy', 'true')

    await expect(ana.summary).to_contain_text('Preveč poskusov. Poskusite čez 1 minuto')
    await expect(ana.summary.get_by_role('link', name='Pozabljeno geslo')).to_be_visible()


async def test_a_double_click_registers_once(ana: Person, mail: MailServer) -> None:
    await ana.open('/registracija')
    await ana.fill_in()

    await ana.submit.dblclick()

    await ana.page.wait_for_url('**/preverite-posto')
    await ana.letter_is_sent()
    assert mail.recipients.count(ana.email) == 1


async def test_the_terms_open_in_place_and_keep_the_form(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.fill_in()

    await page.get_by_role('button', name='Splošnimi pogoji').click()

    await expect(page.get_by_role('region', name='Splošni pogoji')).to_be_visible()
    await expect(ana.field('password')).to_have_value(PASSWORD)
    assert page.url.endswith('/registracija')


async def test_the_button_of_the_terms_says_whether_they_are_open(ana: Person) -> None:
    page = await ana.open('/registracija')
    button = page.get_by_role('button', name='Splošnimi pogoji')

    for state in ('true', 'false'):
        await button.click()
        await expect(button).to_have_attribute('aria-expanded', state)


async def test_a_browser_that_keeps_no_cookie_is_told_so_and_may_try_again(ana: Person) -> None:
    ana.expects('403')
    await ana.open('/registracija')
    await ana.fill_in()
    await ana.context.clear_cookies()

    await ana.submit.click()

    await expect(ana.page.get_by_text('Ta brskalnik ne shranjuje piškotkov')).to_be_visible()
    await expect(ana.field('password')).to_have_value(PASSWORD)
    await expect(ana.submit).not_to_have_attribute('aria-busy', 'true')
