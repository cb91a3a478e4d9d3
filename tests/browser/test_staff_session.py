"""Staff who do nothing are signed out in time, are told before, and lose nothing that they typed."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.person import DESK, Person
from tests.browser.places import a_portal
from tests.browser.test_staff_sign_in import invited, next_code, set_up, sign_in
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')


@pytest.fixture(scope='module')
def impatient(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with a_portal(tmp_path_factory, mail, EPORTAL_STAFF_SESSION_IDLE='9') as running:
        yield running


@pytest_asyncio.fixture(loop_scope='session')
async def vida(chromium: Browser, impatient: Portal) -> AsyncIterator[Person]:
    """Where staff are signed out after nine seconds."""
    somebody = await Person(impatient, chromium, DESK, 'en').sit_down()
    yield somebody
    await somebody.context.close()
    assert somebody.troubles == []


async def test_a_session_warns_and_what_was_typed_outlives_it(vida: Person, impatient: Portal) -> None:
    secret = await set_up(vida, invited(impatient, vida.email))
    page = await vida.open('/uprava/prijava')
    await sign_in(vida, vida.email, next_code(secret))
    await page.wait_for_url('**/uprava/zahtevki')
    await vida.open('/uprava/zaposleni')
    await vida.field('name').fill('Jože Črnič')

    await expect(page.locator('#stay')).to_be_focused()
    await page.locator('#stay').click()
    await expect(page.locator('#stay')).to_be_hidden()
    await expect(page.locator('#stay')).to_be_visible()
    await page.wait_for_url('**/uprava/prijava?potek*')
    await expect(page.locator('.card.state')).to_contain_text('What you typed is kept')
    [code, *_rest] = await recovery_codes(vida, impatient)
    await sign_in(vida, vida.email, code)

    await page.wait_for_url('**/uprava/zaposleni')
    await expect(vida.field('name')).to_have_value('Jože Črnič')


async def recovery_codes(person: Person, portal: Portal) -> list[str]:
    """One that the test puts beside the portal: the next code of the phone is half a minute away."""
    from domain.keys import keyed_hash
    from domain.staff.second_factor import CODE_LENGTH, READABLE

    [[staff_id]] = portal.rows('SELECT id FROM staff WHERE email = ?', person.email)
    code = READABLE[:CODE_LENGTH]
    portal.rows(
        'INSERT INTO recovery_code (staff_id, code_hash) VALUES (?, ?)', staff_id,
        keyed_hash('staff recovery code', f'{staff_id}\0{code}'),
    )  # fmt: skip
    return [code]
