from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.attacks.staff import NEW, REFUSED, a_member, desk, let_in, on_record, opens, was_added
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]


async def test_rule_32_who_is_disabled_is_out_within_a_second_in_open_pages_too(
    portal: Portal, browsers: Browsers
) -> None:
    victim, chief = browsers(), browsers()
    member = a_member(portal, 'administrator')
    stolen = let_in(portal, victim, member)
    let_in(portal, chief, a_member(portal, 'administrator'))
    open_page = await desk(victim, '/uprava/zaposleni', 'zaposleni')
    page = await desk(chief, '/uprava/zaposleni', f'staff-{member.staff_id}')

    await page.do(f'staff-{member.staff_id}', 'click')
    await page.do('disable', 'click')
    await page.do('disable-yes', 'click')
    await page.until(lambda: 'is disabled and signed out' in page.whole_text)

    assert not await opens(portal, stolen)
    await open_page.script('location.replace("/uprava/prijava?potek', 1.5)
    await open_page.do('zaposleni', 'submit', NEW)
    await open_page.until(lambda: REFUSED in open_page.whole_text)
    assert not was_added(portal)


@pytest.mark.parametrize(('column', 'minutes', 'in_still'), [
    ('last_seen_at', 14, True), ('last_seen_at', 16, False), ('started_at', 8 * 60 - 1, True),
    ('started_at', 8 * 60 + 1, False),
])  # fmt: skip
async def test_rule_30_a_session_ends_for_pages_and_for_events(
    portal: Portal, browser: Browser, column: str, minutes: int, in_still: bool
) -> None:
    member = a_member(portal, 'administrator')
    token = let_in(portal, browser, member)
    page = await desk(browser, '/uprava/sled', 'export')
    portal.rows(f'UPDATE staff_session SET {column} = ? WHERE staff_id = ?', ago(minutes=minutes), member.staff_id)

    await page.do('export', 'click')
    await page.until(lambda: 'The file holds' in page.whole_text or REFUSED in page.whole_text)

    assert ('The file holds' in page.whole_text) is in_still
    assert await opens(portal, token) is in_still


async def test_rule_31_signing_out_ends_the_cookie_and_the_other_tabs(portal: Portal, browser: Browser) -> None:
    member = a_member(portal, 'administrator')
    stolen = let_in(portal, browser, member)
    first, second = [await desk(browser, '/uprava/sled', 'export') for _ in range(2)]

    await first.do('sign-out', 'click')

    await first.script('eportal.leave("/uprava/odjava", "/uprava/prijava")')
    assert not await opens(portal, stolen)
    await second.script('location.replace("/uprava/prijava?potek', 2)
    await second.do('export', 'click')
    await second.until(lambda: REFUSED in second.whole_text)
    assert len(on_record(portal, 'signed out', member.actor)) == 1


async def test_rule_31_leaving_by_http_needs_the_own_page(portal: Portal, browser: Browser) -> None:
    stolen = let_in(portal, browser, a_member(portal))
    foreign = await browser.http.post('/uprava/odjava', headers={'Origin': 'https://evil.example'})
    assert foreign.status_code == 403
    assert await opens(portal, stolen)

    answer = await browser.http.post('/uprava/odjava', headers={'Origin': portal.url})

    assert answer.status_code == 204
    assert 'storage' in answer.headers['clear-site-data']
    assert not await opens(portal, stolen)


def ago(**how_long: float) -> str:
    return (datetime.now(UTC) - timedelta(**how_long)).strftime('%Y-%m-%d %H:%M:%S.%f+00:00')
