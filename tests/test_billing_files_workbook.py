"""Workbooks: what a person sees in Excel is what is read, and whatever is left out is told."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from storage.billing import Limits, Note, NoteKind, Reason, Row, Unreadable, tables
from tests.billing_files import (
    MAIN,
    NAMES,
    ROWS,
    Formula,
    all_numbers,
    all_rows,
    as_xlsx,
    as_zip,
    only_table,
    worksheet,
    xlsx_parts,
)

TABLE = [NAMES, *ROWS]


def a_sheet(path: Path, data: str) -> Path:
    return as_xlsx(path / 'f', [['x']], parts={'xl/worksheets/sheet1.xml': worksheet(data)})


def refusal_of(path: Path, **limits: int) -> tuple[Reason, dict[str, object]]:
    with pytest.raises(Unreadable) as refusal:
        tables(path, limits=Limits(**limits))
    return refusal.value.reason, refusal.value.facts


def read_again(path: Path, row: list[Any]) -> Row:
    return only_table(as_xlsx(path / 'f', [row])).head[0][1]


def test_cells_keep_their_types(tmp_path: Path) -> None:
    row = ['00123', 123456, 41.25, Decimal('0.10'), date(2020, 1, 31), datetime(2020, 1, 31, 12), True]

    assert read_again(tmp_path, row) == [
        '00123',
        123456,
        41.25,
        0.1,
        date(2020, 1, 31),
        datetime(2020, 1, 31, 12),
        True,
    ]


def test_whole_numbers_are_whole(tmp_path: Path) -> None:
    numbers = read_again(tmp_path, [123456, 7.0, -3, 1e15, 1e300, 0.5])

    assert [type(number) for number in numbers] == [int, int, int, int, float, float]


def test_a_formula_gives_the_value_it_had(tmp_path: Path) -> None:
    assert read_again(tmp_path, [Formula('SUM(A1:A9)', 41.25), Formula('HYPERLINK("x")', 7)]) == [41.25, 7]


def test_a_time_of_day_is_a_text(tmp_path: Path) -> None:
    path = a_sheet(tmp_path, '<row r="1"><c r="A1" s="1"><v>0.5</v></c></row>')

    assert only_table(path).head == [(1, ['12:00:00'])]


def test_an_address_in_two_lines_is_one_cell(tmp_path: Path) -> None:
    assert read_again(tmp_path, ['Na Žago 52b\n1352 Preserje']) == ['Na Žago 52b 1352 Preserje']


def test_rows_and_columns_stand_where_a_person_sees_them(tmp_path: Path) -> None:
    rows = [[], [None, 'A', 'B'], [], [None, ' '], [None, 1, None], [None, None, 2]]
    table = only_table(as_xlsx(tmp_path / 'f', rows))

    assert table.head == [(2, ['', 'A', 'B']), (5, ['', 1, '']), (6, ['', '', 2])]
    assert all_numbers(table, size=2, after=2) == [5, 6]


def test_every_visible_sheet_is_a_table(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / 'f', {'Stranke': TABLE, 'Prazen': [], 'Računi & drugo': [['ŠT.'], [1]]})

    assert [(table.name, len(all_rows(table))) for table in tables(path)] == [('Stranke', 4), ('Računi & drugo', 2)]


def test_hidden_sheets_are_left_out_and_told(tmp_path: Path) -> None:
    sheets = {'Skrit': [['x']], 'Stranke': TABLE, 'Zelo skrit': [['x']]}
    table = only_table(as_xlsx(tmp_path / 'f', sheets, hidden=['Skrit'], very_hidden=['Zelo skrit']))

    assert table.name == 'Stranke'
    assert table.notes == [Note(NoteKind.HIDDEN_SHEET, {'sheet': name}) for name in ('Skrit', 'Zelo skrit')]


def test_a_note_does_not_go_with_an_empty_sheet(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / 'f', {'Prazen': [], 'Skrit': [['x']], 'Stranke': TABLE}, hidden=['Skrit'])

    assert only_table(path).notes == [Note(NoteKind.HIDDEN_SHEET, {'sheet': 'Skrit'})]


def test_a_workbook_with_nothing_to_see_is_empty(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / 'f', {'Skrit': TABLE, 'Prazen': []}, hidden=['Skrit'])

    assert refusal_of(path) == (Reason.EMPTY, {})


def test_merged_cells_are_told_with_their_rows(tmp_path: Path) -> None:
    table = only_table(as_xlsx(tmp_path / 'f', TABLE, merged=['A1:B1', 'A2:A4']))

    assert table.notes == [Note(NoteKind.MERGED_CELLS, {'ranges': 2, 'rows': [(1, 1), (2, 4)]})]
    assert all_rows(table) == TABLE


def test_macros_and_links_to_other_files_are_ignored_and_told(tmp_path: Path) -> None:
    parts = {'xl/vbaProject.bin': 'Sub Auto_Open()', 'xl/externalLinks/externalLink1.xml': '<externalLink/>'}
    table = only_table(as_xlsx(tmp_path / 'f', TABLE, parts=parts))

    assert [note.kind for note in table.notes] == [NoteKind.MACROS_IGNORED, NoteKind.EXTERNAL_LINKS_IGNORED]
    assert all_rows(table) == TABLE


def test_long_sheets_come_in_chunks(tmp_path: Path) -> None:
    table = only_table(as_xlsx(tmp_path / 'f', [['A', 'B'], *([n, 'x'] for n in range(2, 103))]))

    assert [len(rows) for _, rows in table.chunks(50, after=1)] == [49, 50, 2]
    assert all_numbers(table, after=1) == [row[0] for row in all_rows(table, after=1)]


def test_two_hundred_columns_are_too_many(tmp_path: Path) -> None:
    assert refusal_of(as_xlsx(tmp_path / 'f', [['A'] * 200])) == (
        Reason.TOO_MANY_COLUMNS,
        {'columns': 200, 'most': 199},
    )
    assert len(read_again(tmp_path, ['A'] * 199)) == 199


def test_two_hundred_columns_without_a_name_are_too_many(tmp_path: Path) -> None:
    path = a_sheet(tmp_path, f'<row>{"<c><v>1</v></c>" * 200}</row>')

    assert refusal_of(path) == (Reason.TOO_MANY_COLUMNS, {'columns': 200, 'most': 199})


def test_formats_in_far_columns_and_rows_are_no_cells(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"></c></row>'
    path = a_sheet(tmp_path, f'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>{far}')

    assert only_table(path).head == [(1, [1])]


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / 'f', [[1]] * 5)

    assert refusal_of(path, rows=4) == (Reason.TOO_MANY_ROWS, {'rows': 5, 'most': 4})


def test_a_cell_longer_than_any_address_is_refused(tmp_path: Path) -> None:
    assert refusal_of(as_xlsx(tmp_path / 'f', [['A'], ['x' * 10_001]])) == (
        Reason.LONG_CELL,
        {'row': 2, 'most': 10_000},
    )


@pytest.mark.parametrize(
    'data',
    [
        '<row r="1"><c r="A1"><v>1</v></d></row>',
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&nothing;</v></c></row>',
    ],
)
def test_broken_xml_is_damage(tmp_path: Path, data: str) -> None:
    assert refusal_of(a_sheet(tmp_path, data)) == (Reason.DAMAGED, {})


def test_a_sheet_that_ends_in_the_middle_is_damage(tmp_path: Path) -> None:
    sheet = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    path = as_xlsx(tmp_path / 'f', TABLE, parts={'xl/worksheets/sheet1.xml': sheet[: sheet.index('</sheetData>')]})

    assert refusal_of(path) == (Reason.DAMAGED, {})


def test_a_workbook_in_utf_16_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode('utf-16')
    path = as_zip(tmp_path / 'f', {**xlsx_parts(TABLE), 'xl/worksheets/sheet1.xml': sheet})

    assert refusal_of(path) == (Reason.DAMAGED, {})
