"""From the paper invoice to the signed-in customer, as the manual tells it."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.person import DESK, PHONE, Person, Size
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]

FIELDS = ('payer_code', 'email', 'control_number', 'password', 'repeated', 'captcha', 'consent')
WORDS = {
    'sl': {
        'sign in': 'Prijava', 'new': 'Registracija za nove uporabnike', 'window': 'Registracija',
        'labels': ['Uporabniško ime', 'Elektronski naslov', 'Kontrolna številka', 'Geslo', 'Ponovi geslo',
                   'Znak iz slike', 'Strinjam se s', 'in potrjujem pravilnost podatkov.'],
        'register': 'Registriraj', 'mail': 'Preverite pošto', 'confirm': 'Potrdi registracijo',
        'confirmed': 'Registracija je potrjena', 'welcome': 'Pozdravljeni', 'sign out': 'Odjava',
    },
    'en': {
        'sign in': 'Sign in', 'new': 'Registration for new users', 'window': 'Registration',
        'labels': ['Username', 'E-mail address', 'Control number', 'Password', 'Repeat password',
                   'Characters from the picture', 'I agree with', 'and confirm that the data are correct.'],
        'register': 'Register', 'mail': 'Check your mail', 'confirm': 'Confirm registration',
        'confirmed': 'Registration is confirmed', 'welcome': 'Welcome', 'sign out': 'Sign out',
    },
}  # fmt: skip


@pytest.mark.parametrize('language', ['sl', 'en'])
@pytest.mark.parametrize('size', [PHONE, DESK], ids=['phone', 'desk'])
async def test_an_invoice_leads_to_access(
    person: Somebody, mail: MailServer, portal: Portal, size: Size, language: str
) -> None:
    ana, words = await person(size, language), WORDS[language]

    page = await ana.open('/')
    await expect(ana.heading).to_have_text(words['sign in'])
    await page.get_by_role('link', name=words['new'], exact=True).click()
    await expect(ana.heading).to_have_text(words['window'])
    assert [text.strip() for text in await page.locator('.field label').all_inner_texts()] == words['labels']
    assert await page.locator('.field input').evaluate_all('inputs => inputs.map(i => i.name)') == list(FIELDS)
    await ana.fill_in()
    await page.get_by_role('button', name=words['register'], exact=True).click()
    await expect(ana.heading).to_have_text(words['mail'])
    await expect(page.get_by_text(ana.email, exact=True)).to_be_visible()
    await ana.letter_is_sent()

    phone = await person(PHONE, language)
    await phone.open(await ana.link(mail))
    await phone.page.get_by_role('button', name=words['confirm'], exact=True).click()
    await expect(phone.heading).to_have_text(words['confirmed'])

    await expect(ana.heading).to_have_text(words['confirmed'])  # by itself
    await page.get_by_role('main').get_by_role('link', name=words['sign in'], exact=True).click()
    await ana.sign_in()
    await expect(ana.heading).to_have_text(words['welcome'])
    facts = await page.get_by_role('main').inner_text()
    assert {ana.payer_code, 'Janez Novak', 'Starj ulica 1'} <= set(facts.splitlines())


async def test_signing_out_ends_every_tab_of_the_session(ana: Person, mail: MailServer) -> None:
    await ana.become_customer(mail)
    await ana.sign_in()
    await ana.is_signed_in()
    other = await ana.context.new_page()
    await other.goto('/moj-dostop')
    await expect(other.get_by_text('Janez Novak')).to_be_visible()

    await ana.page.locator('#sign-out').click()

    for tab in (ana.page, other):
        await tab.wait_for_url(f'{ana.home}/')
        await expect(tab.locator('h1')).to_have_text('Prijava')


async def test_back_after_signing_out_shows_nothing_of_the_person(ana: Person, mail: MailServer) -> None:
    await ana.become_customer(mail)
    await ana.sign_in()
    await ana.is_signed_in()
    await ana.page.locator('#sign-out').click()
    await ana.page.wait_for_url(f'{ana.home}/')

    for _page in ('link', 'check mail'):
        await ana.page.go_back()
        await expect(ana.heading).to_be_visible()
        shown = await ana.page.locator('body').inner_text()
        typed = await ana.page.locator('input').evaluate_all('inputs => inputs.map(i => i.value).join()')
        assert 'Janez Novak' not in shown
        assert ana.email not in shown
        assert ana.payer_code not in shown + typed
