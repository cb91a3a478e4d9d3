"""What else is asked: drawn only where it is, and revealed by a submit without losing anything."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from playwright.async_api import expect

from tests.browser.person import DESK, PHONE, Person
from tests.browser.places import a_portal
from tests.browser.test_accessibility import is_accessible
from tests.mail_server import MailServer
from tests.portal import Portal
from tests.world import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]

SEVEN = ['payer_code', 'email', 'control_number', 'password', 'repeated', 'captcha', 'consent']
ASK_FOR_AMOUNT = 'Vpišite še znesek za plačilo: na istem računu stoji ob napisu »Za plačilo«.'


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One failed proof uses up its budget."""
    with a_portal(tmp_path_factory, mail, EPORTAL_PROOFS_PER_DAY='1') as running:
        running.add_customer('999999', '999999999')
        yield running


@pytest.fixture(autouse=True)
def nobody_has_guessed_yet(portal: Portal) -> None:
    portal.rows('DELETE FROM attempt')


async def test_nothing_is_asked_but_the_seven_fields_of_the_manual(ana: Person) -> None:
    await ana.open('/registracija')
    await ana.page.wait_for_timeout(500)

    assert await fields_of(ana) == SEVEN


async def test_a_submit_reveals_the_field_and_loses_nothing(person: Somebody) -> None:
    ana, robber = await person(PHONE), await person(DESK)
    page = await ana.open('/registracija')
    await ana.fill_in()
    picture = await ana.field('captcha-picture').get_attribute('src')
    await guess(robber)

    await ana.submit.click()

    await expect(ana.summary).to_be_focused()
    assert await ana.summary.locator('a').all_inner_texts() == [ASK_FOR_AMOUNT]
    await expect(ana.error('amount_due')).to_have_text(ASK_FOR_AMOUNT)
    await expect(ana.field('amount_due')).to_have_attribute('aria-invalid', 'true')
    assert await fields_of(ana) == [*SEVEN[:3], 'amount_due', *SEVEN[3:]]
    for name, value in ana.right_entries.items():
        await expect(ana.field(name)).to_have_value(value)
    await expect(ana.field('consent')).to_be_checked()
    await expect(ana.field('captcha-picture')).to_have_attribute('src', picture or '')
    await ana.summary.get_by_role('link').click()
    await expect(ana.field('amount_due')).to_be_focused()
    await page.keyboard.type('41,25 €')
    await page.keyboard.press('Enter')
    await page.wait_for_url('**/preverite-posto')


async def test_a_page_opened_meanwhile_asks_at_once_and_its_drawings_show_where(person: Somebody) -> None:
    ana, robber = await person(DESK), await person(DESK)
    await guess(robber)

    page = await ana.open('/registracija')

    await expect(ana.field('amount_due')).to_be_visible()
    assert await ana.field('amount_due').get_attribute('inputmode') == 'decimal'
    assert 'amount_due-hint' in (await ana.field('amount_due').get_attribute('aria-describedby') or '')
    assert await page.locator('.invoice', has_text='Za plačilo').count() == 2
    await expect(page.get_by_role('img', name='129,70 €: to je znesek za plačilo.')).to_be_visible()
    await expect(page.get_by_text('Prepišite vse z istega računa.').last).to_be_visible()
    await ana.field('amount_due').fill('pet')
    await ana.leave('amount_due')
    await expect(ana.error('amount_due')).to_contain_text('Znesek vpišite v evrih in centih, na primer 129,70.')
    await ana.field('amount_due').fill('5')
    await expect(ana.error('amount_due')).to_be_empty()


async def test_the_amount_survives_a_reload_and_a_wrong_one_is_told_like_any_failure(person: Somebody) -> None:
    ana, robber = await person(PHONE), await person(DESK)
    await guess(robber)
    await ana.open('/registracija')
    await expect(ana.field('amount_due')).to_be_visible()
    await ana.fill_in(amount_due='41,26')
    await ana.page.reload()
    await expect(ana.field('amount_due')).to_have_value('41,26')
    await ana.fill_in(amount_due='41,26')

    await ana.submit.click()

    await expect(ana.summary).to_contain_text('Podatkov ne moremo potrditi.')
    assert await ana.page.locator('[aria-invalid]').count() == 0
    await expect(ana.field('password')).to_have_value(PASSWORD)


async def test_the_revealed_field_is_accessible(person: Somebody) -> None:
    ana, robber = await person(PHONE), await person(DESK)
    page = await ana.open('/registracija')
    await ana.fill_in()
    await guess(robber)
    await ana.submit.click()
    await expect(ana.error('amount_due')).not_to_be_empty()
    await page.locator('.fold summary').click()

    await is_accessible(page)


async def guess(robber: Person) -> None:
    await robber.open('/registracija')
    await robber.fill_in(payer_code='555555', control_number='100000001')
    await robber.submit.click()
    await expect(robber.summary).to_contain_text('Podatkov ne moremo potrditi.')


async def fields_of(ana: Person) -> list[str]:
    """In the order in which they stand on the page."""
    names = await ana.page.locator('form [data-field]').evaluate_all('all => all.map(e => e.dataset.field)')
    return [str(name) for name in names]
