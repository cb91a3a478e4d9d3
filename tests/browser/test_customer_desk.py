"""A clerk at the customers and the letters: finds somebody, sees what is wrong, and puts it right."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.clerk import let_clerk_in
from tests.browser.person import DESK, PHONE, Person
from tests.browser.places import a_mail_server, a_portal
from tests.browser.test_accessibility import is_accessible
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')

PAYLOAD = '<img src=x onerror="document.title=\'owned\'"> Čušin'


@pytest.fixture(scope='module')
def mail() -> Iterator[MailServer]:
    """One of its own, because it refuses letters."""
    with a_mail_server() as server:
        yield server


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with a_portal(tmp_path_factory, mail, EPORTAL_UNDO_FOR='7') as running:
        yield running


@pytest_asyncio.fixture(loop_scope='session')
async def clerk(person: Callable[..., Awaitable[Person]], portal: Portal) -> AsyncIterator[Person]:
    """In English, so that no translation is waited for."""
    somebody = await person(DESK, 'en')
    await let_clerk_in(portal, somebody.context, somebody.home)
    yield somebody


async def search(clerk: Person, typed: str) -> None:
    await clerk.open('/uprava/stranke')
    await clerk.field('typed').press_sequentially(typed, delay=20)


async def open_customer(clerk: Person, customer: Person) -> None:
    await search(clerk, customer.payer_code)
    await clerk.page.locator('#results-of-search a').click()
    await expect(clerk.page.locator('.diagnosis')).to_be_visible()


async def test_a_mistyped_address_is_put_right_and_the_letter_arrives(
    clerk: Person, ana: Person, mail: MailServer, portal: Portal
) -> None:
    mail.answers['RCPT'] = ['550 5.1.1 User unknown']
    await ana.register(email='napacen@primer.si')
    await expect(ana.page.locator('.state.refused')).to_be_visible()

    await open_customer(clerk, ana)
    await expect(clerk.page.locator('.diagnosis')).to_contain_text('The address does not exist.')
    await expect(clerk.page.locator('#timeline')).to_contain_text('550 5.1.1 User unknown')
    await clerk.page.locator('#deed-correct.primary').click()
    await expect(clerk.field('email')).to_have_value('napacen@primer.si')
    await clerk.field('email').fill('ana..@')
    await clerk.page.keyboard.press('Enter')
    await expect(clerk.error('email')).not_to_be_empty()
    await is_accessible(clerk.page)
    await clerk.field('email').fill(ana.email)
    await clerk.page.keyboard.press('Enter')

    await expect(clerk.page.locator('#note')).to_contain_text(ana.email)
    await ana.open(await ana.link(mail))
    await ana.page.locator('#confirm').click()
    await expect(ana.heading).to_have_text('Registracija je potrjena')
    await clerk.page.locator('#refresh').click()
    await expect(clerk.page.locator('.diagnosis.well')).to_contain_text('The access is active')
    views = portal.rows("SELECT detail FROM audit_event WHERE what = 'customer opened' ORDER BY id DESC")
    assert 'phone call' in views[0][0]


async def test_a_letter_can_be_stopped_while_there_is_time(clerk: Person, ana: Person, mail: MailServer) -> None:
    await ana.register()
    await ana.link(mail)
    await open_customer(clerk, ana)

    await clerk.page.locator('#deed-send').click()
    await clerk.page.locator('#undo').click()

    await expect(clerk.page.locator('#note')).to_contain_text('The message was stopped.')
    await clerk.page.wait_for_timeout(8_500)
    assert mail.recipients.count(ana.email) == 1


async def test_everything_can_be_done_by_keyboard(clerk: Person, ana: Person) -> None:
    await clerk.open('/uprava/stranke')
    await expect(clerk.field('typed')).to_be_focused()
    await clerk.page.keyboard.type(ana.payer_code)
    await expect(clerk.page.locator('#results-of-search tbody tr')).to_have_count(1)
    await clerk.page.keyboard.press('Enter')
    await expect(clerk.page.locator('#results-of-search a')).to_be_focused()
    await clerk.page.keyboard.press('Enter')
    await expect(clerk.page.locator('.diagnosis')).to_be_visible()

    await clerk.page.locator('#deed-issue').focus()
    await clerk.page.keyboard.press('Enter')
    await expect(clerk.field('way')).to_be_focused()
    await clerk.page.keyboard.press('Tab')
    await clerk.page.keyboard.press('Enter')

    await expect(clerk.page.locator('#issued')).to_contain_text(ana.payer_code)


async def test_a_frozen_customer_is_out_within_a_second(clerk: Person, ana: Person, mail: MailServer) -> None:
    await ana.become_customer(mail)
    await ana.sign_in()
    await ana.is_signed_in()
    await open_customer(clerk, ana)

    await clerk.page.locator('#deed-freeze').click()
    await expect(clerk.page.locator('.asking:visible')).to_contain_text(f'Janez Novak ({ana.payer_code})')
    await clerk.page.locator('#deed-freeze-yes').click()
    await expect(clerk.page.locator('#note')).to_contain_text('The access is frozen')

    await ana.page.goto('/moj-dostop')
    await ana.page.wait_for_url(lambda url: not url.endswith('/moj-dostop'))


async def test_a_name_with_markup_is_shown_as_text(clerk: Person, ana: Person, portal: Portal) -> None:
    portal.rows('UPDATE customer SET name = ?, address = ? WHERE payer_code = ?', PAYLOAD, PAYLOAD, ana.payer_code)

    await search(clerk, ana.payer_code)
    await expect(clerk.page.locator('#results-of-search a')).to_have_text(PAYLOAD)
    await clerk.page.locator('#results-of-search a').click()

    await expect(clerk.heading).to_have_text(PAYLOAD)
    assert 'owned' not in await clerk.page.title()
    assert await clerk.page.locator('.page img').count() == 0


async def test_what_would_happen_is_told_and_costs_nothing(clerk: Person, ana: Person, portal: Portal) -> None:
    await open_customer(clerk, ana)
    before = portal.rows('SELECT count(*) FROM attempt')

    await clerk.field('control_number').fill(ana.control_number)
    await clerk.page.keyboard.press('Enter')
    await expect(clerk.page.locator('#prospect')).to_contain_text('The code is free')

    await clerk.field('control_number').fill('200')
    await clerk.page.keyboard.press('Enter')
    await expect(clerk.error('control_number')).not_to_be_empty()
    assert portal.rows('SELECT count(*) FROM attempt') == before


async def test_a_refused_letter_is_sent_again_from_its_desk(clerk: Person, ana: Person, mail: MailServer) -> None:
    mail.answers['RCPT'] = ['550 5.2.1 mailbox disabled for now']
    await ana.register()
    await expect(ana.page.locator('.state.refused')).to_be_visible()

    await clerk.open('/uprava/posta')
    await clerk.field('which').select_option('refused')
    await clerk.field('typed').fill(ana.email)
    await expect(clerk.page.locator('tbody tr')).to_have_count(1)
    await expect(clerk.page.locator('tbody tr')).to_contain_text('mailbox disabled for now')
    await clerk.page.locator('tbody button').click()

    await expect(clerk.page.locator('#note')).to_contain_text(ana.email)
    assert await ana.link(mail)


@pytest.mark.parametrize('size', [DESK, PHONE])
async def test_the_desks_are_accessible(clerk: Person, ana: Person, size: tuple[int, int]) -> None:
    await ana.register()
    await clerk.page.set_viewport_size({'width': size[0], 'height': size[1]})

    await search(clerk, ana.payer_code)
    await expect(clerk.page.locator('#results-of-search a')).to_be_visible()
    await is_accessible(clerk.page)
    await clerk.page.locator('#results-of-search a').click()
    await expect(clerk.page.locator('.diagnosis')).to_be_visible()
    await clerk.page.locator('#deed-issue').click()
    await is_accessible(clerk.page)
    await clerk.open('/uprava/posta')
    await is_accessible(clerk.page)
