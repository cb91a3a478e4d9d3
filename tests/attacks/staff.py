"""Staff at the running portal: put into its database, signed in by password and code over the socket."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from domain import passwords
from domain.staff import second_factor
from tests.page import Browser, Page
from tests.portal import Portal

PASSWORD = 'zelena hiša na hribu'
SECRET = b's' * 40  # tests/portal.py
NEW = {'name': 'Vsiljivec', 'email': 'vsiljivec@primer.si', 'role': 'administrator'}
WRONG = 'E-mail address, password or code is not right'
TOO_MANY = 'Too many attempts'
REFUSED = 'your role does not allow this'
DESKS = ('/uprava', '/uprava/zahtevki', '/uprava/stranke', '/uprava/zaposleni', '/uprava/sled', '/uprava/uvoz')
_numbers = count(1)


@dataclass(frozen=True)
class Member:
    staff_id: int
    email: str
    second_factor: UUID

    @property
    def actor(self) -> str:
        return f'staff:{self.staff_id}'

    def code(self, *, later: int = 0) -> str:
        return second_factor.code(self.second_factor, second_factor.step_now() + later)

    def form(self, **values: Any) -> dict[str, Any]:
        return {'email': self.email, 'password': PASSWORD, 'code': self.code(), **values}


def a_member(portal: Portal, role: str = 'clerk') -> Member:
    """Set up already."""
    now, identity, email = datetime.now(UTC).isoformat(sep=' '), uuid4(), f'oseba{next(_numbers)}@jkip.si'
    portal.rows(
        'INSERT INTO staff (email, name, role, password_hash, second_factor, created_at, set_up_at, last_step) '
        'VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
        email, f'Oseba {email}', role, passwords._context.hash(PASSWORD), str(identity), now, now,
    )  # fmt: skip
    [[staff_id]] = portal.rows('SELECT id FROM staff WHERE email = ?', email)
    return Member(staff_id, email, identity)


def let_in(portal: Portal, browser: Browser, member: Member) -> str:
    """Without showing a password; the cookie's token."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC).isoformat(sep=' ')
    portal.rows(
        'INSERT INTO staff_session (token_hash, staff_id, address, started_at, last_seen_at) VALUES (?, ?, ?, ?, ?)',
        hmac.digest(SECRET, token.encode(), hashlib.sha256).hex(), member.staff_id, '127.0.0.1', now, now,
    )  # fmt: skip
    browser.http.cookies.set('eportal-uprava', token, domain='127.0.0.1')
    return token


async def sign_in(browser: Browser, values: dict[str, Any]) -> Page:
    """The sign-in page after it has been answered, in English."""
    browser.http.cookies.set('eportal-language', 'en', domain='127.0.0.1')
    page = await browser.open('/uprava/prijava')
    await page.submit('uprava-prijava', values, 20)
    return page


async def desk(browser: Browser, path: str, shows: str) -> Page:
    """A page of the staff once it shows this element."""
    browser.http.cookies.set('eportal-language', 'en', domain='127.0.0.1')
    page = await browser.open(path)
    await page.until(lambda: page.named(shows), 15)
    return page


def on_record(portal: Portal, what: str, actor: str | None = None) -> list[tuple[Any, ...]]:
    rows = portal.rows('SELECT actor, about, detail FROM audit_event WHERE what = ? ORDER BY id', what)
    return [row for row in rows if actor in (None, row[0])]


def is_in(page: Page) -> bool:
    return any('eportal.enter(' in script for script in page.scripts)


async def opens(portal: Portal, token: str, path: str = '/uprava/zahtevki') -> bool:
    async with httpx.AsyncClient(base_url=portal.url, cookies={'eportal-uprava': token}, timeout=20) as http:
        return (await http.get(path)).status_code == 200


def opening(page: Page, path: str) -> dict[str, Any]:
    """What a page's router says when somebody moves on."""
    for number, element in page.elements.items():
        for event in element.get('events', []):
            if event['type'] == 'sub_pages_open':
                return {'id': int(number), 'client_id': page.client_id, 'listener_id': event['listener_id'],
                        'args': [f'"{path}"']}  # fmt: skip
    raise AssertionError('no router')


def was_added(portal: Portal) -> bool:
    """Whether `NEW` is among the staff."""
    return bool(portal.rows('SELECT 1 FROM staff WHERE email = ?', NEW['email']))
