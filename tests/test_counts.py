"""What is counted is a number per day, and trouble with counting troubles nobody."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from tortoise.transactions import in_transaction

from domain import clock, counts
from domain.counts import count, count_soon
from storage.models import DailyCount

pytestmark = pytest.mark.usefixtures('db')


async def numbers() -> dict[tuple[date, str], int]:
    return {(row.day, row.what): row.count for row in await DailyCount.all()}


async def test_each_thing_is_counted_by_itself(time_passes) -> None:
    today = clock.now().astimezone(clock.LJUBLJANA).date()

    for what in ('wrong:email', 'wrong:email', 'bait taken'):
        await count(what)

    assert await numbers() == {(today, 'wrong:email'): 2, (today, 'bait taken'): 1}


async def test_a_day_ends_at_midnight_in_ljubljana(monkeypatch: pytest.MonkeyPatch) -> None:
    for minute in (59, 60):  # 22.59 and 23.00 of Greenwich
        at = datetime(2026, 11, 22, 22 + minute // 60, minute % 60, tzinfo=UTC)
        monkeypatch.setattr(clock, 'now', lambda at=at: at)
        await count('x')

    assert await numbers() == {(date(2026, 11, 22), 'x'): 1, (date(2026, 11, 23), 'x'): 1}


async def test_none_is_lost_when_many_count_at_once() -> None:
    await asyncio.gather(*(count('x') for _number in range(50)))

    assert list((await numbers()).values()) == [50]


async def test_a_failing_transaction_of_somebody_else_does_not_take_it_along() -> None:
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            raise ZeroDivisionError
    await count('x')

    assert list((await numbers()).values()) == [1]


async def test_what_cannot_be_counted_troubles_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_arguments: object, **_more: object) -> None:
        raise OSError('the disk is full')

    monkeypatch.setattr(DailyCount, 'bulk_create', fail)

    await count('x')


async def test_counting_soon_keeps_nobody_waiting() -> None:
    count_soon('a', 'b')
    assert await numbers() == {}

    await asyncio.gather(*counts._under_way)

    assert sorted(what for _day, what in await numbers()) == ['a', 'b']
