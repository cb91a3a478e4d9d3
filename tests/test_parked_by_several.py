"""Several parked registrations of one code: nobody ends another's, and the newest that is right wins."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.parking import settle
from domain.visitor import Visitor
from storage.models import (
    Access,
    AccessState,
    Account,
    Customer,
    Letter,
    ParkedRegistration,
)
from tests.world import (
    a_minute_passes,
    an_invoice,
    imported,
    parked,
    registered,
)


@pytest.fixture(autouse=True)
async def payer(db: None, time_passes: Callable[..., None]) -> Customer:
    return (await an_invoice()).customer


async def test_other_numbers_wait_beside_it_so_that_no_stranger_ends_it() -> None:
    await parked()

    await a_minute_passes()
    await parked(control_number='999999999', by=Visitor('198.51.100.1'))
    await parked(email='tat@e.si', by=Visitor('198.51.100.1'))

    assert await ParkedRegistration.filter(ended_at=None).count() == 3
    assert await Account.filter(closed_at=None).count() == 3


async def test_of_several_that_match_the_newest_wins(payer: Customer, time_passes: Callable[..., None]) -> None:
    for name in ('prva', 'druga'):
        await parked(email=f'{name}@primer.si')
        time_passes(hours=1)
    await imported(payer)

    await settle()

    assert await ended() == ['completed', 'completed']
    assert (await Access.get(state=AccessState.PENDING).select_related('account')).account.email == 'druga@primer.si'


async def test_of_several_by_one_person_the_newest_wins_and_one_letter_goes_out(
    payer: Customer, change_settings: Callable[..., Any]
) -> None:
    await parked(password='prvo dolgo geslo')
    change_settings(second_proof='amount_due', fallback_proof='none')
    await a_minute_passes()
    await parked(amount_due='41,26')
    await a_minute_passes()
    await parked(amount_due='41,25', password='drugo dolgo geslo')
    change_settings(second_proof='none')
    await imported(payer)

    await settle()

    assert await ended() == ['registered meanwhile', 'registered meanwhile', 'completed']
    assert [kind for kind, _recipient in await letters()] == ['parked'] * 3 + ['confirm']


async def test_who_registers_meanwhile_ends_what_he_parked_and_nobody_elses(time_passes: Callable[..., None]) -> None:
    mine = await parked()
    await parked(email='bojan@primer.si')
    time_passes(minutes=2)

    session = await registered(email='Ana@primer.si')

    assert await ended() == ['registered meanwhile', None]
    assert session.account.id != mine.account.id
    assert (await Account.get(id=mine.account.id)).closed_at


async def letters() -> list[tuple[str, str]]:
    return [(letter.kind, letter.recipient) for letter in await Letter.all().order_by('id')]


async def ended() -> list[str | None]:
    return [parked.outcome for parked in await ParkedRegistration.all().order_by('id')]
