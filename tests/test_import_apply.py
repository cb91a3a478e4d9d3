"""What is applied is whole, comes in once, deletes nobody, and can be repeated."""

import hashlib
from pathlib import Path

import pytest

from domain.billing import importing
from domain.billing.importing import NotNow, prepared
from domain.billing.report import Report
from domain.billing.worker import File, How
from storage.models import Customer, ImportRun, Invoice, Letter
from tests.billing import (
    ALL_SAMPLES,
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
    table,
)
from tests.world import NEWER, a_minute_passes, an_account, registered
from tests.world import parked as parked_registration

pytestmark = pytest.mark.usefixtures('billing', 'reading_here')


def new(report: Report) -> dict[str, int]:
    return {kind: counts.new for kind, counts in report.counts.items()}


async def test_the_samples_come_in_whole_and_once() -> None:
    first = await imported(*ALL_SAMPLES)
    brought = await everything()
    second = await imported(*ALL_SAMPLES)

    assert {kind: len(rows) for kind, rows in brought.items()} == {
        'customers': 300, 'points': 300, 'invoices': 1800, 'readings': 1800
    }  # fmt: skip
    assert brought['invoices'][0] == (
        '201900001', '2019-08-31', '2019-08-01', '2019-08-31', '2019-09-18', '129.71', '0.00',
        'SI00 201900001-100244', '100244',
    )  # fmt: skip
    assert brought['readings'][0] == ('13749650', '2019-08-28', '819.000', 'odčitek', 'OM-700000')
    assert (first.state, second.state) == ('applied', 'unchanged')
    assert [second.counts[kind]['unchanged'] for kind in importing.KINDS] == [300, 300, 1800, 1800]
    assert await everything() == brought


async def test_a_customer_of_the_samples_registers_by_his_newest_invoice() -> None:
    await imported(*ALL_SAMPLES)

    await registered()

    assert await Letter.filter(kind='confirm').count() == 1


async def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    report = await report_on(*ALL_SAMPLES)

    assert new(report) == {'customer': 300, 'metering_point': 300, 'invoice': 1800, 'reading': 1800}
    assert await ImportRun.all().count() == await Customer.all().count() == 0
    assert list((tmp_path / 'imports').iterdir()) == []
    assert not (tmp_path / 'backups').exists()


async def test_a_run_says_what_it_was(tmp_path: Path) -> None:
    file = customers(tmp_path, customer(), customer('12345'), name='stranke.csv')
    async with prepared([File.at(file)], How()) as ready:
        await ready.apply(by='ana', profile='Voda', confirmed_again=True)
    run = await ImportRun.get()

    [told] = run.files
    assert (run.by, run.profile, run.state, told['name']) == ('ana', 'Voda', 'applied', 'stranke.csv')
    assert told['sha256'] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert run.counts['customer'] == {'new': 1, 'changed': 0, 'unchanged': 0, 'gone': 0, 'back': 0, 'live': 0}
    assert (run.counts['rows'], run.counts['bad'], len(run.problems)) == (2, 1, 1)
    assert run.finished_at >= run.started_at


async def test_a_backup_goes_before_what_changes_something(tmp_path: Path, installation: str) -> None:
    first = await imported(customers(tmp_path, customer()))
    again = await imported(customers(tmp_path, customer()))

    if installation.startswith('postgres'):
        assert first.backup is None
    else:
        assert list((tmp_path / 'backups').iterdir()) == [Path(first.backup)]
    assert again.backup is None


async def test_changes_are_shown_and_made(tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice(), invoice('202000877')))
    await Invoice.filter(number='202000876').update(spent_by=await an_account())

    files = [customers(tmp_path, customer(name='Ana Čuk')), invoices(tmp_path, invoice(owed='5'), invoice('202000877'))]
    report, _run = await report_on(*files), await imported(*files)

    assert [(c.kind, c.key, c.column, c.before, c.after) for c in report.changes] == [
        ('customer', '123456', 'name', 'Žiga Čuk', 'Ana Čuk'), ('invoice', '202000876', 'open_amount', '0.00', '5.00'),
    ]  # fmt: skip
    assert (report.counts['invoice'].changed, report.counts['invoice'].unchanged) == (1, 1)
    assert await table('customer', 'name', 'search_key') == [('Ana Čuk', 'ana cuk stara ulica 1 1352 preserje')]
    assert await Invoice.filter(spent_by_id__isnull=False).count() == 1


async def test_the_first_ten_changes_are_shown(tmp_path: Path) -> None:
    codes = [str(code) for code in range(200_001, 200_021)]
    await imported(customers(tmp_path, *(customer(code) for code in codes)))

    report = await report_on(customers(tmp_path, *(customer(code, 'Ana') for code in codes)))

    assert report.counts['customer'].changed == 20
    assert [change.key for change in report.changes] == codes[:10]


async def test_a_column_that_is_not_there_says_nothing_and_an_empty_one_does(tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer(tax_number='14862069', email='a@primer.si')))
    before = await everything()

    without = await imported(customers(tmp_path, '123456;Žiga Čuk', header='Šifra plačnika;Naziv'))
    kept = await everything()
    await imported(customers(tmp_path, '123456;Žiga Čuk;;', header='Šifra plačnika;Naziv;E-naslov;Davčna št.'))

    assert (without.state, kept) == ('unchanged', before)
    assert await table('customer', 'address', 'email', 'tax_number_hmac', 'tax_number_ending') == [
        ('Stara ulica 1, 1352 Preserje', None, None, None)
    ]


async def test_a_new_name_is_found_although_the_file_has_no_address(tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()))
    await imported(customers(tmp_path, '123456;Ana Kos', header='Šifra plačnika;Naziv'))

    assert await table('customer', 'name', 'search_key') == [('Ana Kos', 'ana kos stara ulica 1 1352 preserje')]


async def test_missing_columns_of_points_invoices_and_readings_keep_theirs(tmp_path: Path) -> None:
    await imported(
        customers(tmp_path, customer()), points(tmp_path, point()), readings(tmp_path, reading()),
        invoices(tmp_path, invoice(owed='3')),
    )  # fmt: skip
    before = await everything()

    run = await imported(
        points(tmp_path, 'OM-1;123456;Stara ulica 1', header='Oznaka OM;Šifra plačnika;Naslov OM'),
        readings(tmp_path, 'OM-1;77;28.01.2020;819', header='Oznaka OM;Št. vodomera;Datum;Stanje'),
        invoices(tmp_path, '202000876;123456;31.01.2020;41,25', header='Št. računa;Šifra plačnika;Datum računa;Znesek'),
    )

    assert (run.state, await everything()) == ('unchanged', before)


async def test_one_import_at_a_time_is_applied(tmp_path: Path) -> None:
    files = [File.at(customers(tmp_path, customer()))]
    async with prepared(files, How()) as first, prepared(files, How()) as second:
        async with importing._alone(first._scope):
            with pytest.raises(NotNow):
                await second.apply(by='b')
        await first.apply(by='a')

        with pytest.raises(NotNow):  # what it has looked at is not what is there now
            await second.apply(by='b')

    assert [run.by for run in await ImportRun.all()] == ['a']


async def test_who_waited_for_the_import_is_let_in(tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice()))
    await parked_registration()
    await a_minute_passes()

    await imported(invoices(tmp_path, invoice(NEWER)))

    assert [letter.kind for letter in await Letter.all().order_by('id')] == ['parked', 'confirm']
