"""»Preverite pošto« tells how the letter fares, sends another one, and corrects an address in place."""

import pytest
from playwright.async_api import expect

from tests.browser.person import Person
from tests.mail_server import MailServer

pytestmark = pytest.mark.asyncio(loop_scope='session')

ON_ITS_WAY = 'Sporočilo je na poti do poštnega strežnika.'
LATE = 'Pošta zamuja; poskušamo še naprej. Stran lahko zaprete.'
REFUSED = 'Poštni strežnik za ta naslov ne sprejema sporočil.'


async def test_the_state_of_the_letter_is_shown_as_it_changes(ana: Person, mail: MailServer) -> None:
    mail.answers['RCPT'] = [4.0]  # seconds

    await ana.register()

    await expect(ana.page.locator('.state.waiting')).to_be_visible()
    await expect(ana.page.locator('.state.done')).to_contain_text('Oddano poštnemu strežniku ob')
    await expect(ana.page.get_by_text('Povezava velja do:')).to_be_visible()


async def test_a_letter_that_is_just_being_sent_is_not_called_late(ana: Person, mail: MailServer) -> None:
    mail.answers['RCPT'] = [3.0]  # seconds

    await ana.register()

    assert await ana.page.locator('.state').inner_text() == ON_ITS_WAY


async def test_a_busy_mail_server_is_named_as_the_reason_of_the_delay(ana: Person, mail: MailServer) -> None:
    mail.answers['RCPT'] = ['451 later']

    await ana.register()

    await expect(ana.page.get_by_text(LATE)).to_be_visible()


async def test_a_refused_letter_says_so_and_the_address_can_be_corrected(ana: Person, mail: MailServer) -> None:
    mail.answers['RCPT'] = ['550 no such user']
    await ana.register(email='napacen@primer.si')
    await expect(ana.page.get_by_text(REFUSED)).to_be_visible()

    await ana.field('email').fill(ana.email)
    await ana.page.keyboard.press('Enter')

    await expect(ana.page.get_by_text(ana.email, exact=True)).to_be_visible()
    await ana.letter_is_sent()
    await ana.open(await ana.link(mail))
    await expect(ana.page.locator('#confirm')).to_be_visible()


async def test_a_corrected_address_replaces_the_link_that_was_sent(ana: Person, mail: MailServer) -> None:
    await ana.register()
    old = await ana.link(mail)
    await ana.page.locator('#correct').click()
    ana.email = f'nov.{ana.email}'
    await ana.field('email').fill(ana.email)
    await ana.submit.click()
    await ana.link(mail)

    await ana.open(old)

    await expect(ana.heading).to_have_text('To povezavo je nadomestila novejša')


async def test_a_wrong_correction_is_said_beside_the_field(ana: Person) -> None:
    await ana.register()
    await ana.page.locator('#correct').click()
    await ana.field('email').fill('ana')

    await ana.submit.click()

    await expect(ana.summary).to_be_focused()
    await expect(ana.error('email')).to_have_text('Vpišite elektronski naslov v obliki ime@primer.si.')
    await expect(ana.field('email')).to_have_value('ana')


async def test_the_correction_stays_open_while_the_letter_is_handed_over(ana: Person, mail: MailServer) -> None:
    mail.answers['RCPT'] = [3.0]  # seconds
    await ana.register()
    await ana.page.locator('#correct').click()
    await ana.field('email').fill('pol')

    await ana.letter_is_sent()

    assert await ana.field('email').is_visible()
    await expect(ana.field('email')).to_have_value('pol')
    await expect(ana.field('email')).to_be_focused()


async def test_the_page_names_what_to_look_for_and_survives_a_reload(ana: Person) -> None:
    await ana.register()
    await ana.letter_is_sent()

    await ana.page.reload()

    await expect(ana.heading).to_have_text('Preverite pošto')
    card = ana.page.get_by_role('main')
    for words in (ana.email, 'ePortal JKP Brezovica', 'Registracija v ePortal', 'neželeno pošto',
                  'Povezava velja do:', '01 363 30 20'):  # fmt: skip
        await expect(card).to_contain_text(words)


async def test_signing_in_before_the_confirmation_leads_to_the_same_page(ana: Person, mail: MailServer) -> None:
    await ana.register()
    await ana.context.clear_cookies(name='eportal')

    await ana.sign_in()

    await ana.page.wait_for_url('**/preverite-posto')
    await expect(ana.heading).to_have_text('Preverite pošto')
    await expect(ana.page.get_by_text(ana.email, exact=True)).to_be_visible()
    await expect(ana.page.locator('#correct')).to_have_count(0)


async def test_before_the_confirmation_a_wrong_password_gets_the_usual_refusal(ana: Person) -> None:
    await ana.register()
    await ana.context.clear_cookies(name='eportal')

    await ana.sign_in('ni pravo geslo')

    await expect(ana.summary).to_contain_text('Uporabniško ime ali geslo ni pravilno.')
