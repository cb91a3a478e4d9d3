"""The link in the answer to a request (manual, 1.2): both numbers stand there, and the rest follows 1.1."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.async_api import expect

from domain import control_numbers, links
from tests.browser.person import PHONE, Person
from tests.browser.test_accessibility import is_accessible
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]


@pytest.mark.parametrize('language', ['sl', 'en'])
async def test_an_invitation_opens_the_registration_filled_in_and_leads_to_access(
    person: Somebody, mail: MailServer, portal: Portal, language: str
) -> None:
    ana = await person(PHONE, language)
    number, address = issued(portal, ana.payer_code)

    page = await ana.open(address)
    await expect(ana.field('payer_code')).to_have_value(ana.payer_code)
    await expect(ana.field('control_number')).to_have_value(number)
    await page.wait_for_url('**/vabilo')
    await page.reload()
    await expect(ana.field('control_number')).to_have_value(number)
    await is_accessible(page)
    for name in ('email', 'password', 'repeated', 'captcha'):
        await ana.field(name).fill(ana.right_entries[name])
    await ana.field('consent').check()
    await ana.submit.click()
    await page.wait_for_url('**/preverite-posto')
    await ana.open(await ana.link(mail))
    await page.locator('#confirm').click()
    await expect(page.locator('#confirm')).to_be_hidden()
    await ana.sign_in()
    await ana.is_signed_in()

    used = 'SELECT used_at IS NOT NULL FROM issued_control_number WHERE customer_id IN (SELECT id FROM customer WHERE '
    assert portal.rows(used + 'payer_code = ?)', ana.payer_code) == [(1,)]
    somebody = await person(PHONE, language)
    await somebody.open(address)
    await expect(somebody.field('invitation')).not_to_be_empty()
    await expect(somebody.field('control_number')).to_have_value('')


def issued(portal: Portal, payer_code: str) -> tuple[str, str]:
    """A number and the path of its link, as staff would issue them; the portal has the keys of the tests."""
    identity, now = uuid4(), datetime.now(UTC)
    number, token = control_numbers.number(identity), links.token(identity)
    portal.rows(
        'INSERT INTO issued_control_number (id, number_hash, token_hash, customer_id, issued_at, valid_until) '
        'SELECT ?, ?, ?, id, ?, ? FROM customer WHERE payer_code = ?',
        str(identity), control_numbers.number_hash(payer_code, number), links.hash_of(token),
        now.isoformat(sep=' '), (now + timedelta(days=21)).isoformat(sep=' '), payer_code,
    )  # fmt: skip
    return number, f'/vabilo/{token}'
