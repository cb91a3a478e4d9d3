"""How large a sheet says it is, told by its raw XML.

The reader lays a sheet out as a full rectangle, so a 4 kB file with a value in XFD1048576 would ask for a million rows
of sixteen thousand cells. The rule: the rectangle from A1 around all values has at most a million cells, or one for
every four bytes of its XML. A filled cell takes twenty bytes and more, so four fifths of a sheet may be empty. Cells
that are only formatted, however far away, are not laid out and do not count.
"""

import re
from dataclasses import dataclass

from storage.billing.table import Limits, Reason, Unreadable

FREE_CELLS, BYTES_PER_CELL = 1_000_000, 4

# Repetitions are bounded: a tag of a megabyte must not cost its square.
_NAMED = rb'[^<>]{0,400}?\br\s*=\s*["\']'
_FILLED = rb'[^<>]{0,400}(?<!/)>'
_VALUE = re.compile(rb'<(?:\w{1,20}:)?c\s' + _NAMED + rb'([A-Za-z]{1,9})(\d{1,9})' + _FILLED + rb'\s{0,99}<(?!/)')
_UNNAMED_VALUE = re.compile(
    rb'<(?:\w{1,20}:)?row\s' + _NAMED + rb'(\d{1,9})' + _FILLED +
    rb'\s{0,99}<(?:\w{1,20}:)?c(?!' + _NAMED + rb')' + _FILLED
)  # fmt: skip


@dataclass
class Rectangle:
    """Around all values of a sheet, from A1."""

    rows: int = 0
    columns: int = 0

    def take(self, xml: bytes) -> None:
        values = _VALUE.findall(xml)
        self.columns = max([self.columns, *map(_column, {letters for letters, _ in values})])
        self.rows = max([self.rows, *(int(row) for _, row in values), *map(int, _UNNAMED_VALUE.findall(xml))])

    def check(self, size: int, limits: Limits) -> None:
        if self.columns > limits.columns:
            raise Unreadable(Reason.TOO_MANY_COLUMNS, {'columns': self.columns, 'most': limits.columns})
        if self.rows > limits.rows:
            raise Unreadable(Reason.TOO_MANY_ROWS, {'rows': self.rows, 'most': limits.rows})
        if self.rows * max(self.columns, 1) > FREE_CELLS + size / BYTES_PER_CELL:
            raise Unreadable(Reason.FAR_CELL, {'row': self.rows})


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number
