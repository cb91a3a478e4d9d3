"""A second proof that an installation asks everybody for: drawn from the beginning."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from domain.keys import tax_number_hash
from tests.browser.person import Person
from tests.browser.places import a_portal
from tests.browser.test_accessibility import is_accessible
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with a_portal(tmp_path_factory, mail, EPORTAL_SECOND_PROOF='tax_number') as running:
        yield running


async def test_the_tax_number_is_asked_after_the_control_number_and_opens(ana: Person, portal: Portal) -> None:
    portal.rows(
        'UPDATE customer SET tax_number_hmac = ? WHERE payer_code = ?', tax_number_hash('50223054'), ana.payer_code
    )

    await ana.register(tax_number='SI 5022 3054')

    await expect(ana.heading).to_have_text('Preverite pošto')


async def test_a_mistyped_tax_number_is_found_out_when_it_is_left(ana: Person) -> None:
    await ana.open('/registracija')
    await ana.field('tax_number').fill('50223055')
    await ana.leave('tax_number')

    await expect(ana.error('tax_number')).to_have_text('V davčni številki je napaka. Preverite števke.')
    await is_accessible(ana.page)


async def test_the_tax_number_leaves_nothing_in_the_browser(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.field('payer_code').fill(ana.payer_code)
    await ana.field('tax_number').fill('50223054')

    kept = await page.evaluate('Object.entries(sessionStorage).concat(Object.entries(localStorage)).join()')

    assert ana.payer_code in kept
    assert '50223054' not in kept


async def test_the_drawing_shows_no_place_for_what_is_not_on_the_invoice(ana: Person) -> None:
    page = await ana.open('/registracija')

    await expect(page.locator('.invoice .mark')).to_have_count(4)  # two numbers, beside the form and in its fold
    await expect(ana.field('tax_number')).to_be_visible()
