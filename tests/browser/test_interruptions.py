"""A tunnel, a lift, a server that is started again: what was typed stays."""

from collections.abc import Iterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.person import Person
from tests.browser.places import a_portal
from tests.mail_server import MailServer
from tests.portal import Portal
from tests.world import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope='session')

GAP_SECONDS = 12.0  # longer than the 9 s after which NiceGUI's own default would have given the page up


@pytest.fixture
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One of its own for each test, that may be stopped: what one of them left behind is no other's trouble."""
    with a_portal(tmp_path_factory, mail) as running:
        yield running


@pytest_asyncio.fixture(loop_scope='session')
async def ana(ana: Person, portal: Portal) -> Person:
    """Not at »localhost«: for that name the socket's script does not notice that the network is gone."""
    ana.expects('ERR_INTERNET_DISCONNECTED', 'ERR_CONNECTION_REFUSED', 'WebSocket')
    ana.home = portal.url
    await ana.open(f'{portal.url}/registracija')
    await ana.fill_in()
    return ana


async def test_a_gap_in_the_network_keeps_everything_typed_and_both_passwords(ana: Person) -> None:
    page = ana.page
    await ana.field('control_number').fill('12')
    await page.evaluate('window.stillHere = true')

    await ana.context.set_offline(True)
    await expect(page.get_by_text('Povezava je prekinjena.')).to_be_visible()
    await ana.field('control_number').fill(ana.control_number)
    await page.wait_for_timeout(GAP_SECONDS * 1000)
    await ana.context.set_offline(False)

    await expect(page.get_by_text('Povezava je prekinjena.')).to_be_hidden(timeout=15_000)
    for name, value in ana.right_entries.items():
        await expect(ana.field(name)).to_have_value(value)
    assert await page.evaluate('window.stillHere')
    await ana.submit.click()
    await expect(ana.heading).to_have_text('Preverite pošto')


async def test_a_press_without_a_network_is_sent_once_it_is_back(ana: Person, mail: MailServer) -> None:
    await ana.context.set_offline(True)

    await ana.submit.click()
    await ana.submit.click()
    await ana.page.wait_for_timeout(1000)
    await ana.context.set_offline(False)

    await expect(ana.heading).to_have_text('Preverite pošto', timeout=15_000)
    await ana.letter_is_sent()
    assert mail.recipients.count(ana.email) == 1


async def test_a_restart_of_the_server_keeps_what_is_not_secret(ana: Person, portal: Portal) -> None:
    page = ana.page
    await page.evaluate('window.before = true')

    portal.stop()
    portal.start_again()

    await page.wait_for_function('window.before === undefined', timeout=20_000)
    for name in ('payer_code', 'email', 'control_number'):
        await expect(ana.field(name)).to_have_value(ana.right_entries[name])
    await expect(ana.field('consent')).to_be_checked()
    await ana.field('password').fill(PASSWORD)
    await ana.field('repeated').fill(PASSWORD)
    await ana.field('captcha').fill('aT4eD')
    await ana.submit.click()
    await expect(ana.heading).to_have_text('Preverite pošto')
