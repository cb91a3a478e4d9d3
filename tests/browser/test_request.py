"""The request in a browser (manual, 1.2): from the form to the confirmed address, and a clerk's question."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from tests.browser.person import PHONE, Person
from tests.browser.places import a_portal
from tests.browser.test_accessibility import WIDER, is_accessible
from tests.browser.test_keyboard import tab_to
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]
SENT = {'sl': 'Preverite pošto', 'en': 'Check your mail'}


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """All people of these stories sit behind one address."""
    with a_portal(tmp_path_factory, mail, EPORTAL_REQUESTS_PER_ADDRESS_HOUR='100') as running:
        yield running


async def fill_in(somebody: Person, **others: str) -> None:
    entries = {'full_name': f'Jožica Jerančič {somebody.payer_code}', 'address': 'Na Žago 52b', 'email': somebody.email}
    for name, value in (entries | others).items():
        await somebody.field(name).fill(value)


async def is_focused(somebody: Person, text: str) -> None:
    await expect(somebody.heading).to_have_text(text)
    await expect(somebody.heading).to_be_focused()


@pytest.mark.parametrize('language', ['sl', 'en'])
async def test_a_request_is_sent_from_a_phone_and_its_address_confirmed(
    person: Somebody, mail: MailServer, portal: Portal, language: str
) -> None:
    ana = await person(PHONE, language)
    page = await ana.open('/zahtevek')
    await ana.submit.click()
    await expect(ana.summary).to_be_focused()
    assert await ana.summary.locator('a').count() == 3
    await expect(ana.error('address')).not_to_be_empty()
    await ana.summary.locator('a').first.click()
    await expect(ana.field('full_name')).to_be_focused()

    await fill_in(ana, tax_number='12345678', message='Prva vrstica\nDruga vrstica')
    await ana.leave('message')
    await ana.submit.click()
    await expect(ana.error('tax_number')).not_to_be_empty()
    assert await page.evaluate(WIDER) <= 0
    await ana.field('tax_number').fill('50223054')
    await ana.submit.click()
    await is_focused(ana, SENT[language])
    await expect(page.get_by_text(ana.email, exact=True)).to_be_visible()
    assert await page.evaluate('Object.keys(sessionStorage).filter(key => key.startsWith("draft:zahtevek"))') == []
    [[number, message]] = portal.rows('SELECT id, message FROM access_request WHERE email = ?', ana.email)
    assert f'-{number:04d}' not in await page.locator('body').inner_text()
    assert message == 'Prva vrstica\nDruga vrstica'

    phone = await person(PHONE, language)
    await phone.open(await ana.link(mail))
    await phone.page.wait_for_url('**/zahtevek/potrditev')
    await expect(phone.page.get_by_text(f'-{number:04d}')).to_be_visible()
    assert portal.rows('SELECT state FROM access_request WHERE id = ?', number) == [('unconfirmed',)]
    await phone.page.locator('#confirm').click()
    await expect(phone.page.locator('#confirm')).to_be_hidden()
    await expect(phone.heading).to_be_focused()
    assert portal.rows('SELECT state FROM access_request WHERE id = ?', number) == [('new',)]


async def test_what_was_typed_at_the_registration_is_carried_over_but_never_a_password(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.fill_in()
    await page.locator('a[href="/zahtevek"]').last.click()
    await expect(ana.field('email')).to_have_value(ana.email)
    message = await ana.field('message').input_value()
    assert ana.payer_code in message
    assert ana.control_number in message
    everything = await page.locator('input, textarea').evaluate_all('fields => fields.map(f => f.value).join()')
    assert ana.right_entries['password'] not in everything

    await ana.field('message').fill('')
    await ana.field('email').fill('druga@primer.si')
    await ana.leave('email')
    await page.reload()
    await expect(ana.field('email')).to_have_value('druga@primer.si')
    await expect(ana.field('message')).to_have_value('')


async def test_the_draft_is_kept_but_not_the_tax_number(ana: Person) -> None:
    page = await ana.open('/zahtevek')
    await fill_in(ana, tax_number='50223054', metering_point='OM-700000', phone='041 123 456')
    await page.reload()

    await expect(ana.field('metering_point')).to_have_value('OM-700000')
    await expect(ana.field('phone')).to_have_value('041 123 456')
    await expect(ana.field('tax_number')).to_have_value('')
    assert '50223054' not in await page.evaluate('JSON.stringify(sessionStorage)')


async def test_a_mistyped_mailbox_is_offered_right(ana: Person) -> None:
    await ana.open('/zahtevek')
    await ana.field('email').fill('ana@gmial.com')
    await ana.leave('email')
    await ana.page.get_by_role('button', name='ana@gmail.com').click()

    await expect(ana.field('email')).to_have_value('ana@gmail.com')


async def test_the_pages_are_accessible_in_every_state(ana: Person, mail: MailServer, portal: Portal) -> None:
    page = await ana.open('/zahtevek')
    await is_accessible(page)
    await page.set_viewport_size({'width': 360, 'height': 740})
    await page.locator('summary').click()
    await fill_in(ana, tax_number='12345678')
    await ana.leave('email')
    await ana.submit.click()
    await expect(ana.summary).to_be_visible()
    await is_accessible(page)
    await ana.field('tax_number').fill('')
    await ana.submit.click()
    await is_focused(ana, SENT['sl'])
    await is_accessible(page)
    link = await ana.link(mail)
    await ana.open(link)
    await expect(page.locator('#confirm')).to_be_visible()
    await is_accessible(page)
    await page.locator('#confirm').click()
    await expect(page.locator('#confirm')).to_be_hidden()
    await is_accessible(page)
    await ana.open(addition(portal, ana.email, link))
    await expect(ana.field('message')).to_be_visible()
    await ana.submit.click()
    await expect(ana.error('message')).not_to_be_empty()
    await is_accessible(page)


async def test_the_whole_way_needs_no_mouse(ana: Person, mail: MailServer) -> None:
    page, press, write = await ana.open('/zahtevek'), ana.page.keyboard.press, ana.page.keyboard.type
    for name, value in (('full_name', 'Ana'), ('address', 'Ulica 1'), ('email', ana.email)):
        await tab_to(page, name)
        await write(value)
    await press('Enter')
    await is_focused(ana, SENT['sl'])
    await ana.open(await ana.link(mail))
    await tab_to(page, 'confirm')
    await press('Space')
    await expect(page.locator('#confirm')).to_be_hidden()
    await expect(ana.heading).to_be_focused()


async def test_this_was_not_me_is_one_quiet_press(ana: Person, mail: MailServer, portal: Portal) -> None:
    await ana.open('/zahtevek')
    await fill_in(ana)
    await ana.submit.click()
    await is_focused(ana, SENT['sl'])

    await ana.open(await ana.link(mail))
    await ana.page.locator('#decline').click()

    await expect(ana.page.locator('#decline')).to_be_hidden()
    assert portal.rows('SELECT state FROM access_request WHERE email = ?', ana.email) == [('rejected',)]


async def test_a_question_is_answered_once(ana: Person, mail: MailServer, portal: Portal) -> None:
    await ana.open('/zahtevek')
    await fill_in(ana, metering_point='OM-700000')
    await ana.submit.click()
    await is_focused(ana, SENT['sl'])
    address = addition(portal, ana.email, await ana.link(mail))

    page = await ana.open(address)
    await expect(page.get_by_text('Kje stoji hiša?')).to_be_visible()
    await expect(ana.field('metering_point')).to_have_count(0)
    await ana.field('message').fill('Za cerkvijo.')
    await ana.leave('message')
    await page.reload()
    await expect(ana.field('message')).to_have_value('Za cerkvijo.')
    await ana.submit.click()
    await expect(ana.field('message')).to_have_count(0)
    await expect(ana.heading).to_be_focused()

    [[state, number]] = portal.rows('SELECT state, id FROM access_request WHERE email = ?', ana.email)
    notes = portal.rows("SELECT text FROM request_note WHERE request_id = ? AND kind = 'addition'", number)
    assert (state, notes) == ('reopened', [('Za cerkvijo.',)])
    await page.reload()
    await expect(ana.heading).to_be_visible()
    await expect(ana.field('message')).to_have_count(0)


def addition(portal: Portal, email: str, link: str) -> str:
    """The path of a clerk's question to this person, by the link that the receipt brought."""
    [[number]] = portal.rows('SELECT id FROM access_request WHERE email = ?', email)
    now = datetime.now(UTC).isoformat(sep=' ')
    portal.rows("UPDATE link SET purpose = 'addition', used_at = NULL WHERE request_id = ?", number)
    portal.rows("UPDATE access_request SET state = 'waiting' WHERE id = ?", number)
    portal.rows(
        "INSERT INTO request_note (request_id, at, kind, text) VALUES (?, ?, 'question', 'Kje stoji hiša?')",
        number,
        now,
    )
    return '/zahtevek/dopolnitev/' + link.rsplit('/', 1)[1]
