"""A clerk takes a deed back; there is a minute for it here, however slow the machine."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.desk import QUEUE, Somebody, a_clerk, a_request, emptied, who_is_found
from tests.browser.places import a_portal
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with a_portal(tmp_path_factory, mail, EPORTAL_UNDO_FOR='60') as running:
        yield running


@pytest.fixture(autouse=True)
def empty_queue(portal: Portal) -> None:
    emptied(portal)


async def test_an_answer_is_taken_back(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    name = who_is_found(portal, marija, 'OM-1')
    number = a_request(portal, name, metering_point='OM-1', email='nazaj@primer.si')
    page = await marija.open(f'{QUEUE}/{number}')

    await page.locator('#answer').click()
    await page.locator('#undo').click()

    await expect(page.locator('#answer')).to_be_visible()
    letters = "SELECT state FROM letter WHERE recipient = 'nazaj@primer.si' ORDER BY id DESC LIMIT 1"
    assert portal.rows(letters) == [('withdrawn',)]  # which no sender ever takes up


async def test_what_was_asked_comes_back_when_it_is_undone(person: Somebody, portal: Portal) -> None:
    marija = await a_clerk(person, portal)
    number = a_request(portal)
    page = await marija.open(f'{QUEUE}/{number}')
    await page.locator('#open-ask').click()
    await page.locator('.ready-made button').first.click()
    asked = await page.locator('#question').input_value()
    assert asked
    await page.locator('.ending [type=submit]').click()
    await page.locator('#undo').click()
    await expect(page.locator('#undo')).not_to_be_attached()

    await page.locator('#open-ask').click()

    await expect(page.locator('#question')).to_have_value(asked)
