"""KILL -9 at the worst moments: nothing accepted is lost, and nothing is half there."""

import asyncio
import random

from tests.faults.drill import (
    closed,
    confirmation,
    duplicates,
    filled_in,
    half_rows,
    is_accepted,
    is_whole,
    letters_to,
    nothing_waits,
    people,
    pressed,
    registered,
    until,
)
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal
from tests.world import link_in

KILLS, AT_ONCE = 4, 25


async def test_f01_what_was_accepted_survives_kills_at_any_moment(
    portal: Portal, mail: MailServer, browser: Browser
) -> None:
    accepted, sent = [], 0
    for _ in range(KILLS):
        pages = await filled_in(browser, people(portal, AT_ONCE))
        await pressed(pages)
        await until(lambda n=random.randrange(AT_ONCE): sum(is_accepted(page) for _, page in pages) >= n)
        await asyncio.sleep(random.uniform(0, 0.1))
        portal.kill()
        await closed(pages)
        accepted += [person for person, page in pages if is_accepted(page)]
        sent += len(pages)
        portal.start_again()

    lost = [person for person in accepted if not is_whole(portal, person)]
    assert accepted
    assert len(accepted) < sent
    assert not lost
    assert half_rows(portal) == {}
    await nothing_waits(portal)
    unwritten = [person for person in accepted if not letters_to(mail, person)]
    assert not unwritten
    print(
        f'\nF1: {KILLS} kills, {len(accepted)} of {sent} acknowledged, {len(lost)} lost, 0 half rows, '
        f'{len(unwritten)} without letter, {duplicates(mail)} letters twice'
    )
