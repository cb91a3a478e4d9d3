"""What ends by itself: the pause between letters, a link, a session, the consent to the former terms."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from playwright.async_api import expect

from tests.browser.person import Person
from tests.browser.places import a_portal
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]

SHORT = {'EPORTAL_LETTER_PAUSE': '4', 'EPORTAL_LINK_VALID_FOR': '6', 'EPORTAL_SESSION_IDLE': '9'}


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with a_portal(tmp_path_factory, mail, **SHORT) as running:
        yield running


async def test_another_letter_is_counted_down_to_and_brings_the_same_link(ana: Person, mail: MailServer) -> None:
    await ana.register()
    button = ana.page.locator('#resend')
    await expect(button).to_have_text('Pošlji znova (čez 2 s)')
    await expect(button).to_have_attribute('aria-disabled', 'true')
    first = await ana.link(mail)

    await expect(button).to_have_text('Pošlji znova')
    await expect(button).not_to_have_attribute('aria-disabled', 'true')
    await button.click()

    assert await ana.link(mail, letters=2) == first
    await expect(button).to_contain_text('čez')


async def test_an_expired_link_sends_a_new_one_to_the_same_address(ana: Person, mail: MailServer) -> None:
    await ana.register()
    old = await ana.link(mail)
    await ana.page.wait_for_timeout(7000)
    await ana.open(old)
    await expect(ana.heading).to_have_text('Povezava je potekla')
    assert ana.email not in await ana.page.get_by_role('main').inner_text()

    await ana.page.get_by_role('button', name='Pošlji novo povezavo').click()

    await expect(ana.page.get_by_text('je novo sporočilo na poti na isti naslov')).to_be_visible()
    new = await ana.link(mail, letters=2)
    assert new != old
    await ana.open(new)
    await ana.page.locator('#confirm').click()
    await expect(ana.heading).to_have_text('Registracija je potrjena')


async def test_a_session_warns_before_it_ends_and_only_one_button_keeps_it(person: Somebody, mail: MailServer) -> None:
    ana, idler = await person(), await person()
    for customer in (ana, idler):
        await customer.become_customer(mail)
    for customer in (idler, ana):
        await customer.sign_in()
        await customer.is_signed_in()
    notice = ana.page.get_by_role('alertdialog', name='Kmalu boste odjavljeni')

    await expect(notice.get_by_role('button')).to_be_focused()
    await ana.page.keyboard.press('Enter')
    await expect(notice).to_be_hidden()

    await idler.page.wait_for_url(f'{ana.home}/?potek')
    await expect(idler.heading).to_have_text('Prijava')
    await expect(idler.page.get_by_text('Odjavljeni ste, ker se nekaj časa ni nič dogajalo.')).to_be_visible()
    await idler.page.goto('/moj-dostop')
    await expect(idler.heading).to_have_text('Prijava')
    await ana.page.wait_for_timeout(2000)  # by now hers would have ended as well
    await ana.page.reload()
    await ana.is_signed_in()


async def test_new_terms_are_asked_for_after_signing_in(ana: Person, mail: MailServer, portal: Portal) -> None:
    await ana.become_customer(mail)
    portal.rows("UPDATE account SET terms_version = '2019' WHERE email = ?", ana.email)
    await ana.sign_in()
    await expect(ana.heading).to_have_text('Splošni pogoji so se spremenili')
    assert 'Janez Novak' not in await ana.page.get_by_role('main').inner_text()

    await ana.submit.click()
    await expect(ana.error('consent')).to_have_text('Označite, da se strinjate s Splošnimi pogoji, ali se odjavite.')
    await ana.field('consent').check()
    await ana.submit.click()

    await expect(ana.heading).to_have_text('Pozdravljeni')
    await ana.page.reload()
    await expect(ana.heading).to_have_text('Pozdravljeni')
