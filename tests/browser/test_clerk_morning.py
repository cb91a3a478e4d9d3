"""A clerk's morning at the queue of requests: answered, asked, rejected, printed."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.desk import QUEUE, Somebody, a_clerk, a_request, emptied, letter_to, tag, who_is_found
from tests.browser.person import PHONE
from tests.browser.places import a_portal
from tests.mail_server import MailServer
from tests.portal import Portal
from tests.world import PASSWORD, text_of

pytestmark = pytest.mark.asyncio(loop_scope='session')

UNDO_SECONDS = 5


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One where a deed is final after five seconds: the tests wait for letters."""
    with a_portal(tmp_path_factory, mail, EPORTAL_UNDO_FOR=str(UNDO_SECONDS)) as running:
        yield running


@pytest.fixture(autouse=True)
def empty_queue(portal: Portal) -> None:
    emptied(portal)


@pytest.mark.parametrize('language', ['sl', 'en'])
async def test_a_request_is_answered_in_three_clicks_and_the_customer_registers(
    person: Somebody, portal: Portal, mail: MailServer, language: str
) -> None:
    ana = await person(PHONE, language)
    name = who_is_found(portal, ana, f'OM-{ana.payer_code}')
    number = a_request(portal, name.upper(), metering_point=f'om {ana.payer_code}', email=ana.email, language=language)
    marija = await a_clerk(person, portal, language=language)
    page = await marija.open('/uprava')

    await page.locator(f'#open-{number}').click()
    await page.locator('#take').click()
    await expect(page.locator('#give-back')).to_be_visible()
    await page.locator('#answer').click()

    await expect(page.locator('#undo')).to_be_visible()
    text = text_of(await letter_to(mail, ana.email))
    control_number = re.search(r'(?:številka|number): (\d{9})$', text, re.MULTILINE)
    assert control_number
    assert f': {ana.payer_code}\n' in text
    ana.control_number = control_number[1]
    mail.recipients[mail.recipients.index(ana.email)] = ''  # read
    await ana.register()
    await ana.open(await ana.link(mail))
    await ana.page.locator('#confirm').click()
    await ana.sign_in(PASSWORD)
    await ana.is_signed_in()


async def test_the_time_to_take_it_back_runs_out_without_touching_what_is_typed(
    person: Somebody, portal: Portal
) -> None:
    marija = await a_clerk(person, portal)
    number = a_request(portal)
    page = await marija.open(f'{QUEUE}/{number}')
    await page.locator('#open-ask').click()
    await page.locator('#question').fill('Kje?')
    await page.locator('.ending [type=submit]').click()
    await expect(page.locator('#undo')).to_be_visible()

    await page.locator('#note').fill('Poklicati jutri')
    await expect(page.locator('#undo')).not_to_be_attached()

    await expect(page.locator('#note')).to_have_value('Poklicati jutri')
    await expect(page.locator('#note')).to_be_focused()


async def test_a_rejection_needs_a_reason_or_is_silent(person: Somebody, portal: Portal, mail: MailServer) -> None:
    marija = await a_clerk(person, portal)
    first, second = a_request(portal, email='prvi@primer.si'), a_request(portal, 'Drugi', email='drugi@primer.si')
    page = await marija.open(f'{QUEUE}/{first}')

    await page.locator('#open-reject').click()
    await page.locator('.ending [type=submit]').click()
    await expect(page.locator('#reason-error')).not_to_be_empty()
    await page.locator('#reason').fill('Tega naslova ne oskrbujemo.')
    await page.locator('.ending [type=submit]').click()
    await expect(tag(page)).to_have_text('Rejected')
    assert 'Tega naslova ne oskrbujemo.' in text_of(await letter_to(mail, 'prvi@primer.si'))

    await page.locator(f'#open-{second}').click()
    await expect(page.locator('#detail')).to_have_text('Drugi')
    await page.locator('#open-reject').click()
    await page.locator('#reject-silently').click()
    await expect(page.get_by_text('Reject the request of Drugi?')).to_be_visible()
    await page.locator('#reject-silently-yes').click()
    await expect(tag(page)).to_have_text('Rejected')
    assert portal.rows('SELECT count(*) FROM letter WHERE request_id = ?', second) == [(0,)]


async def test_an_answer_is_printed_and_fits_the_window(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    name = who_is_found(portal, marija, 'OM-2')
    number = a_request(portal, name, metering_point='OM-2', email=None, confirmed_at=None)
    page = await marija.open(f'{QUEUE}/{number}')

    await page.locator('#paper').click()
    await page.locator('#paper-yes').click()

    await page.wait_for_url('**/natis')
    await expect(page.locator('.numbers dd').first).to_have_text(marija.payer_code)
    await page.emulate_media(media='print')
    await expect(page.locator('header')).to_be_hidden()
    await expect(page.locator('#print')).to_be_hidden()
    box = await page.locator('.recipient').bounding_box()
    assert box
    assert 40 <= box['y'] / 96 * 25.4 <= 60  # millimetres: the window of a C5/6 envelope
    await page.emulate_media(media='screen')
    assert portal.rows("SELECT count(*) FROM audit_event WHERE what = 'answer printed'")[0][0] >= 1


async def test_a_new_request_shows_up_by_itself_and_disturbs_nobody(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    first = a_request(portal)
    page = await marija.open(QUEUE)
    await page.locator(f'#open-{first}').focus()

    second = a_request(portal, 'Nova Stranka')

    await expect(page.locator(f'#open-{second}')).to_be_visible(timeout=15_000)
    await expect(page.locator(f'#open-{first}')).to_be_focused()
