"""The report can be read by a clerk, by a program and by a spreadsheet, and none of them learns a tax number."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from domain.billing.report import Report
from domain.billing.verdicts import FileRefused
from domain.language import _
from domain.spreadsheet import harmless
from tests.billing import csv_file, customer, customers, everything, imported, invoice, invoices, report_on
from tests.billing_files import as_xlsx

reads = pytest.mark.usefixtures('billing', 'reading_here')
on_sqlite = pytest.mark.parametrize('installation', ['sqlite'], indirect=True)

TAX_NUMBERS = ['14862069', '90442296', '14862068', '1486206']  # two right ones, a wrong one and a short one
SPREAD = ('DAVČNA;KODA;OPIS', 'SI14862069;14862069;Ana 90442296')


def cells(report: Report, language: str = 'en') -> list[list[str]]:
    return list(csv.reader(io.StringIO(report.as_csv(language)), delimiter=';'))


@pytest.mark.parametrize('start', ['=', '+', '-', '@', '\t', '\r', '\0'])
def test_no_cell_is_a_formula(start: str) -> None:
    assert harmless(f'{start}1+1') == f"'{start}1+1"


@pytest.mark.parametrize('cell', ['Ana', '1-1', '', ' =1', 'a@b'])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@reads
@on_sqlite
async def test_a_report_names_file_row_column_value_and_what_is_wrong(tmp_path: Path) -> None:
    file = customers(tmp_path, customer('=1+1'), customer(email='=HYPERLINK("http://x")'), '1;2', name='=a.csv')

    assert cells(await report_on(file)) == [
        ['File', 'Row', 'Column', 'Value', 'What is wrong', 'Consequence'],
        ["'=a.csv", '2', 'ŠIFRA PLAČNIKA', "'=1+1", 'is no number of 6 digits', 'the row is left out'],
        ["'=a.csv", '3', 'E-NASLOV', "'=HYPERLINK(\"http://x\")", 'is no e-mail address; it is left out',
         'only this value is left out'],
        ["'=a.csv", '4', '', '', 'has 2 columns instead of 7', 'the row is left out'],
    ]  # fmt: skip


@reads
@on_sqlite
async def test_problems_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [customer('200001', 'Ana'), customer('12345'), '1;2', customer('200001'), customer(name='')]
    report = await report_on(customers(tmp_path, *rows), invoices(tmp_path, invoice(payer_code='999999')))

    assert [(problem.file, problem.row) for problem in report.problems] == sorted(
        (problem.file, problem.row) for problem in report.problems
    )


@reads
@on_sqlite
async def test_what_does_not_fit_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('domain.billing.reading.KEPT_PROBLEMS', 3)
    monkeypatch.setattr('storage.billing.judge.SHOWN', 2)
    invoices_of_nobody = [invoice(str(number)) for number in range(200_000_001, 200_000_006)]

    report = await report_on(customers(tmp_path, *['x;Ana;;;;;'] * 5), invoices(tmp_path, *invoices_of_nobody))

    assert (len(report.problems), report.more_problems, report.bad) == (5, 5, 10)
    assert cells(report)[-1][4] == '… and 5 more'


@reads
@on_sqlite
async def test_a_program_reads_it_as_json(tmp_path: Path) -> None:
    rows = [['ŠIFRA PLAČNIKA', 'NAZIV'], ['123456', 'Ana'], ['1', 'Eva']]
    report = await report_on(as_xlsx(tmp_path / 'a.xlsx', rows, merged=['A2:A3'], hidden=[]))

    told = json.loads(json.dumps(report.as_json('en')))

    assert (told['rows'], told['bad'], told['differs'], told['counts']['customer']['new']) == (2, 1, True, 1)
    assert told['doubts'] == ['1 of 2 rows are bad. Is this the right file?']
    assert told['problems'] == [
        {'file': 'a.xlsx / List1', 'row': 3, 'column': 'ŠIFRA PLAČNIKA', 'value': '1', 'bad': True,
         'sentence': 'has 1 digits instead of 6'}
    ]  # fmt: skip
    [[sheet]] = [file['tables'] for file in told['files']]
    assert sheet['notes'] == ['Cells are merged in rows 2–3; what is merged counts for the first row only.']


def test_a_doubt_begins_above_the_share_and_not_at_it() -> None:
    assert Report([], {}, [], 0, rows=100, bad=5).doubts == []
    assert [d.text for d in Report([], {}, [], 0, rows=100, bad=6).doubts] == [_(
        '{bad} of {rows} rows are bad. Is this the right file?').text]  # fmt: skip


@reads
async def test_a_tax_number_is_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither the right ones nor the wrong ones, whatever column they stand in; before the import and after it."""
    rows = [customer(f'20000{n}', tax_number=number) for n, number in enumerate(TAX_NUMBERS, 1)]
    again = [*rows[2:], customer('200002', tax_number=TAX_NUMBERS[0]), customer('200001', tax_number=TAX_NUMBERS[1])]
    lists = [customers(tmp_path, *rows), customers(tmp_path, *again)]
    contradicting = customers(tmp_path, rows[0], rows[0].replace('Žiga', 'Ana'))
    shifted = customers(tmp_path, f'{TAX_NUMBERS[0]};{TAX_NUMBERS[0]};x;1352;Preserje;Ana;{TAX_NUMBERS[1]}')

    said = [repr(await report_on(*files)) for files in ([contradicting], [shifted])]
    for file in lists:
        run = await imported(file, confirmed_again=True)
        said += [json.dumps(run.files), json.dumps(run.problems), json.dumps(run.counts), str(run.guessability)]
        said.append(json.dumps((await report_on(lists[0])).as_json('en')))
    said.extend(capfd.readouterr())

    said.append(repr(await everything()))
    said += _contents(tmp_path)
    for number in TAX_NUMBERS:
        assert [text[:200] for text in said if re.search(rf'(?<![0-9a-f]){number}(?![0-9a-f])', text)] == []


@reads
@on_sqlite
async def test_columns_that_are_not_known_show_no_tax_numbers(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        await report_on(csv_file(tmp_path, *SPREAD))

    assert refused.value.columns['samples'] == [['•••••069', '•••••069', 'Ana •••••296']]


def _contents(folder: Path) -> list[str]:
    """Of every file but those that were imported: database, WAL, backups, what was staged."""
    files = [file for file in folder.rglob('*') if file.is_file() and file.suffix != '.csv']
    return [file.read_bytes().decode('latin-1') for file in files]
