"""The same data in whatever file: CSV in any of our encodings, XLSX with its typed cells, DBF with its short names."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.billing.verdicts import FileRefused
from tests.billing import (
    ALL_SAMPLES,
    CUSTOMERS,
    csv_file,
    customer,
    customers,
    everything,
    imported,
    invoice,
    report_on,
    table,
    verdicts,
)
from tests.billing_files import Formula, as_dbf, as_xlsx

pytestmark = [
    pytest.mark.usefixtures('billing', 'reading_here'),
    pytest.mark.parametrize('installation', ['sqlite'], indirect=True),  # what comes after reading is tested elsewhere
]

DBF_NAMES = {
    'stranke.csv': 'SIFRA_PLAC NAZIV ULICA POSTA KRAJ DAVCNA_ST E_NASLOV',
    'odjemna_mesta.csv': 'OZNAKA_OM SIFRA_PLAC NASLOV_OM ST_VODOMER STORITEV',
    'racuni.csv': 'ST_RACUNA SIFRA_PLAC DAT_RACUNA OBD_OD OBD_DO ZNESEK ODPRTO ROK_PLACIL SKLIC',
    'odcitki.csv': 'OZNAKA_OM ST_VODOMER DATUM STANJE VRSTA',
}
MAP = CUSTOMERS.split(';')


def rows_of(sample: Path) -> list[list[str]]:
    return list(csv.reader(sample.read_text(encoding='cp1250').splitlines(), delimiter=';'))


def typed(row: list[str]) -> list[Any]:
    """As a spreadsheet program makes it of a CSV: numbers and days, zeros in front lost."""
    return [_typed(cell) for cell in row]


def _typed(cell: str) -> Any:
    if cell.isdigit():
        return int(cell)
    try:
        return datetime.strptime(cell, '%d.%m.%Y').date()
    except ValueError:
        pass
    try:
        return float(cell.replace(',', '.'))
    except ValueError:
        return cell or None


async def test_the_samples_come_in_from_workbooks(tmp_path: Path) -> None:
    files = []
    for sample in ALL_SAMPLES:
        header, *rows = rows_of(sample)
        files.append(as_xlsx(tmp_path / f'{sample.stem}.xlsx', [header, *map(typed, rows)]))

    await _is_the_same(await imported(*files))


async def test_the_samples_come_in_from_one_workbook_with_a_sheet_each(tmp_path: Path) -> None:
    sheets = {sample.stem: rows_of(sample) for sample in ALL_SAMPLES}

    await _is_the_same(await imported(as_xlsx(tmp_path / 'vse.xlsx', sheets)))


@pytest.mark.parametrize('encoding', ['cp852', 'cp1250'])
async def test_the_samples_come_in_from_dbase(encoding: str, tmp_path: Path) -> None:
    files = []
    for sample in ALL_SAMPLES:
        rows = [[_of_dbase(cell) for cell in row] for row in rows_of(sample)[1:]]
        names = DBF_NAMES[sample.name].split()
        files.append(as_dbf(tmp_path / f'{sample.stem}.dbf', names, rows, encoding=encoding))

    await _is_the_same(await imported(*files))


def _of_dbase(cell: str) -> Any:
    if ',' in cell and cell.replace(',', '').isdigit():
        return Decimal(cell.replace(',', '.'))
    value = _typed(cell)
    return value if isinstance(value, date) else cell


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'utf-16', 'iso8859-2', 'cp852'])
async def test_the_samples_come_in_from_any_of_our_encodings(encoding: str, tmp_path: Path) -> None:
    files = []
    for sample in ALL_SAMPLES:
        files.append(tmp_path / sample.name)
        files[-1].write_text(sample.read_text(encoding='cp1250'), encoding=encoding)

    run = await imported(*files)

    assert {table['encoding'] for file in run.files for table in file['tables']} == {encoding}
    await _is_the_same(run)


async def _is_the_same(run: Any) -> None:
    """As the CSV files of the samples: these change nothing any more."""
    assert run.problems == []
    assert (await imported(*ALL_SAMPLES)).state == 'unchanged'
    assert {kind: len(rows) for kind, rows in (await everything()).items()} == {
        'customers': 300, 'points': 300, 'invoices': 1800, 'readings': 1800
    }  # fmt: skip


async def test_a_separator_and_an_encoding_may_be_told(tmp_path: Path) -> None:
    file = csv_file(tmp_path, CUSTOMERS.replace(';', '\t'), customer().replace(';', '\t'), encoding='cp852')

    assert (await report_on(file, encoding='cp852')).counts['customer'].new == 1
    with pytest.raises(FileRefused) as refused:
        await report_on(file, encoding='utf-8')
    assert 'is not in the encoding utf-8' in refused.value.sentence.said_in('en')


async def test_typed_codes_get_back_their_zeros(tmp_path: Path) -> None:
    header = ['Št. računa', 'Šifra plačnika', 'Naziv', 'Datum računa', 'Znesek']
    await imported(as_xlsx(tmp_path / 'a.xlsx', [header, [200876, 1234.0, 'Žiga', date(2020, 1, 31), 41.25]]))

    assert await table('customer', 'payer_code') == [('001234',)]
    assert await table('invoice', 'number', 'issued_on', 'amount') == [('000200876', '2020-01-31', '41.25')]


async def test_formulas_count_as_what_they_made(tmp_path: Path) -> None:
    header = ['Št. računa', 'Šifra plačnika', 'Naziv', 'Datum računa', 'Znesek']
    row = [202000876, 123456, 'Žiga', date(2020, 1, 31), Formula('SUM(A1:A2)', 41.25)]
    await imported(as_xlsx(tmp_path / 'a.xlsx', [header, row]))

    assert await table('invoice', 'amount') == [('41.25',)]


async def test_merged_cells_count_once_and_are_told(tmp_path: Path) -> None:
    rows = [MAP, customer().split(';'), [None, 'Ana', None, None, None, None, None]]

    report = await report_on(as_xlsx(tmp_path / 'a.xlsx', rows, merged=['A2:A3']))

    assert verdicts(report) == [(3, 'ŠIFRA PLAČNIKA', '', 'is empty')]
    assert [note['facts'] for file in report.files for table in file['tables'] for note in table['notes']] == [
        {'ranges': 1, 'rows': '2–3'}
    ]


async def test_a_sheet_of_remarks_is_passed_over_and_told(tmp_path: Path) -> None:
    sheets = {'Stranke': [MAP, customer().split(';')], 'Opombe': [['Izpis'], ['za januar'], ['Ana']]}

    report = await report_on(as_xlsx(tmp_path / 'a.xlsx', sheets))

    assert report.counts['customer'].new == 1
    assert [note['facts'] for file in report.files for table in file['tables'] for note in table['notes']] == [
        {'sheet': 'Opombe'}
    ]


@pytest.mark.parametrize(
    ('rows', 'said'),
    [
        ([['ŠIFRA PLAČNIKA', 'OPIS'], ['123457', 'Ana']], 'has columns that are not known'),
        ([customer('123457').split(';')], 'has no header: its first row holds data already'),
    ],
)
async def test_a_sheet_that_may_be_a_list_is_not_passed_over(rows: list[list[str]], said: str, tmp_path: Path) -> None:
    sheets = {'Stranke': [MAP, customer().split(';')], 'Še': rows}

    with pytest.raises(FileRefused) as refused:
        await report_on(as_xlsx(tmp_path / 'a.xlsx', sheets))

    assert (refused.value.file, refused.value.sentence.said_in('en')) == ('a.xlsx / Še', said)


async def test_two_sheets_of_customers_are_one_list(tmp_path: Path) -> None:
    sheets = {str(n): [MAP, customer(f'20000{n}').split(';')] for n in range(1, 4)}
    whole = as_xlsx(tmp_path / 'a.xlsx', sheets)
    await imported(whole)

    again = await report_on(whole)
    one = await report_on(customers(tmp_path, customer('200001')))

    assert (again.counts['customer'].unchanged, again.counts['customer'].gone) == (3, 0)
    assert one.counts['customer'].gone == 2


async def test_what_only_a_type_can_hide_is_refused_by_the_row(tmp_path: Path) -> None:
    header = ['Št. računa', 'Šifra plačnika', 'Naziv', 'Datum računa', 'Znesek']
    rows = [[202000876, '123456\n654321', 'Ana', date(2020, 1, 31), 1e300], [202000877, True, 'Ana', 5, 1]]

    report = await report_on(as_xlsx(tmp_path / 'a.xlsx', [header, *rows]))

    assert sorted({(row, column) for row, column, *_ in verdicts(report)}) == [
        (2, 'Znesek'),
        (2, 'Šifra plačnika'),
        (3, 'Datum računa'),
        (3, 'Šifra plačnika'),
    ]
    assert invoice().startswith('202000876')
