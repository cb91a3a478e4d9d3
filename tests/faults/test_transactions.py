"""A handler that is cancelled inside a transaction, wherever it waits: rolled back whole, and the lock is free."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from domain.registration import register
from storage.database import database, migrate
from storage.models import Access, Account, Customer, Invoice, Letter, Link, Session
from tests.world import HOME, a_challenge, a_customer, a_registration, an_invoice

LEFT_BY_A_REGISTRATION = (Account, Access, Link, Letter, Session)


class Interrupted:
    """Awaits this work and cancels it where it waits for the `nth` time; where it is `stubborn`, ever after as well."""

    def __init__(self, work: Awaitable[Any], nth: int, *, stubborn: bool = False) -> None:
        self._work, self._nth, self._stubborn = work, nth, stubborn

    def __await__(self) -> Generator[Any, Any, Any]:
        steps, waits = self._work.__await__(), 0
        go_on: Callable[[], Any] = steps.__next__
        while True:
            try:
                awaited = go_on()
            except StopIteration as end:
                return end.value
            waits += 1
            if waits == self._nth or (self._stubborn and waits > self._nth):
                asyncio.current_task().cancel()
            try:
                answer = yield awaited
            except BaseException as problem:
                go_on = lambda p=problem: steps.throw(p)  # noqa: E731
            else:
                go_on = lambda a=answer: steps.send(a)  # noqa: E731


@pytest.fixture(autouse=True)
async def file(tmp_path: Path) -> AsyncIterator[None]:
    async with database(f'sqlite://{tmp_path / "eportal.db"}'):
        await migrate()
        yield


async def was_cancelled(work: Awaitable[Any], nth: int, *, stubborn: bool = False) -> bool:
    async def interrupted() -> None:
        await Interrupted(work, nth, stubborn=stubborn)

    [outcome] = await asyncio.gather(asyncio.create_task(interrupted()), return_exceptions=True)
    if outcome is not None and not isinstance(outcome, asyncio.CancelledError):
        raise outcome
    return outcome is not None


async def a_transaction() -> None:
    async with in_transaction():
        customer = await a_customer()
        await an_invoice(customer=customer)
        await Customer.filter(id=customer.id).update(name='Ana Novak')


@pytest.mark.parametrize('stubborn', [False, True], ids=['once', 'again and again'])
async def test_f26_a_transaction_cancelled_at_any_await_is_whole_or_nothing(stubborn: bool) -> None:
    outcomes = []
    for nth in count(1):
        cancelled = await was_cancelled(a_transaction(), nth, stubborn=stubborn)
        async with asyncio.timeout(5), in_transaction():
            kept = await Customer.all().count(), await Invoice.all().count()
            await Invoice.all().delete()
            await Customer.all().delete()
        assert kept in ((0, 0), (1, 1)), nth
        outcomes.append(kept)
        if not cancelled:
            break
    assert outcomes[-1] == (1, 1)
    assert (0, 0) in outcomes
    how = 'again and again' if stubborn else 'once'
    print(
        f'\nF26: cancelled at each of {nth - 1} awaits, {how}: {outcomes.count((0, 0))} rolled back, 0 half, 0 locked'
    )


async def test_f26_a_registration_cancelled_at_any_await_is_whole_or_nothing() -> None:
    halves, rolled_back = [], 0
    for nth in count(1):
        code, number = str(200_000 + nth), str(300_000_000 + nth)
        await an_invoice(number, await a_customer(code))
        form = a_registration(payer_code=code, control_number=number, email=f'oseba{nth}@primer.si')
        before = [await table.all().count() for table in LEFT_BY_A_REGISTRATION]
        cancelled = await was_cancelled(register(form, challenge=a_challenge(), by=HOME), nth)
        async with asyncio.timeout(5), in_transaction():
            after = [await table.all().count() for table in LEFT_BY_A_REGISTRATION]
        more = {now - then for now, then in zip(after, before, strict=True)}
        halves += [nth] if len(more) > 1 else []
        rolled_back += more == {0}
        if not cancelled:
            break
    assert more == {1}
    assert not halves
    print(f'\nF26: a registration cancelled at each of {nth - 1} awaits: {rolled_back} rolled back, 0 half, 0 locked')
