"""Until the switch nobody sees anything of an import, whatever happens to it; after it everybody sees all."""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from tortoise.connection import get_connection

from domain.billing import importing
from domain.billing.importing import prepared
from domain.billing.worker import File, How
from domain.proof import Claim, Outcome, judge
from storage.billing.store import PostgresStore, SqliteStore, Store
from storage.database import DatabaseProblem
from storage.models import Access, Customer, ImportRun, Invoice, MeteringPoint, RunState
from tests.billing import (
    csv_file,
    customer,
    customers,
    everything,
    imported,
    invoice,
    invoices,
    point,
    points,
    reading,
    readings,
    report_on,
)
from tests.world import a_customer, an_import, an_invoice, newer_invoices, registered

pytestmark = pytest.mark.usefixtures('billing', 'reading_here')

Moment = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture
def before_the_switch(monkeypatch: pytest.MonkeyPatch) -> Moment:
    """What is done when all rows are written and nobody has been shown one."""
    switch = importing.switch

    def do(work: Callable[[], Awaitable[None]]) -> None:
        async def work_first(*given: object) -> None:
            await work()
            await switch(*given)

        monkeypatch.setattr(importing, 'switch', work_first)

    return do


async def outcome(number: str, payer_code: str = '123456') -> Outcome:
    return (await judge(Claim(payer_code, number, {}), ())).outcome


async def test_a_new_invoice_proves_nothing_before_the_switch(tmp_path: Path, before_the_switch: Moment) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice()))
    seen = []

    async def look() -> None:
        seen.extend([await outcome('202000876'), await outcome('202000877')])
        assert await Invoice.visible().count() == 1

    before_the_switch(look)
    await imported(invoices(tmp_path, invoice(), invoice('202000877')))

    assert seen == [Outcome.PROVEN, Outcome.PARKED]
    assert await outcome('202000877') == Outcome.PROVEN


async def test_a_new_customer_is_nobody_before_the_switch(tmp_path: Path, before_the_switch: Moment) -> None:
    async def look() -> None:
        assert await outcome('202000876') == Outcome.NO_PAIR
        assert await Customer.filter(gone_at=None).count() == await MeteringPoint.filter(gone_at=None).count() == 0

    before_the_switch(look)
    files = customers(tmp_path, customer()), points(tmp_path, point()), invoices(tmp_path, invoice())
    await imported(*files)

    assert await outcome('202000876') == Outcome.PROVEN
    assert await Customer.filter(gone_at=None).count() == await MeteringPoint.filter(gone_at=None).count() == 1


async def test_somebody_registers_while_new_invoices_are_being_written(
    tmp_path: Path, before_the_switch: Moment
) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice()))

    async def register() -> None:
        await asyncio.wait_for(registered(), 3)

    before_the_switch(register)
    await imported(invoices(tmp_path, invoice(owed='5'), invoice('202000877')))

    assert await Access.all().count() == 1
    assert await Invoice.visible().count() == 2


@pytest.mark.parametrize('step', ['customer', 'metering_point', 'invoice', 'reading', 'switch'])
async def test_an_import_that_breaks_leaves_everything_as_it_was(step: str, tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice()))
    before = await everything()
    files = [
        customers(tmp_path, customer(name='Ana'), customer('123457')), points(tmp_path, point()),
        invoices(tmp_path, invoice(owed='5'), invoice('202000877')), readings(tmp_path, reading()),
    ]  # fmt: skip

    def break_there(done: str, *_rows: object) -> None:
        if done == step:
            raise OSError('the cable')

    async with prepared([File.at(file) for file in files], How()) as ready:
        with pytest.raises(OSError, match='the cable'):
            await ready.apply(by='test', progress=break_there)

    assert await everything() == before
    assert [run.state for run in await ImportRun.all().order_by('id')] == ['applied', 'failed']
    assert (await imported(*files)).state == 'applied'
    assert len((await everything())['readings']) == 1


async def test_a_switch_that_breaks_at_its_end_has_shown_nothing(
    tmp_path: Path, installation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice()))
    before = await everything()
    kind = PostgresStore if installation.startswith('postgres') else SqliteStore
    run = kind.run

    async def run_but_the_end(self: Store, sql: str, *values: object) -> int:
        if RunState.APPLIED in sql:
            raise OSError('the cable')
        return await run(self, sql, *values)

    monkeypatch.setattr(kind, 'run', run_but_the_end)
    with pytest.raises(OSError, match='the cable'):
        await imported(customers(tmp_path, customer(name='Ana')), invoices(tmp_path, invoice(owed='5')))

    assert await everything() == before


async def test_an_import_that_is_cancelled_leaves_everything_as_it_was(
    tmp_path: Path, before_the_switch: Moment
) -> None:
    here = asyncio.Event()

    async def wait() -> None:
        here.set()
        await asyncio.sleep(60)

    before_the_switch(wait)
    task = asyncio.create_task(imported(customers(tmp_path, customer())))
    await asyncio.wait_for(here.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await ImportRun.get()).state == 'failed'
    assert (await everything())['customers'] == []
    assert list((tmp_path / 'imports').iterdir()) == []


@pytest.fixture
async def killed(tmp_path: Path) -> ImportRun:
    """What an import that was killed has left: a payer with his point and invoice, and an invoice of another payer."""
    await imported(customers(tmp_path, customer('123457')))
    run = await an_import(state=RunState.APPLYING)
    payer = await a_customer(gone_at=run.started_at, came_with=run.id)
    await an_invoice('202000001', payer, came_with=run.id)
    await MeteringPoint.create(
        code='OM-1', customer=payer, address='', meter_serial='', service='', gone_at=run.started_at, came_with=run.id
    )
    return run


async def test_what_a_killed_import_has_left_is_nobodys_owner(killed: ImportRun, tmp_path: Path) -> None:
    report = await report_on(invoices(tmp_path, invoice('202000002')), readings(tmp_path, reading()))

    assert [(p.row, p.value) for p in report.problems] == [(2, '123456'), (2, 'OM-1')]


async def test_what_a_killed_import_has_left_is_not_compared_with(killed: ImportRun, tmp_path: Path) -> None:
    files = [
        customers(tmp_path, customer(), customer('123457')), points(tmp_path, point(payer_code='123457')),
        invoices(tmp_path, invoice('202000001', '123457')),
    ]  # fmt: skip

    report, run = await report_on(*files), await imported(*files)

    assert report.problems == []
    assert {kind: (c.new, c.changed, c.back) for kind, c in report.counts.items()} == {
        'customer': (1, 0, 0), 'metering_point': (1, 0, 0), 'invoice': (1, 0, 0)
    }  # fmt: skip
    left = await everything()
    assert [row[0] for row in left['customers']] == ['123456', '123457']
    assert [row[-1] for row in left['invoices']] == [row[-2] for row in left['points']] == ['123457']
    assert (run.state, (await ImportRun.get(id=killed.id)).state) == ('applied', 'failed')


async def test_a_newer_invoice_that_nobody_sees_makes_no_other_too_old(killed: ImportRun, tmp_path: Path) -> None:
    await imported(invoices(tmp_path, invoice(payer_code='123457')))
    payer = await Customer.get(payer_code='123457')
    await newer_invoices(payer, 6)
    await Invoice.filter(customer=payer).exclude(number='202000876').update(came_with=killed.id)

    assert await outcome('202000876', '123457') == Outcome.PROVEN


async def test_staged_rows_of_a_dead_import_are_removed_and_those_of_a_living_one_kept(tmp_path: Path) -> None:
    file = customers(tmp_path, customer())
    dead = tmp_path / 'imports' / f'{os.getpid()}-dead'  # in containers every process may have the same number
    dead.mkdir(parents=True)
    (dead / 'staged.db').write_bytes(b'personal data')

    async with prepared([File.at(file)], How()):
        [living] = (tmp_path / 'imports').iterdir()
        await report_on(file)

        assert list((tmp_path / 'imports').iterdir()) == [living]
        assert living.stat().st_mode & 0o77 == 0
    assert list((tmp_path / 'imports').iterdir()) == []


@pytest.mark.parametrize('installation', ['sqlite'], indirect=True)
async def test_a_database_that_stays_locked_is_told(tmp_path: Path) -> None:
    await get_connection('default').execute_query('PRAGMA busy_timeout = 50')
    with closing(sqlite3.connect(tmp_path / 'eportal.db', isolation_level=None)) as another:
        another.execute('BEGIN IMMEDIATE')

        with pytest.raises(DatabaseProblem, match='locked'):
            await imported(customers(tmp_path, customer()))

    assert (await imported(customers(tmp_path, customer()))).state == 'applied'


async def test_a_file_brings_a_payer_and_his_invoices_together(tmp_path: Path) -> None:
    header = 'Šifra plačnika;Naziv;Oznaka OM;Naslov OM;Št. računa;Datum računa;Znesek'
    rows = [f'123456;Ana;OM-1;Ulica 1;20200000{n};31.01.2020;1' for n in range(1, 5)]

    await imported(csv_file(tmp_path, header, *rows))

    assert {kind: len(rows) for kind, rows in (await everything()).items()} == {
        'customers': 1, 'points': 1, 'invoices': 4, 'readings': 0
    }  # fmt: skip
