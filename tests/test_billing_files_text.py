"""Separated text: line numbers as an editor shows them, quotes of every kind, rows passed on as they are."""

from pathlib import Path

import pytest

from storage.billing import Limits, Reason, Row, Table, Unreadable, tables
from tests.billing_files import NAMES, ROWS, all_numbers, all_rows, as_bytes, as_text, only_table

HEADER = 'A;B;C\n'


def a_table(path: Path, text: str, **options: object) -> Table:
    return only_table(as_bytes(path / 'f.csv', text.encode('cp1250')), **options)


def refusal_of(path: Path, text: str, **limits: int) -> tuple[Reason, dict[str, object]]:
    with pytest.raises(Unreadable) as refusal:
        all_rows(a_table(path, text, limits=Limits(**limits)))
    return refusal.value.reason, refusal.value.facts


def numbered(table: Table, **options: int) -> list[tuple[int, Row]]:
    return list(zip(all_numbers(table, **options), all_rows(table, **options), strict=True))


@pytest.mark.parametrize('separator', [';', ',', '\t', '|'])
@pytest.mark.parametrize('line_end', ['\r\n', '\n', '\r'])
def test_separators_and_line_ends_are_told_from_the_text(tmp_path: Path, separator: str, line_end: str) -> None:
    rows = [[cell.replace(',', '.') for cell in row] for row in (NAMES, *ROWS)]
    table = only_table(as_text(tmp_path / 'f', rows, separator=separator, line_end=line_end))

    assert table.separator == separator
    assert numbered(table) == list(enumerate(rows, 1))


def test_commas_in_addresses_and_amounts_do_not_part_cells(tmp_path: Path) -> None:
    rows = [['NASLOV', 'ZNESEK'], *([f'Cesta {n}, 1352 Preserje', '12,50'] for n in range(30))]

    assert only_table(as_text(tmp_path / 'f', rows, separator='\t')).separator == '\t'


def test_a_title_above_the_names_does_not_mislead(tmp_path: Path) -> None:
    table = a_table(tmp_path, 'Seznam, stanje, opombe, pripombe, 2020\n\nA|B\n1|2\n3|4\n')

    assert table.separator == '|'
    assert numbered(table)[1] == (3, ['A', 'B'])


def test_one_column_is_a_table(tmp_path: Path) -> None:
    table = a_table(tmp_path, 'A\n1\n2\n')

    assert (table.separator, all_rows(table)) == (';', [['A'], ['1'], ['2']])


def test_excels_own_first_line_is_no_row(tmp_path: Path) -> None:
    table = a_table(tmp_path, 'sep=|\nA|B;C;D;E\n1|2;3;4;5\n')

    assert table.separator == '|'
    assert numbered(table) == [(2, ['A', 'B;C;D;E']), (3, ['1', '2;3;4;5'])]


def test_ragged_rows_are_passed_on(tmp_path: Path) -> None:
    assert all_rows(a_table(tmp_path, HEADER + '1;2\n1;2;3;4\n1\n'))[1:] == [['1', '2'], ['1', '2', '3', '4'], ['1']]


def test_empty_rows_are_left_out_and_still_counted(tmp_path: Path) -> None:
    table = a_table(tmp_path, '\nA;B\n\n1;2\n;\n ; \n;3\n')

    assert numbered(table) == [(2, ['A', 'B']), (4, ['1', '2']), (7, ['', '3'])]
    assert table.head == numbered(table)


def test_the_head_is_the_first_twenty_rows(tmp_path: Path) -> None:
    table = a_table(tmp_path, HEADER + '1;2;3\n' * 50)

    assert [number for number, _ in table.head] == list(range(1, 21))


@pytest.mark.parametrize('size', [1, 2, 3, 7, 5000])
def test_chunks_of_any_size_hold_every_row_once(tmp_path: Path, size: int) -> None:
    text = HEADER + '1;2;3\n\n"a\nb";2;3\n"x"y;2;3\n' * 5
    table = a_table(tmp_path, text)

    assert numbered(table, size=size) == numbered(table)
    assert len(all_rows(table)) == 16
    assert all(len(rows) <= size for _, rows in table.chunks(size))


@pytest.mark.parametrize('after', [0, 1, 3, 21, 40, 99])
def test_chunks_begin_after_the_row_that_is_said(tmp_path: Path, after: int) -> None:
    table = a_table(tmp_path, HEADER + '1;2;3\n\n' * 20)

    assert numbered(table, size=7, after=after) == [pair for pair in numbered(table) if pair[0] > after]


def test_numbers_of_a_clean_chunk_are_a_range(tmp_path: Path) -> None:
    ((numbers, _),) = a_table(tmp_path, HEADER + '1;2;3\n').chunks(after=1)

    assert numbers == range(2, 3)


def test_the_last_row_needs_no_line_end(tmp_path: Path) -> None:
    assert all_rows(a_table(tmp_path, HEADER + '1;2;3'))[-1] == ['1', '2', '3']
    assert all_rows(a_table(tmp_path, HEADER + '1;2;3\r\n\x1a'))[-1] == ['1', '2', '3']


def test_quotes_part_nothing_inside(tmp_path: Path) -> None:
    assert all_rows(a_table(tmp_path, HEADER + '"1;2";"d.o.o. ""Lipa""";cev 3/4"\n'))[1] == [
        '1;2', 'd.o.o. "Lipa"', 'cev 3/4"',
    ]  # fmt: skip


def test_an_address_in_two_lines_is_one_cell(tmp_path: Path) -> None:
    table = a_table(tmp_path, HEADER + '1;"Na Žago 52b\r\n1352 Preserje";3\r\n4;5;6\r\n')

    assert numbered(table)[1:] == [(2, ['1', 'Na Žago 52b 1352 Preserje', '3']), (4, ['4', '5', '6'])]


def test_one_column_may_hold_separators_in_its_second_line(tmp_path: Path) -> None:
    assert all_rows(a_table(tmp_path, 'A\n' + '1\n' * 30 + '"x\ny; z"\n'))[-1] == ['x y; z']


def test_a_quote_closed_too_early_spoils_its_row_only(tmp_path: Path) -> None:
    table = a_table(tmp_path, HEADER + '1;"Kmetija "Lipa" d.o.o.";3\n"K" d.o.o.;"x; y";3\n7;8;9\n')

    assert numbered(table)[1:] == [
        (2, ['1', 'Kmetija "Lipa" d.o.o.', '3']),
        (3, ['"K" d.o.o.', '"x', ' y"', '3']),
        (4, ['7', '8', '9']),
    ]


@pytest.mark.parametrize(
    'rest',
    [
        '1;2;3\n4;"5;6\n7;8;9\n',
        '1;2;3\n4;"5;6\n',
        '1;2;3\n4;"5;6',
        '1;2;3\n4;"5;6\n7;"8";9\n',
        '1;2;3\n4;"5;6\n7;8;9"\n',
        '1;2;3\n4;"5;6\n' + '7;8;9\n' * 9_000,
    ],
)
def test_a_quote_left_open_refuses_the_file_and_says_where(tmp_path: Path, rest: str) -> None:
    assert refusal_of(tmp_path, HEADER + rest) == (Reason.UNCLOSED_QUOTE, {'row': 3})


def test_a_quote_left_open_is_found_below_the_head(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, HEADER + '1;2;3\n' * 7_000 + '1;"2;3\n') == (Reason.UNCLOSED_QUOTE, {'row': 7_002})


def test_two_hundred_columns_are_too_many(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, ';'.join('A' * 200)) == (Reason.TOO_MANY_COLUMNS, {'columns': 200, 'most': 199})
    assert len(a_table(tmp_path, ';'.join('A' * 199)).head[0][1]) == 199


def test_a_cell_longer_than_any_address_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, HEADER + f'1;{"x" * 11};3', cell=10) == (Reason.LONG_CELL, {'row': 2, 'most': 10})
    assert all_rows(a_table(tmp_path, HEADER + f'1;{"x" * 10_000};3'))[1][1] == 'x' * 10_000


def test_a_line_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = as_bytes(tmp_path / 'f', b'A;B\n' + b'1;2;' * 1_000_000)

    with pytest.raises(Unreadable) as refusal:
        tables(path)

    assert refusal.value.reason is Reason.LONG_CELL


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, HEADER + '1;2;3\n' * 3, rows=2) == (Reason.TOO_MANY_ROWS, {'most': 2})
    assert len(all_rows(a_table(tmp_path, HEADER + '1;2;3\n' * 3, limits=Limits(rows=4)))) == 4
