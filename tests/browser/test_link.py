"""The link of the letter: opened anywhere, changed by a click only, and every way it can end."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.person import PHONE, Person
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]


async def ends_with(ana: Person, heading: str, **ways_on: str) -> None:
    await expect(ana.heading).to_have_text(heading)
    await expect(ana.page).to_have_title(f'{heading} – ePortal')
    main = ana.page.get_by_role('main')
    for name, target in ways_on.items():
        way_on = main.get_by_role('link', name=name.replace('_', ' '), exact=True)
        await expect(way_on).to_have_attribute('href', target)
    shown = await main.inner_text()
    assert ana.email not in shown
    assert ana.payer_code not in shown


async def test_the_token_leaves_the_address_bar_and_a_reload_still_works(ana: Person, mail: MailServer) -> None:
    await ana.register()
    link = await ana.link(mail)
    await ana.open(link)
    await expect(ana.page.locator('#confirm')).to_be_visible()
    assert ana.page.url == f'{ana.home}/potrditev'

    await ana.page.reload()

    await expect(ana.page.locator('#confirm')).to_be_visible()
    assert link.rsplit('/', 1)[1] not in await ana.page.evaluate('JSON.stringify(history.state) + location.href')


async def test_opening_a_link_confirms_nothing(person: Somebody, portal: Portal, mail: MailServer) -> None:
    ana, scanner = await person(), await person(PHONE)
    await ana.register()

    await scanner.open(await ana.link(mail))
    await expect(scanner.page.locator('#confirm')).to_be_visible()

    [(activated_at,)] = portal.rows('SELECT activated_at FROM account WHERE email = ?', ana.email)
    assert activated_at is None


async def test_the_page_of_a_link_names_its_registration_only_in_part(ana: Person, mail: MailServer) -> None:
    await ana.register()

    await ana.open(await ana.link(mail))

    await expect(ana.page.locator('.lead')).to_contain_text(ana.payer_code[-2:])
    await expect(ana.page.locator('.lead')).to_contain_text('@primer.si')
    shown = await ana.page.get_by_role('main').inner_text()
    assert ana.email not in shown
    assert ana.payer_code not in shown


async def test_a_used_link_says_that_all_is_done(ana: Person, mail: MailServer) -> None:
    await ana.become_customer(mail)

    await ana.open(await ana.link(mail))

    await ends_with(ana, 'Registracija je že potrjena', Prijava='/')


async def test_a_double_click_confirms_without_an_error(ana: Person, mail: MailServer) -> None:
    await ana.register()
    await ana.open(await ana.link(mail))

    await ana.page.locator('#confirm').dblclick()

    await expect(ana.heading).to_have_text('Registracija je potrjena')


async def test_a_stranger_cancels_what_was_not_his(person: Somebody, mail: MailServer) -> None:
    ana, stranger = await person(), await person()
    await ana.register()
    link = await ana.link(mail)
    await stranger.open(link)

    await stranger.page.get_by_role('button', name='To nisem jaz').click()

    await expect(stranger.heading).to_have_text('Ta registracija je preklicana')
    await stranger.open(link)
    await ends_with(stranger, 'Ta registracija je preklicana', Registracija_za_nove_uporabnike='/registracija')
    await expect(ana.heading).to_have_text('Ta registracija je končana')


async def test_a_newer_registration_ends_the_older_link(person: Somebody, mail: MailServer) -> None:
    ana, again = await person(), await person()
    await ana.register()
    again.payer_code, again.control_number = ana.payer_code, ana.control_number
    await again.register()

    await ana.open(await ana.link(mail))

    await ends_with(ana, 'To povezavo je nadomestila novejša', Prijava='/')


@pytest.mark.parametrize('token', ['x' * 43, 'a', '%3Cscript%3E'])
async def test_an_unknown_link_says_what_to_do(ana: Person, token: str) -> None:
    await ana.open(f'/potrditev/{token}')

    await ends_with(ana, 'Te povezave ne poznamo', Prijava='/', Registracija_za_nove_uporabnike='/registracija')
