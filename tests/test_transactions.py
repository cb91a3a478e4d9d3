"""What a transaction promises: the write lock at once, and nothing left behind when it is cancelled."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Coroutine, Generator
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from domain.activation import activate
from storage import database as opening
from storage.database import database, migrate
from storage.models import Access, Account, Customer, Letter, Link, Session
from tests.world import a_customer, an_invoice, registered, token_in


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Path]:
    async with database(f'sqlite://{tmp_path / "eportal.db"}'):
        await migrate()
        yield tmp_path / 'eportal.db'


async def test_a_transaction_that_only_reads_so_far_may_write_before_any_other_process(file: Path) -> None:
    await a_customer()
    async with in_transaction():
        await Customer.get()

        with pytest.raises(sqlite3.OperationalError, match='locked'):
            write_beside(file, wait=0)
        await Customer.all().update(name='Ana')

    write_beside(file, wait=0)
    assert (await Customer.get()).name == 'Ana'


async def test_a_transaction_waits_while_another_process_writes(file: Path) -> None:
    await a_customer()
    began = threading.Event()
    writer = asyncio.to_thread(write_beside, file, hold=0.3, began=began)
    beside = asyncio.create_task(writer)
    await asyncio.to_thread(began.wait, 5)

    async with in_transaction():
        seen = (await Customer.get()).address
        await Customer.all().update(name='Ana')
    await beside

    assert (seen, (await Customer.get()).name) == ('beside', 'Ana')


async def test_a_transaction_that_cannot_begin_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(opening.SQLITE_PRAGMAS, 'busy_timeout', 50)
    async with database(f'sqlite://{tmp_path / "eportal.db"}'):
        await migrate()
        began = threading.Event()
        beside = asyncio.create_task(asyncio.to_thread(write_beside, tmp_path / 'eportal.db', hold=0.5, began=began))
        await asyncio.to_thread(began.wait, 5)

        with pytest.raises(OperationalError, match='locked'):
            async with in_transaction():
                pass
        await beside

        await asyncio.wait_for(a_customer(), 2)


@pytest.mark.usefixtures('db')
async def test_a_registration_cancelled_at_any_moment_is_whole_or_not_there() -> None:
    await an_invoice()

    async for _moment in cancelled_at_each_wait(lambda: registered()):
        counts = {await table.all().count() for table in (Account, Access, Link, Letter)}
        assert counts in ({0}, {1})

    assert await Session.all().count() > 0


@pytest.mark.usefixtures('db')
async def test_a_confirmation_cancelled_at_any_moment_is_whole_or_not_there() -> None:
    invoice = await an_invoice()
    await registered()
    token = await token_in('ana@primer.si')

    async for _moment in cancelled_at_each_wait(lambda: activate(token)):
        account, link, access = await Account.get(), await Link.get(), await Access.get()
        await invoice.refresh_from_db()
        done = (account.activated_at, link.used_at, access.first_holder_of, invoice.spent_by_id)
        assert all(done) or not any(done)

    assert (await Account.get()).activated_at


async def cancelled_at_each_wait(work: Any) -> AsyncIterator[int]:
    """Runs `work` again and again, cancelled at its first wait, its second, and so on, until it came to its end."""
    for moment in range(1, 500):
        task = asyncio.create_task(Interrupted(work(), moment).run())
        await asyncio.wait([task], timeout=5)
        assert task.done(), f'still waiting after a cancellation at wait {moment}'
        await asyncio.wait_for(Customer.all().count(), 5)  # nobody holds the lock
        yield moment
        if not task.cancelled():
            await task
            await every_connection_is_back()
            return
    raise AssertionError('it never came to its end')


async def every_connection_is_back() -> None:
    """PostgreSQL's pool has few: one that a cancelled transaction keeps is lost until the portal starts again."""
    if pool := getattr(get_connection('default'), '_pool', None):
        for _patience in range(50):
            if pool.get_idle_size() == pool.get_size():
                return
            await asyncio.sleep(0.02)
        lost = pool.get_size() - pool.get_idle_size()
        pool.terminate()
        raise AssertionError(f'{lost} connections were not given back')


class Interrupted:
    """A coroutine whose task is cancelled the moment it waits for the n-th time."""

    def __init__(self, work: Coroutine[Any, Any, Any], at: int) -> None:
        self._work, self._left = work, at

    async def run(self) -> Any:
        return await self

    def __await__(self) -> Generator[Any, Any, Any]:
        resume: Any = lambda: self._work.send(None)  # noqa: E731
        while True:
            try:
                waits_for = resume()
            except StopIteration as end:
                return end.value
            self._left -= 1
            if self._left == 0 and (task := asyncio.current_task()):
                task.cancel()
            try:
                yield waits_for
                resume = lambda: self._work.send(None)  # noqa: E731
            except BaseException as problem:
                resume = lambda thrown=problem: self._work.throw(thrown)  # noqa: E731


def write_beside(file: Path, wait: float = 5, hold: float = 0, began: threading.Event | None = None) -> None:
    """As a command or an import does in another process."""
    connection = sqlite3.connect(file, timeout=wait, isolation_level=None)
    try:
        connection.execute('BEGIN IMMEDIATE')
        if began:
            began.set()
        connection.execute("UPDATE customer SET address = 'beside'")
        threading.Event().wait(hold)
        connection.execute('COMMIT')
    finally:
        connection.close()
