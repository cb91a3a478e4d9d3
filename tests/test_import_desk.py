"""The import in the browser: one at a time, all on record, and nothing stays lying about."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.billing import importing
from domain.staff import imports
from domain.staff.import_work import Phase
from domain.staff.imports import Busy
from domain.staff.listing import Look
from domain.staff.permission import Officer
from storage.models import AuditEvent, Customer, ImportRun, Role
from tests.billing import customer, customers, imported, invoice, invoices
from tests.import_desk import drop, eventually, looked_at, lying_about, phase, recorded, tidied_up
from tests.world import an_officer

pytestmark = pytest.mark.usefixtures('billing', 'reading_here')


@pytest.fixture(autouse=True)
async def nothing_left(billing: None) -> AsyncIterator[None]:
    yield
    await tidied_up()


@pytest.fixture
async def marija(billing: None) -> Officer:
    return await an_officer(Role.ADMINISTRATOR)


async def test_files_are_looked_at_then_applied_and_leave_nothing_behind(marija: Officer, tmp_path: Path) -> None:
    work = await looked_at(marija, customers(tmp_path, customer()), invoices(tmp_path, invoice()))
    assert work.report
    assert await Customer.all().count() == 0

    await imports.apply(marija)
    work = await phase(Phase.DONE)

    assert await Customer.all().count() == 1
    run = await ImportRun.get()
    assert (run.state, run.by, work.run and work.run.id) == ('applied', 'Marija Kos', run.id)
    assert lying_about(tmp_path) == []
    assert list((tmp_path / 'imports').iterdir()) == []
    assert await recorded() == ['import looked at', 'import confirmed', 'import applied']
    assert (await AuditEvent.get(what='import applied')).about == f'import:{run.id}'


async def test_nothing_about_a_file_stands_in_the_audit_trail(marija: Officer, tmp_path: Path) -> None:
    file = customers(tmp_path, customer(), customer('1', 'Špela'), name='Janez Novak.csv')
    await looked_at(marija, file)
    await imports.apply(marija, in_spite_of_doubts=True)
    await phase(Phase.DONE)

    trail = repr([(event.actor, event.about, event.detail) for event in await AuditEvent.all()])

    assert not any(word in trail for word in ('Novak', 'Žiga', 'Špela', '123456', 'csv'))


async def test_giving_up_writes_nothing_and_removes_the_files(marija: Officer, tmp_path: Path) -> None:
    await looked_at(marija, customers(tmp_path, customer()))

    await imports.give_up(marija)

    assert await Customer.all().count() == 0
    assert lying_about(tmp_path) == []
    assert list((tmp_path / 'imports').iterdir()) == []
    assert await imports.current(marija) is None


async def test_doubts_have_to_be_confirmed_once_more(marija: Officer, tmp_path: Path) -> None:
    await imported(customers(tmp_path, *[customer(str(200_000 + n)) for n in range(10)]))
    await looked_at(marija, customers(tmp_path, customer('200000')))

    await imports.apply(marija)
    work = await phase(Phase.READY)
    assert await Customer.filter(gone_at=None).count() == 10
    assert 'import refused' in await recorded()

    await imports.apply(marija, in_spite_of_doubts=True)
    await phase(Phase.DONE)
    assert work.phase == Phase.DONE
    assert await Customer.filter(gone_at=None).count() == 1


async def test_only_true_confirms_again(marija: Officer, tmp_path: Path) -> None:
    await looked_at(marija, customers(tmp_path, customer(), customer('1')))

    await imports.apply(marija, in_spite_of_doubts='yes')  # type: ignore[arg-type]

    await phase(Phase.READY)
    assert await Customer.all().count() == 0


async def test_a_file_that_cannot_be_read_is_told_and_on_record(marija: Officer, tmp_path: Path) -> None:
    file = tmp_path / 'slika.csv'
    file.write_bytes(b'%PDF-1.7')
    await drop(marija, file)

    await imports.look(marija)
    work = await phase(Phase.REFUSED)

    assert work.refusal
    assert work.refusal.file == 'slika.csv'

    async def told() -> bool:
        return 'import refused' in await recorded()

    await eventually(told)
    assert (await ImportRun.get()).state == 'failed'


async def test_one_import_at_a_time_and_another_administrator_sees_whose(marija: Officer, tmp_path: Path) -> None:
    ema = await an_officer(Role.ADMINISTRATOR, 'Ema Kos')
    await looked_at(marija, customers(tmp_path, customer()))

    seen = await imports.current(ema)
    assert seen
    assert seen.by.name == 'Marija Kos'
    for deed in (imports.look(ema), imports.apply(ema), imports.map_columns(ema, {})):
        with pytest.raises(Busy):
            await deed
    with pytest.raises(Busy):
        await drop(ema, customers(tmp_path, customer()))
    assert await Customer.all().count() == 0

    await imports.give_up(ema)
    assert await imports.current(marija) is None
    assert (await AuditEvent.get(what='import given up')).about == f'staff:{marija.staff_id}'


async def test_what_has_ended_is_shown_to_nobody_else(marija: Officer, tmp_path: Path) -> None:
    ema = await an_officer(Role.ADMINISTRATOR, 'Ema Kos')
    await looked_at(marija, customers(tmp_path, customer()))
    await imports.apply(marija)
    await phase(Phase.DONE)

    assert await imports.current(ema) is None
    assert (await looked_at(ema, customers(tmp_path, customer()))).by.name == 'Ema Kos'


async def test_an_import_from_elsewhere_meanwhile_makes_it_look_again(marija: Officer, tmp_path: Path) -> None:
    file = customers(tmp_path, customer())
    await looked_at(marija, file)
    await imported(customers(tmp_path, customer('200001')))

    await imports.apply(marija)
    work = await phase(Phase.FAILED)

    assert work.trouble
    assert 'Another import' in work.trouble.text
    await imports.look(marija)  # the files are still there
    await phase(Phase.READY)


async def test_a_fault_is_told_and_ends_it(marija: Officer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(importing, 'switch', broken)
    await looked_at(marija, customers(tmp_path, customer()))
    await imports.apply(marija)

    work = await phase(Phase.FAILED)

    assert work.trouble
    assert await Customer.filter(gone_at=None).count() == 0


async def test_it_cannot_be_given_up_while_it_is_applied(
    marija: Officer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, switch = asyncio.Event(), importing.switch

    async def slow(*arguments: object) -> None:
        await go_on.wait()
        await switch(*arguments)

    monkeypatch.setattr(importing, 'switch', slow)
    work = await looked_at(marija, customers(tmp_path, customer()))
    await imports.apply(marija)

    async def switches() -> bool:
        return work.step == 'switch'

    await eventually(switches)

    for deed in (imports.give_up(marija), imports.look(marija), imports.apply(marija)):
        with pytest.raises(Busy):
            await deed
    go_on.set()
    await phase(Phase.DONE)
    assert await Customer.all().count() == 1


async def test_the_history_is_the_newest_first_with_what_was_wrong_as_a_table(marija: Officer, tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()))
    bad = customer('=1+1', 'Žiga')
    run = await imported(customers(tmp_path, *[customer(str(200_000 + n)) for n in range(30)], bad))

    found = await imports.history(marija, Look(sort='when', descending=True))
    table = await imports.problems(marija, run.id)

    assert [row.id for row in found.rows] == [run.id, run.id - 1]
    assert found.rows[0].counts['bad'] == 1
    assert table
    assert "'=1+1" in table
    assert await imports.problems(marija, 10**9) is None
    assert await imports.problems(marija, 10**30) is None
