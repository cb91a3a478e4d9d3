"""A workbook of Excel (xlsx, xlsm): its visible sheets, with the values formulas had when it was saved."""

from collections.abc import Iterator
from datetime import time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, cast

from storage.billing.table import (
    Cell,
    Chunk,
    Limits,
    Note,
    NoteKind,
    Reason,
    Row,
    Table,
    Unreadable,
    filled,
    one_line,
    whole,
)
from storage.billing.workbook_parts import checked_parts

RANGES_TOLD = 20


def workbook_tables(path: Path, limits: Limits) -> list[Table]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    notes = list(_notes(checked_parts(path, limits)))
    tables = []
    try:
        with path.open('rb') as file, CalamineWorkbook.from_filelike(file) as book:
            for sheet in book.sheets_metadata:
                if sheet.visible is SheetVisibleEnum.Visible:
                    tables.append(_table(book.get_sheet_by_name(sheet.name), limits))
                else:
                    notes.append(Note(NoteKind.HIDDEN_SHEET, {'sheet': sheet.name}))
    except CalamineError as problem:
        raise Unreadable(Reason.DAMAGED) from problem
    found = [table for table in tables if table.head]
    for table in found[:1]:
        table.notes[:0] = notes
    return found


def _notes(parts: list[str]) -> Iterator[Note]:
    if any(part.lower().endswith('vbaproject.bin') for part in parts):
        yield Note(NoteKind.MACROS_IGNORED)
    if any(part.lower().startswith('xl/externallinks/') for part in parts):
        yield Note(NoteKind.EXTERNAL_LINKS_IGNORED)


def _table(sheet: Any, limits: Limits) -> Table:
    columns = sheet.end[1] + 1 if sheet.end else 0
    if columns > limits.columns:
        raise Unreadable(Reason.TOO_MANY_COLUMNS, {'columns': columns, 'most': limits.columns})
    notes = []
    if ranges := sheet.merged_cell_ranges:
        rows = [(first[0] + 1, last[0] + 1) for first, last in ranges[:RANGES_TOLD]]
        notes.append(Note(NoteKind.MERGED_CELLS, {'ranges': len(ranges), 'rows': rows}))
    return Table(sheet.name, None, None, True, False, lambda size: _chunks(sheet, limits, size), notes)


def _chunks(sheet: Any, limits: Limits, size: int) -> Iterator[Chunk]:
    """The reader begins at the first column that is not empty; the person who looks at column A sees it as well."""
    margin: Row = [''] * sheet.start[1] if sheet.start else []
    rows = enumerate(sheet.iter_rows(), 1)
    while batch := list(islice(rows, size)):
        numbers = [number for number, _ in batch]
        yield filled(numbers, [margin + _row(row, number, limits) for number, row in batch])


def _row(cells: list[Any], number: int, limits: Limits) -> Row:
    row = list(map(_cell, cells))
    if any(isinstance(cell, str) and len(cell) > limits.cell for cell in row):
        raise Unreadable(Reason.LONG_CELL, {'row': number, 'most': limits.cell})
    return row


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, float):
        return whole(value)
    return str(value) if isinstance(value, time | timedelta) else cast(Cell, value)
