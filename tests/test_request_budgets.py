"""How many requests may come, and how many letters about them go to one mailbox."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.form import TooManyAttempts
from domain.request_form import Request
from domain.settings import settings
from domain.visitor import Visitor
from storage.models import AccessRequest, AttemptLog, Letter
from tests.test_request import EMAIL, NAME, send
from tests.world import all_at_once, an_invoice, registered

pytestmark = pytest.mark.usefixtures('db')


async def test_a_letter_behind_another_to_the_same_address_waits_its_turn(time_passes: Callable[..., None]) -> None:
    """It is not refused: whether it is would tell that this address has just got a letter."""
    await an_invoice()
    await registered(email=EMAIL)

    await send()

    letter = await Letter.get(kind='request')
    assert letter.due_at == letter.created_at + settings().letter_pause


async def test_an_address_of_the_net_may_send_so_many_requests(
    change_settings: Callable[..., Any], time_passes: Callable[..., None]
) -> None:
    change_settings(requests_per_address_hour=2)
    for hour in range(4):
        for n in range(2):
            await send(email=f'a{hour}{n}@primer.si')
        with pytest.raises(TooManyAttempts):
            await send(email='b@primer.si')
        time_passes(hours=1)

    with pytest.raises(TooManyAttempts):
        await send(email='b@primer.si')
    await send(email='b@primer.si', by=Visitor('198.51.100.4'))
    assert (await AttemptLog.filter(outcome='budget used up').count(), await AccessRequest.all().count()) == (5, 9)


async def test_the_installation_takes_so_many_requests_a_day(change_settings: Callable[..., Any]) -> None:
    change_settings(requests_per_day=2)
    for n in range(2):
        await send(email=f'a{n}@primer.si', by=Visitor(f'198.51.100.{n}'))

    with pytest.raises(TooManyAttempts):
        await send(email='b@primer.si', by=Visitor('198.51.100.9'))


@pytest.mark.parametrize('same', [True, False])
async def test_a_mailbox_is_not_flooded_and_the_page_tells_nothing_by_it(
    same: bool, time_passes: Callable[..., None]
) -> None:
    done = []
    for n in range(5):
        name = NAME if same else f'Oseba {"abcde"[n]}'
        done += await all_at_once(send(full_name=name, by=Visitor(f'198.51.100.{n}')))
        time_passes(minutes=2)

    assert [type(result) for result in done] == [Request] * 3 + [TooManyAttempts] * 2
    assert await Letter.all().count() == 3
