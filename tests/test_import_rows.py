"""What is wrong with a file or a row is said exactly, and the data stay as they were."""

from pathlib import Path

import pytest

from domain.billing.verdicts import FileRefused
from storage.models import Invoice
from tests.billing import (
    CUSTOMERS,
    INVOICES,
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
    table,
    verdicts,
)

pytestmark = pytest.mark.usefixtures('billing', 'reading_here')

MANY = [customer(str(code)) for code in range(200_001, 200_101)]  # beside whom one bad row is nothing


async def refusal(*files: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        await report_on(*files)
    return f'{refused.value.file} {refused.value.sentence.said_in("en")}'


@pytest.mark.parametrize(
    ('lines', 'said'),
    [
        ([customer(), customer('123457')], 'has no header: its first row holds data already'),
        (['123456;Ana;Ulica 1;1352;Preserje;;'], 'has no header: its first row holds data already'),
        (['ŠIFRA PLAČNIKA;NAZIV;NAZIV', '123456;Ana;Ana'], 'has the column “NAZIV” twice'),
        ([CUSTOMERS], 'has a header and no rows'),
        ([CUSTOMERS, ';;;;;;'], 'has a header and no rows'),
        (['BARVA;OKUS', 'rdeča;sladek'], 'has columns that are not known'),
        (['ŠIFRA PLAČNIKA;ULICA', '123456;Na Žago'], 'has columns that are not known'),
        ([''], 'is empty'),
    ],
)  # fmt: skip
async def test_a_file_that_cannot_be_understood_is_refused(lines: list[str], said: str, tmp_path: Path) -> None:
    file = csv_file(tmp_path, *lines, name='a.csv')

    assert await refusal(file) == f'a.csv {said}'


async def test_an_unknown_file_shows_its_columns_with_five_rows(tmp_path: Path) -> None:
    rows = [f'{n};Ana {n};14862069' for n in range(1, 8)]
    file = csv_file(tmp_path, 'Izpis strank;;', 'KODICA;OPIS;ŠT.', *rows)

    with pytest.raises(FileRefused) as refused:
        await report_on(file)

    assert refused.value.columns == {
        'row': 2, 'titles': ['KODICA', 'OPIS', 'ŠT.'], 'missing': {},
        'samples': [[str(n), f'Ana {n}', '•••••069'] for n in range(1, 6)],
    }  # fmt: skip


async def test_a_heading_above_the_header_is_passed_over(tmp_path: Path) -> None:
    file = csv_file(tmp_path, 'Stranke na dan 31.01.2020;;;;;;', ';;;;;;', CUSTOMERS, customer(), 'x' + customer())

    assert verdicts(await report_on(file)) == [(5, 'ŠIFRA PLAČNIKA', 'x123456', 'is no number of 6 digits')]


@pytest.mark.parametrize(
    ('row', 'column', 'value', 'said'),
    [
        (customer('12345'), 'ŠIFRA PLAČNIKA', '12345', 'has 5 digits instead of 6'),
        (customer('١٢٣٤٥٦'), 'ŠIFRA PLAČNIKA', '١٢٣٤٥٦', 'is no number of 6 digits'),
        (customer(''), 'ŠIFRA PLAČNIKA', '', 'is empty'),
        (customer(name=''), 'NAZIV', '', 'is empty'),
        (customer(name='a' * 201), 'NAZIV', 'a' * 59 + '…', 'is too long: at most 200 characters'),
        ('123456;Ana;Na Žago', '', '', 'has 3 columns instead of 7'),
        (customer() + ';več', '', '', 'has 8 columns instead of 7'),
    ],
)  # fmt: skip
async def test_a_bad_customer_is_left_out(row: str, column: str, value: str, said: str, tmp_path: Path) -> None:
    report = await report_on(customers(tmp_path, *MANY, row))

    assert verdicts(report) == [(102, column, value, said)]
    assert (report.rows, report.bad, report.counts['customer'].new) == (101, 1, 100)


@pytest.mark.parametrize(
    ('row', 'column', 'value', 'said'),
    [
        (invoice('20200087'), 'ŠT. RAČUNA', '20200087', 'has 8 digits instead of 9'),
        (invoice(amount=''), 'ZNESEK', '', 'is empty'),
        (invoice(amount='1.234'), 'ZNESEK', '1.234', 'can be read in two ways; write it with a decimal comma'),
        (invoice(owed='=1+1'), 'ODPRTO', '=1+1', 'is no number such as 1234,56'),
        (invoice().replace('31.01', '31.02'), 'DATUM RAČUNA', '31.02.2020', 'is no day of the calendar'),
        (invoice() + 'x' * 40, 'SKLIC', f'SI00 202000876{"x" * 40}', 'is too long: at most 35 characters'),
        (invoice(payer_code='999999'), 'ŠIFRA PLAČNIKA', '999999', 'is not known: neither here nor in the files'),
    ],
)  # fmt: skip
async def test_a_bad_invoice_is_left_out(row: str, column: str, value: str, said: str, tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice(amount='7,00')))
    before = await everything()

    file = invoices(tmp_path, row)
    report, run = await report_on(file), await imported(file, confirmed_again=True)

    assert verdicts(report) == [(2, column, value, said)]
    assert (report.rows, report.bad, report.differs, run.state) == (1, 1, False, 'unchanged')
    assert await everything() == before


@pytest.mark.parametrize(
    ('row', 'said'),
    [
        (reading(state='-1'), (2, 'STANJE', '-1', 'is negative')),
        (reading('OM-9'), (2, 'OZNAKA OM', 'OM-9', 'is not known: neither here nor in the files')),
        (reading(day=''), (2, 'DATUM', '', 'is empty')),
        (reading('', ), (2, 'OZNAKA OM', '', 'is empty')),
    ],
)  # fmt: skip
async def test_a_bad_reading_is_left_out(row: str, said: tuple[int, str, str, str], tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()), points(tmp_path, point()))

    assert verdicts(await report_on(readings(tmp_path, row))) == [said]


async def test_separators_after_the_last_column_are_nothing(tmp_path: Path) -> None:
    rows = [customer(), customer('123457') + ';;', customer('123458') + ';']

    assert verdicts(await report_on(customers(tmp_path, *rows, header=CUSTOMERS + ';;'))) == []


async def test_credit_notes_are_right(tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()), invoices(tmp_path, invoice(amount='-41,25', owed='-41,25')))

    assert await table('invoice', 'amount', 'open_amount') == [('-41.25', '-41.25')]


async def test_numbers_may_be_written_in_two_ways_in_one_file(tmp_path: Path) -> None:
    rows = [invoice('202000876', amount='1.234,56'), invoice('202000877', amount='1234.56')]
    await imported(customers(tmp_path, customer()), invoices(tmp_path, *rows))

    assert await table('invoice', 'amount') == [('1234.56',), ('1234.56',)]


async def test_a_bad_value_that_matters_little_is_left_out_alone(tmp_path: Path) -> None:
    report = await report_on(customers(tmp_path, customer(tax_number='14862068', email='ana')))

    assert verdicts(report) == [
        (2, 'DAVČNA ŠT.', '•••••068', 'is no valid tax number; it is left out'),
        (2, 'E-NASLOV', 'ana', 'is no e-mail address; it is left out'),
    ]
    assert (report.bad, report.counts['customer'].new) == (0, 1)
    assert [problem.bad for problem in report.problems] == [False, False]


async def test_the_same_row_twice_is_one(tmp_path: Path) -> None:
    report = await report_on(customers(tmp_path, customer(), customer()), invoices(tmp_path, invoice(), invoice()))

    assert verdicts(report) == []
    assert [counts.new for counts in report.counts.values()] == [1, 1]


async def test_rows_that_contradict_each_other_are_all_left_out(tmp_path: Path) -> None:
    rows = [*MANY, customer(name='Ana'), customer(name='Eva'), customer(name='Ana')]

    report = await report_on(customers(tmp_path, *rows))

    said = 'stands there more than once, with different data'
    assert verdicts(report) == [(102, 'ŠIFRA PLAČNIKA', '123456', said), (103, 'ŠIFRA PLAČNIKA', '123456', said)]
    assert report.counts['customer'].new == 100


async def test_an_invoice_never_moves_to_another_payer(tmp_path: Path) -> None:
    both = customers(tmp_path, customer(), customer('123457'))
    await imported(both, invoices(tmp_path, invoice()))

    report = await report_on(both, invoices(tmp_path, invoice(payer_code='123457')))

    assert verdicts(report) == [(2, 'ŠT. RAČUNA', '202000876', 'belongs to another payer already')]
    await imported(both, invoices(tmp_path, invoice(payer_code='123457')), confirmed_again=True)
    assert (await Invoice.get().select_related('customer')).customer.payer_code == '123456'


async def test_a_metering_point_may_move_to_another_payer(tmp_path: Path) -> None:
    both = customers(tmp_path, customer(), customer('123457'))
    await imported(both, points(tmp_path, point()))

    file = points(tmp_path, point(payer_code='123457'))
    report, _run = await report_on(file), await imported(file)

    assert [(c.key, c.column, c.before, c.after) for c in report.changes] == [
        ('OM-1', 'payer_code', '123456', '123457')
    ]
    assert (await everything())['points'] == [('OM-1', 'Stara ulica 1', '77', 'voda', '123457', '')]


async def test_a_row_in_another_encoding_is_left_out(tmp_path: Path) -> None:
    file = customers(tmp_path, *MANY, encoding='cp1250')
    file.write_bytes(file.read_bytes() + (customer(name='Žiga Šuštar') + '\r\n').encode())

    assert [(row, said) for row, _, _, said in verdicts(await report_on(file))] == [
        (102, 'is in another encoding than the rest of the file')
    ]


async def test_zeros_that_a_text_has_lost_come_back_only_when_told(tmp_path: Path) -> None:
    file = customers(tmp_path, customer('1234'))

    assert verdicts(await report_on(file)) == [(2, 'ŠIFRA PLAČNIKA', '1234', 'has 4 digits instead of 6')]
    await imported(file, fill_up=True)
    assert await table('customer', 'payer_code') == [('001234',)]


async def test_an_invoice_of_a_bad_customer_is_not_known(tmp_path: Path) -> None:
    report = await report_on(customers(tmp_path, customer(name='')), invoices(tmp_path, invoice()))

    assert [said for *_, said in verdicts(report)] == ['is empty', 'is not known: neither here nor in the files']
    assert report.bad == 2


async def test_a_joined_row_is_bad_once(tmp_path: Path) -> None:
    header = 'Šifra plačnika;Naziv;Št. računa;Datum računa;Znesek'
    rows = ['123456;Ana;202000876;31.01.2020;1', '123456;Eva;202000877;31.01.2020;1']

    report = await report_on(csv_file(tmp_path, header, *rows))

    assert (report.rows, report.bad) == (2, 2)


async def test_numbers_no_database_can_hold_are_refused_before_it(tmp_path: Path) -> None:
    rows = [invoice(amount='999999999,99'), invoice('202000877', amount='1000000000')]
    file = invoices(tmp_path, *rows)
    await imported(customers(tmp_path, customer()), file, confirmed_again=True)

    assert await table('invoice', 'amount') == [('999999999.99',)]
    assert INVOICES.split(';')[3] == 'ZNESEK'
