"""A text of separated cells, read in a stream: a million rows hardly slower than the csv module alone, in flat memory.

Lines are found by splitting blocks, which is faster than the file's own iterator and pays for what is checked here.
Only a chunk with a quoted line break or a broken quote is read again, row by row.

A quote that ends in the middle of a cell (»"Kmetija "Lipa" d.o.o."«) spoils its row only: such a row is parted at its
separators, whatever the quotes. One that stays open makes all that follows uncertain, and the file is refused.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import cast

from storage.billing.separator import separator_and_columns, tells_separator
from storage.billing.survey import Survey, survey
from storage.billing.table import Chunk, Limits, Reason, Row, Table, Unreadable, filled, one_line

BLOCK = 1 << 16  # bytes; larger ones leave the processor's cache
SAMPLE_LINES = 20
END_OF_DOS_FILE = '\x1a'


def text_table(path: Path, forced: str | None, limits: Limits) -> Table:
    found = survey(path, forced, limits)
    text = _Text(path, found, limits)
    table = Table('', found.encoding, text.separator, typed=False, mixed=found.mixed, source=text.chunks)
    columns = max((len(row) for _, row in table.head), default=0)
    if columns > limits.columns:
        raise Unreadable(Reason.TOO_MANY_COLUMNS, {'columns': columns, 'most': limits.columns})
    return table


class _Text:
    def __init__(self, path: Path, found: Survey, limits: Limits) -> None:
        self.path, self.found, self.limits = path, found, limits
        sample = list(islice(filter(str.strip, chain.from_iterable(self._blocks())), SAMPLE_LINES))
        self.separator, self.columns = separator_and_columns(sample)

    def chunks(self, size: int) -> Iterator[Chunk]:
        csv.field_size_limit(self.limits.cell)
        lines, number = self._lines(), 1
        while batch := list(islice(lines, size)):
            rows = self._quickly(batch)
            if rows is None:
                numbers, rows, number = self._carefully(batch, lines, number)
                yield filled(numbers, rows)
            else:
                span = range(number, number + len(batch))
                yield (span, rows) if _all_begin(rows) else filled(span, rows)
                number = span.stop
            del batch, rows  # or two chunks would be in memory while the next one is made

    def _lines(self) -> Iterator[str]:
        lines = chain.from_iterable(self._blocks())
        first = next(lines, '')
        return chain(['' if tells_separator(first) else first], lines)

    def _blocks(self) -> Iterator[list[str]]:
        decode = codecs.getincrementaldecoder(self.found.encoding)('replace').decode
        rest = ''
        with self.path.open('rb') as file:
            while block := file.read(BLOCK):
                lines = (rest + decode(block)).split(self.found.line_end)
                rest = lines.pop()
                yield lines
        if rest := (rest + decode(b'', True)).rstrip(END_OF_DOS_FILE):
            yield [rest]

    def _quickly(self, batch: Sequence[str]) -> list[Row] | None:
        """One row from each line, unless quotes say otherwise."""
        try:
            rows = list(csv.reader(batch, delimiter=self.separator, strict=True))
        except csv.Error:
            return None
        return cast(list[Row], rows) if len(rows) == len(batch) else None

    def _carefully(self, batch: Sequence[str], more: Iterator[str], number: int) -> tuple[list[int], list[Row], int]:
        """The same lines, and as many more as the last row goes on for; with the number of the line after them."""
        numbers: list[int] = []
        rows: list[Row] = []
        taken: list[str] = []
        reader = csv.reader(_noted(chain(batch, more), taken), delimiter=self.separator, strict=True)
        end = number + len(batch)
        while number < end:
            taken.clear()
            try:
                row = next(reader)
            except csv.Error:
                row = self._loosely(taken, number)
            rows.append(self._in_one_line(row, number) if len(taken) > 1 else cast(Row, row))
            numbers.append(number)
            number += len(taken)
        return numbers, rows, number

    def _loosely(self, taken: Sequence[str], number: int) -> list[str]:
        if len(taken) > 1:
            raise Unreadable(Reason.UNCLOSED_QUOTE, {'row': number})
        cells = taken[0].rstrip('\r').split(self.separator)
        if any(len(cell) > self.limits.cell for cell in cells):
            raise Unreadable(Reason.LONG_CELL, {'row': number, 'most': self.limits.cell})
        return [one_line(_unquoted(cell)) for cell in cells]

    def _in_one_line(self, row: Sequence[str], number: int) -> Row:
        """An address may be in several lines; one that holds a whole row is a quote somebody forgot to close."""
        swallowed = (line for cell in row for line in cell.split('\n')[1:])
        if self.columns > 1 and any(line.count(self.separator) >= self.columns - 1 for line in swallowed):
            raise Unreadable(Reason.UNCLOSED_QUOTE, {'row': number})
        return [one_line(cell) for cell in row]


def _noted(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    """Each line as csv wants it; `taken` tells which ones a row was made of, the end of the file being one more."""
    for line in lines:
        taken.append(line)
        yield line + '\n'
    taken.append('')


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _all_begin(rows: list[Row]) -> bool:
    """Whether every first cell is filled, so that no row is empty: nearly always, and told without a loop in Python."""
    try:
        return all(map(str.strip, map(itemgetter(0), cast(list[list[str]], rows))))
    except IndexError:
        return False
