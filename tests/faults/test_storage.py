"""A database that is locked by another program, or on a full disk: refused politely, nothing lost, well again alone."""

import asyncio
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.faults.drill import (
    half_rows,
    is_accepted,
    is_whole,
    letters_to,
    locked,
    nothing_waits,
    people,
    registered,
    signed_in,
    state_of,
)
from tests.mail_server import MailServer
from tests.page import REGISTRATION, Browser
from tests.portal import Portal

SORRY = 'Pri nas je prišlo do napake'


@contextmanager
def full_disk(portal: Portal) -> Iterator[None]:
    """No file of the portal can grow or change: what a full disk looks like to it."""
    pid, unlimited = portal.process.pid, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


async def test_f12_a_registration_waits_for_another_program(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    page = await shared_browser.open('/registracija')
    async with locked(shared_portal, 1.5):
        await page.submit('registracija', person)
        assert is_accepted(page)
    await nothing_waits(shared_portal)
    assert len(letters_to(shared_mail, person)) == 1
    print('\nF12: locked for 1.5 s: the registration waited and was accepted, one letter')


async def test_f12_a_long_lock_is_an_apology_and_nothing_typed_is_lost(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    [person] = people(shared_portal, 1)
    page = await shared_browser.open('/registracija')
    async with locked(shared_portal, 6.5):
        await page.submit('registracija', person, 15)
        assert SORRY in page.whole_text
        assert not is_whole(shared_portal, person)
    before = len(page.scripts)
    await page.submit('registracija', person)
    if not any('eportal.enter(' in script for script in page.scripts[before:]):
        await page.submit('registracija', person)
    assert is_accepted(page)
    assert half_rows(shared_portal) == {}
    await nothing_waits(shared_portal)
    print('\nF12: locked for 6.5 s: an apology, 0 rows; the same page was accepted after it')


async def test_f12_a_letter_taken_while_the_database_is_locked_is_not_sent_twice(
    mail: MailServer, portal_with: Callable[..., Portal]
) -> None:
    portal = portal_with(mail, EPORTAL_LETTER_LEASE='10')
    browser = Browser(portal.url)
    [person] = people(portal, 1)
    mail.answers = {'DATA': [1.0]}
    await registered(browser, person)
    async with locked(portal, 7):
        await asyncio.to_thread(mail.wait_for, 1)
    await nothing_waits(portal)
    assert len(letters_to(mail, person)) == 1
    assert state_of(portal, person) == [('sent', 1)]
    await browser.close()
    print('\nF12: locked for 7 s while the mail server took a letter: it came once')


async def test_f14_a_full_disk_refuses_politely_and_recovers_alone(
    shared_portal: Portal, shared_mail: MailServer, shared_browser: Browser
) -> None:
    customer, late = people(shared_portal, 2)
    await signed_in(shared_browser, customer, shared_mail)
    stranger = Browser(shared_portal.url)
    form, sign_in = await stranger.open('/registracija'), await stranger.open('/')
    with full_disk(shared_portal):
        await form.submit('registracija', late)
        await sign_in.submit('prijava', {'payer_code': customer['payer_code'], 'password': REGISTRATION['password']})
        reading = await shared_browser.open('/moj-dostop')
        await reading.until(lambda: 'Janez Novak' in reading.whole_text)
        assert SORRY in form.whole_text
        assert SORRY in sign_in.whole_text
        assert not is_whole(shared_portal, late)
        assert half_rows(shared_portal) == {}
    await registered(stranger, late)
    await nothing_waits(shared_portal)
    assert len(letters_to(shared_mail, late)) == 1
    await stranger.close()
    print(
        '\nF14: disk full: registration and sign-in apologise, who was signed in reads on, 0 half rows; recovers alone'
    )
