import asyncio
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import domain.staff
from domain.staff.permission import Officer
from tests.attacks.deeds import Payer, confirmed, quiet
from tests.attacks.deeds import sign_in as customer_signs_in
from tests.attacks.staff import (
    DESKS,
    NEW,
    PASSWORD,
    REFUSED,
    a_member,
    desk,
    let_in,
    on_record,
    opening,
    opens,
    was_added,
)
from tests.attacks.wire import says, wire
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]
ROOT = Path(__file__).parent.parent.parent


async def test_rule_28_forged_cookies_open_nothing(portal: Portal, browser: Browser) -> None:
    own = let_in(portal, browser, a_member(portal))
    assert await opens(portal, own)

    [[digest]] = portal.rows('SELECT token_hash FROM staff_session ORDER BY id DESC LIMIT 1')
    edited = own[:-1] + ('A' if own[-1] != 'A' else 'B')
    for forged in (edited, own[:-1], own.swapcase(), digest, '', 'x' * 43, "' OR 1=1--", '1', 'x' * 9_000):
        with quiet(portal):
            assert not await opens(portal, forged)


async def test_rule_55_a_customers_cookie_opens_no_desk(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await confirmed(browser, payer, mail)
    await browser.enter(await customer_signs_in(browser, payer))
    for path in DESKS:
        answer = await browser.http.get(path)
        assert (answer.status_code, answer.headers['location'].split('?')[0]) == (303, '/uprava/prijava')

    customer = str(browser.http.cookies['eportal'])
    assert not await opens(portal, customer)
    browser.http.cookies.set('eportal-uprava', customer, domain='127.0.0.1')
    assert (await browser.http.get('/uprava/zahtevki')).status_code == 303


async def test_rule_55_a_staff_cookie_is_no_customers(portal: Portal, browser: Browser) -> None:
    token = let_in(portal, browser, a_member(portal, 'administrator'))
    browser.http.cookies.set('eportal', token, domain='127.0.0.1')

    assert (await browser.http.get('/moj-dostop')).status_code == 303


async def test_rule_55_a_socket_of_the_sign_in_page_draws_no_desk(portal: Portal, browser: Browser) -> None:
    page = await browser.open('/uprava/prijava')
    for path in DESKS[2:]:
        await page.socket.emit('event', opening(page, path))
    await page.script('location.replace("/uprava/prijava?nazaj=')

    await asyncio.sleep(0.3)
    assert not page.named('zaposleni')
    assert not page.named('export')


async def test_rule_55_a_customers_socket_on_the_handlers_of_staff_is_refused_and_on_record(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    """The page of an administrator whose session has ended, in the browser of somebody who is a customer, too."""
    await confirmed(browser, payer, mail)
    await browser.enter(await customer_signs_in(browser, payer))
    member = a_member(portal, 'administrator')
    let_in(portal, browser, member)
    page = await desk(browser, '/uprava/zaposleni', 'zaposleni')
    trail = await desk(browser, '/uprava/sled', 'export')
    portal.rows('UPDATE staff_session SET ended_at = started_at WHERE staff_id = ?', member.staff_id)
    [[account]] = portal.rows('SELECT max(id) FROM account')

    await page.do('zaposleni', 'submit', NEW)
    await trail.do('export', 'click')
    await trail.do('verify', 'click')
    await page.until(lambda: REFUSED in page.whole_text)
    await asyncio.sleep(0.5)

    deeds = [detail for _actor, _about, detail in on_record(portal, 'refused', f'account:{account}')]
    assert ['add' in deeds[0], 'exported' in deeds[1], 'verified' in deeds[2]] == [True] * 3
    assert not was_added(portal)
    assert not [script for script in trail.scripts if 'createObjectURL' in script]


async def test_rule_55_nobody_without_a_cookie_uses_a_page_that_is_open_still(portal: Portal, browser: Browser) -> None:
    member = a_member(portal, 'administrator')
    let_in(portal, browser, member)
    page = await desk(browser, '/uprava/zaposleni', 'zaposleni')
    portal.rows('DELETE FROM staff_session WHERE staff_id = ?', member.staff_id)
    before = len(on_record(portal, 'refused', 'nobody'))

    await page.do('zaposleni', 'submit', NEW)
    await page.until(lambda: REFUSED in page.whole_text)

    assert len(on_record(portal, 'refused', 'nobody')) == before + 1
    assert not was_added(portal)


@pytest.mark.parametrize('path', ['/uprava/zaposleni', '/uprava/sled'])
async def test_rule_55_a_clerk_opens_no_desk_of_administrators(portal: Portal, browser: Browser, path: str) -> None:
    clerk = a_member(portal)
    let_in(portal, browser, clerk)
    browser.http.cookies.set('eportal-language', 'en', domain='127.0.0.1')

    page = await browser.open(path)
    await page.until(lambda: REFUSED in page.whole_text)

    assert not page.named('zaposleni')
    assert on_record(portal, 'refused', clerk.actor)
    assert PASSWORD not in page.whole_text


async def test_rule_55_who_was_made_a_clerk_does_no_deed_of_administrators(portal: Portal, browser: Browser) -> None:
    member = a_member(portal, 'administrator')
    let_in(portal, browser, member)
    page = await desk(browser, '/uprava/zaposleni', 'zaposleni')
    portal.rows("UPDATE staff SET role = 'clerk' WHERE id = ?", member.staff_id)

    await page.do('zaposleni', 'submit', NEW)
    await page.until(lambda: REFUSED in page.whole_text)

    assert len(on_record(portal, 'refused', member.actor)) == 1
    assert not was_added(portal)


async def test_rule_39_a_page_of_staff_takes_nothing_from_another_socket(portal: Portal, browsers: Browsers) -> None:
    home, mallory = browsers(), browsers()
    let_in(portal, home, a_member(portal, 'administrator'))
    page = await desk(home, '/uprava/zaposleni', 'zaposleni')
    other = await mallory.load('/')

    async with wire(other, client_id=page.client_id) as socket:
        assert 'failed' in await says(socket, '40')
    [listener] = page.listeners('zaposleni', 'submit')
    await (await mallory.open('/')).socket.emit('event', page.frame('zaposleni', listener, NEW))
    await asyncio.sleep(0.5)

    assert not was_added(portal)


def test_rule_55_every_service_for_staff_asks_for_a_role() -> None:
    """What lacks it is a part of services: it stands in no page."""
    pages = ''.join(file.read_text(encoding='utf-8') for file in (ROOT / 'ui').rglob('*.py'))
    services = [function for module in modules_of_staff() for function in for_officers(module)]
    unguarded = [service for service in services if not hasattr(service, 'needs')]

    assert len(services) - len(unguarded) > 10
    assert [s.__qualname__ for s in unguarded if re.search(rf'\b{s.__name__}\(', pages)] == []
    assert [s.__qualname__ for s in services if hasattr(s, 'needs') and not inspect.iscoroutinefunction(s)] == []


def modules_of_staff() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(domain.staff.__path__):
        yield importlib.import_module(f'domain.staff.{found.name}')


def for_officers(module: ModuleType) -> Iterator[Any]:
    """Public functions of this module whose first parameter is who calls them."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        first = next(iter(inspect.signature(function).parameters.values()), None)
        own = function.__module__ == module.__name__ and not name.startswith('_')
        if own and first is not None and first.annotation in (Officer, 'Officer'):
            yield function
