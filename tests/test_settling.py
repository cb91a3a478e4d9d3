"""What is parked meets the next imports: it is completed, or a letter points to the request."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain import acceptance, outbox, parking, throttle
from domain.activation import activate
from domain.parking import settle
from domain.sign_in import WrongNameOrPassword
from storage.models import (
    Access,
    AccessState,
    Account,
    Customer,
    Invoice,
    Letter,
    ParkedRegistration,
    RunState,
    SessionKind,
)
from tests.world import (
    NEWER,
    a_customer,
    a_minute_passes,
    all_at_once,
    an_import,
    an_invoice,
    another_import,
    imported,
    parked,
    registered,
    signed_in,
    token_in,
)


@pytest.fixture(autouse=True)
async def payer(db: None, time_passes: Callable[..., None]) -> Customer:
    return (await an_invoice()).customer


async def test_before_the_import_nobody_signs_in() -> None:
    await parked()

    with pytest.raises(WrongNameOrPassword):
        await signed_in()


async def test_the_next_import_completes_it(payer: Customer) -> None:
    session = await parked()
    await imported(payer)

    await settle()

    assert await letters() == [('parked', 'ana@primer.si'), ('confirm', 'ana@primer.si')]
    access = await Access.get()
    assert (access.account_id, access.state, access.pending_for) == (session.account.id, AccessState.PENDING, payer.id)
    assert await ended() == ['completed']
    await activate(await token_in('ana@primer.si'))
    assert (await signed_in()).kind == SessionKind.CUSTOMER
    assert (await Invoice.get(number=NEWER)).spent_by_id == session.account.id


async def test_settling_twice_or_at_once_writes_one_letter(payer: Customer) -> None:
    await parked()
    await imported(payer)

    await all_at_once(*(settle() for _process in range(4)))
    await settle()

    assert [kind for kind, _recipient in await letters()] == ['parked', 'confirm']
    assert await Access.all().count() == 1


async def test_without_a_new_import_nothing_happens(payer: Customer) -> None:
    await an_import()
    await parked()
    await an_import(new=0)
    await an_import(state=RunState.REFUSED)

    await settle()

    assert (await ParkedRegistration.get()).imports_seen == 0


async def test_an_import_that_was_applied_while_it_was_parked_is_news(payer: Customer) -> None:
    run = await an_import(state=RunState.APPLYING)
    await parked()
    await an_invoice(NEWER, payer, came_with=run.id, issued_on=date(2020, 3, 1))
    run.state = RunState.APPLIED
    await run.save()
    await a_minute_passes()

    await settle()

    assert await ended() == ['completed']


async def test_after_two_imports_without_a_match_a_letter_points_to_the_request() -> None:
    session = await parked()
    for _month in range(2):
        assert await ended() == [None]
        await another_import()
        await settle()
        await settle()

    assert await letters() == [('parked', 'ana@primer.si'), ('unproven', 'ana@primer.si')]
    assert await ended() == ['given up']
    assert (await Account.get(id=session.account.id)).closed_at


async def test_after_forty_five_days_without_any_import_as_well(time_passes: Callable[..., None]) -> None:
    await parked()
    time_passes(days=44, hours=23)
    await settle()
    assert await ended() == [None]

    time_passes(hours=1)
    await settle()
    await settle()

    assert [kind for kind, _recipient in await letters()] == ['parked', 'unproven']


async def test_on_the_last_day_a_match_still_counts(payer: Customer, time_passes: Callable[..., None]) -> None:
    await parked()
    await imported(payer)

    time_passes(days=46)
    await settle()

    assert await ended() == ['completed']


async def test_a_number_that_turns_out_to_be_somebody_elses_ends_like_one_that_never_came() -> None:
    await parked()
    await imported(await a_customer('654321'))

    await settle()
    assert await ended() == [None]
    await another_import()
    await settle()

    assert await ended() == ['given up']


async def test_what_was_asked_has_to_be_right_in_the_end(payer: Customer, change_settings: Callable[..., Any]) -> None:
    change_settings(second_proof='amount_due', fallback_proof='none')
    await parked(amount_due='41,26')
    await parked(amount_due='41,25', email='bojan@primer.si')
    change_settings(second_proof='none')
    await imported(payer)

    await settle()

    assert await ended() == [None, 'completed']


async def test_what_everybody_is_asked_by_then_is_missing_in_an_older_one(
    payer: Customer, change_settings: Callable[..., Any]
) -> None:
    await parked()
    change_settings(second_proof='metering_point')
    await imported(payer)

    await settle()

    assert await ended() == [None]


async def test_for_a_code_in_use_it_ends_in_the_letter_that_says_so(payer: Customer) -> None:
    await registered(email='imetnik@primer.si')
    await activate(await token_in('imetnik@primer.si'))
    await parked()
    await imported(payer)

    await settle()

    assert (await letters())[-2:] == [('already', 'ana@primer.si'), ('notice', 'imetnik@primer.si')]
    assert (await Access.get(account__email='ana@primer.si')).state == AccessState.HELD


async def test_no_letter_today_is_a_letter_tomorrow(
    payer: Customer, change_settings: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    change_settings(letters_per_hour=1)
    await an_invoice('202000877', await a_customer('654321'))
    await parked()
    await registered(payer_code='654321', control_number='202000877', email='bojan@primer.si')
    await imported(payer)

    capsys.readouterr()
    await settle()
    assert await ended() == [None]
    assert 'error' not in capsys.readouterr().out
    change_settings(letters_per_hour=100)
    await settle()

    assert await ended() == ['completed']


@pytest.mark.parametrize(
    ('room', 'step'),
    [(throttle, 'spend'), (acceptance, '_new_access'), (outbox, 'queue'), (parking, '_taken'), (parking, 'lock')],
)
async def test_an_exception_in_the_middle_leaves_it_for_the_next_time_and_stops_no_other(
    payer: Customer, room: Any, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in ('prva@primer.si', 'druga@primer.si'):
        await parked(email=email)
    await imported(payer)
    with monkeypatch.context() as broken:
        broken.setattr(room, step, breaking_once_after(getattr(room, step)))
        await settle()
    assert await ended() == [None, 'completed']

    await settle()

    assert await ended() == ['completed', 'completed']
    assert len(await letters()) == 4


async def letters() -> list[tuple[str, str]]:
    return [(letter.kind, letter.recipient) for letter in await Letter.all().order_by('id')]


async def ended() -> list[str | None]:
    return [parked.outcome for parked in await ParkedRegistration.all().order_by('id')]


def breaking_once_after(step: Callable[..., Any]) -> Callable[..., Any]:
    """The first time the step is done, something breaks after it."""
    broken: list[bool] = []

    async def breaking(*args: Any, **values: Any) -> Any:
        result = await step(*args, **values)
        if not broken:
            broken.append(True)
            raise ZeroDivisionError
        return result

    return breaking
