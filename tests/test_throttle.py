from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from domain import clock, throttle
from domain.form import TooManyAttempts
from domain.throttle import HOUR, Budget, forgive_sign_in, give_back, spend, take_sign_in
from domain.visitor import Visitor
from storage.models import Attempt, AttemptLog
from tests.world import HOME, all_at_once

pytestmark = pytest.mark.usefixtures('db', 'time_passes')
ELSEWHERE = Visitor('198.51.100.4')


def budget(limit: int = 3, name: str = 'tries', subject: str = '123456') -> Budget:
    return Budget(name, subject, limit, HOUR)


async def test_a_budget_is_good_for_its_limit_and_then_says_until_when(time_passes: Callable[..., None]) -> None:
    started = clock.now()
    for _try in range(3):
        await spent(budget())
        time_passes(minutes=10)

    with pytest.raises(TooManyAttempts) as refusal:
        await spent(budget())

    assert refusal.value.until == started + HOUR


async def test_a_window_begins_anew_when_it_is_over(time_passes: Callable[..., None]) -> None:
    for _try in range(3):
        await spent(budget())

    time_passes(minutes=59, seconds=59)
    with pytest.raises(TooManyAttempts):
        await spent(budget())
    time_passes(seconds=1)
    for _try in range(3):
        await spent(budget())


async def test_each_subject_and_each_name_has_its_own_budget() -> None:
    await spent(budget(limit=1))

    await spent(budget(limit=1, subject='654321'))
    await spent(budget(limit=1, name='others'))
    with pytest.raises(TooManyAttempts):
        await spent(budget(limit=1))


async def test_if_one_of_several_is_used_up_none_is_spent() -> None:
    tight, wide = budget(limit=1), budget(limit=100, name='others')
    await spent(tight)

    with pytest.raises(TooManyAttempts):
        await spent(tight, wide)

    assert await counts(wide) == []


async def test_what_is_given_back_can_be_spent_again() -> None:
    for _try in range(10):
        async with in_transaction():
            await give_back(await spend([budget(limit=1)]))

    assert await counts(budget()) == [0]


async def test_parallel_tries_do_not_overshoot() -> None:
    done = await all_at_once(*(spent(budget(limit=7)) for _try in range(50)))

    assert [type(result) for result in done].count(TooManyAttempts) == 43
    assert await counts(budget()) == [7]


async def test_tries_over_several_budgets_in_any_order_do_not_block_each_other() -> None:
    both = [budget(limit=100), budget(limit=100, name='others')]

    done = await all_at_once(*(spent(*both[:: 1 if n % 2 else -1]) for n in range(30)))

    assert set(done) == {None}


async def test_a_counter_names_nobody() -> None:
    await spent(budget(subject='ana@primer.si'))

    [row] = await Attempt.all()
    assert row.key == budget(subject='ana@primer.si').key
    assert len(row.key) == 64
    assert 'ana' not in row.key


async def test_pauses_begin_after_five_failures_and_double_to_fifteen_minutes(
    time_passes: Callable[..., None],
) -> None:
    pauses = []
    for _failure in range(13):
        await take_sign_in('123456', HOME, knows_address=False)
        [row] = await Attempt.filter(paused_until__isnull=False)
        pauses.append((row.paused_until - clock.now()).total_seconds())
        time_passes(seconds=pauses[-1])

    assert pauses == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]


async def test_during_a_pause_nobody_tries(time_passes: Callable[..., None]) -> None:
    for _failure in range(5):
        await take_sign_in('123456', HOME, knows_address=True)

    with pytest.raises(TooManyAttempts) as refusal:
        await take_sign_in('123456', HOME, knows_address=True)

    assert refusal.value.until == clock.now() + timedelta(seconds=30)


async def test_yesterdays_typing_mistakes_are_forgotten(time_passes: Callable[..., None]) -> None:
    for _failure in range(5):
        await take_sign_in('123456', HOME, knows_address=False)

    time_passes(days=1, seconds=31)

    for _failure in range(4):
        await take_sign_in('123456', HOME, knows_address=False)


async def test_after_a_hundred_in_a_row_only_a_known_address_may_try() -> None:
    for n in range(100):
        await take_sign_in('123456', Visitor(f'198.51.100.{n}'), knows_address=False)

    with pytest.raises(TooManyAttempts) as refusal:
        await take_sign_in('123456', HOME, knows_address=False)
    assert refusal.value.until == clock.now() + timedelta(minutes=15)
    await take_sign_in('123456', HOME, knows_address=True)
    await take_sign_in('654321', HOME, knows_address=False)


async def test_a_success_ends_the_row_and_the_pauses() -> None:
    for _round in range(3):
        for _failure in range(4):
            await take_sign_in('123456', HOME, knows_address=False)
        await forgive_sign_in('123456', HOME, await take_sign_in('123456', HOME, knows_address=False))

    await take_sign_in('123456', HOME, knows_address=False)


async def test_a_good_sign_in_does_not_launder_bad_ones_from_the_same_address(
    change_settings: Callable[..., Any],
) -> None:
    change_settings(sign_ins_per_address_hour=9)
    for n in range(9):
        taken = await take_sign_in(f'{n}', HOME, knows_address=False)
    await forgive_sign_in('8', HOME, taken)
    await take_sign_in('8', HOME, knows_address=False)

    with pytest.raises(TooManyAttempts):
        await take_sign_in('another', HOME, knows_address=False)

    await take_sign_in('another', ELSEWHERE, knows_address=False)


async def test_a_success_costs_its_address_nothing(change_settings: Callable[..., Any]) -> None:
    change_settings(sign_ins_per_address_hour=2)

    for n in range(10):
        await forgive_sign_in(f'{n}', HOME, await take_sign_in(f'{n}', HOME, knows_address=False))


async def test_the_budget_of_the_installation_does_not_shut_out_known_addresses(
    change_settings: Callable[..., Any],
) -> None:
    change_settings(sign_ins_per_hour=1)
    await take_sign_in('1', ELSEWHERE, knows_address=False)

    with pytest.raises(TooManyAttempts):
        await take_sign_in('2', HOME, knows_address=False)
    await take_sign_in('2', HOME, knows_address=True)


async def test_parallel_sign_ins_of_one_name_do_not_overshoot() -> None:
    done = await all_at_once(*(take_sign_in('123456', HOME, knows_address=False) for _try in range(40)))

    assert [type(result) for result in done].count(TooManyAttempts) == 35


async def test_successes_at_once_are_all_given_back() -> None:
    await all_at_once(*(spent(budget(subject=f'{n}')) for n in range(10)))  # opens every connection of the pool
    people = [(f'{n}', await take_sign_in(f'{n}', HOME, knows_address=False)) for n in range(20)]

    done = await all_at_once(*(forgive_sign_in(name, HOME, taken) for name, taken in people))

    assert set(done) == {None}
    assert await counts(Budget('sign-ins per address', HOME.network, 0, HOUR)) == [0]


async def test_one_name_from_one_address_in_two_tabs_does_not_block_itself() -> None:
    async def succeed() -> None:
        await forgive_sign_in('123456', HOME, await take_sign_in('123456', HOME, knows_address=False))

    done = [result for _round in range(2) for result in await all_at_once(*(succeed() for _tab in range(4)))]

    assert {type(result) for result in done} <= {type(None), TooManyAttempts}


async def test_a_database_that_cannot_count_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, '_locked', _fails)

    with pytest.raises(OSError, match='the database is away'):
        await take_sign_in('123456', HOME, knows_address=True)


async def test_the_log_tells_what_happened() -> None:
    await throttle.log('registration', '123456', Visitor('2001:db8:1:2::7'), 'no such pair')

    [line] = await AttemptLog.all()
    assert (line.what, line.about, line.address, line.outcome, line.at) == (
        'registration', '123456', '2001:db8:1:2::/64', 'no such pair', clock.now(),
    )  # fmt: skip


async def spent(*budgets: Budget) -> None:
    async with in_transaction():
        await spend(budgets)


async def counts(one: Budget) -> list[int]:
    return [row.count for row in await Attempt.filter(key=one.key)]


async def _fails(*_args: object) -> Attempt:
    raise OSError('the database is away')
