"""Somebody of the staff at a browser, signed in without showing a password: most stories begin behind the sign-in."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from playwright.async_api import BrowserContext

from tests.portal import Portal

SECRET = b's' * 40  # tests/portal.py


async def let_clerk_in(
    portal: Portal, context: BrowserContext, home: str, role: str = 'clerk', name: str = 'Marija Kos'
) -> int:
    """Puts a session into the database beside the portal, and its cookie into the browser; the id of the staff."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC).isoformat(sep=' ')
    email = f'{secrets.token_hex(6)}@primer.si'
    portal.rows(
        'INSERT INTO staff (email, name, role, created_at, set_up_at, last_step) VALUES (?, ?, ?, ?, ?, 0)',
        email, name, role, now, now,
    )  # fmt: skip
    staff_id = int(portal.rows('SELECT id FROM staff WHERE email = ?', email)[0][0])
    portal.rows(
        'INSERT INTO staff_session (token_hash, staff_id, address, started_at, last_seen_at) VALUES (?, ?, ?, ?, ?)',
        hmac.digest(SECRET, token.encode(), hashlib.sha256).hex(), staff_id, '127.0.0.1', now, now,
    )  # fmt: skip
    await context.add_cookies([{'name': 'eportal-uprava', 'value': token, 'url': home}])
    return staff_id
