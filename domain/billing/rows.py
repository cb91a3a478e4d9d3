"""Rows of a file become rows of the tables, a column at a time: a million rows cost seconds this way, not minutes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.billing import values
from domain.billing.columns import Columns
from domain.billing.problem import Problem, shown
from domain.billing.shapes import SHAPES, Rules, Staged
from domain.billing.values import Reader, Wrong
from domain.language import Message, _
from storage.billing import Cell, garbled

LEFT_OUT_IF_WRONG = ('tax_number', 'email')  # not worth a customer
KEYS = {'customer': 'payer_code', 'metering_point': 'code'}  # kinds whose absence means gone
REMEMBERED = 100_000  # different values of one column

Read = dict[tuple[str, str], list[Any]]  # values, or Wrong in their place


@dataclass
class Chunk:
    """Checked rows of one stretch of a table: what may be staged by kind, and what is wrong."""

    lines: Sequence[int] = ()
    staged: dict[str, Staged] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    bad: int = 0
    seen: list[tuple[str, str | None]] = field(default_factory=list)  # (kind, code) named by bad rows; None: unreadable


class Rows:
    """Reads the rows of one table whose columns are known."""

    def __init__(self, place: str, titles: Sequence[str], columns: Columns, rules: Rules, *, mixed: bool) -> None:
        self._place, self._titles, self._columns, self._mixed = place, titles, columns, mixed
        self._rules = rules
        self._readers = {
            (kind, name): _Column(reader, ready)
            for kind, places in columns.kinds.items()
            for name in places
            for reader, ready in [_reader(kind, name, rules)]
        }

    def read(self, lines: Sequence[int], rows: Sequence[Sequence[Cell]]) -> Chunk:
        chunk = Chunk()
        lines, rows = self._whole(chunk, lines, rows)
        if not rows:
            return chunk
        cells = list(zip(*rows, strict=True))
        read = {key: column.read(cells[self._columns.kinds[key[0]][key[1]]]) for key, column in self._readers.items()}
        bad = self._judge(chunk, lines, cells, read)
        kept = [n for n in range(len(lines)) if n not in bad] if bad else None
        chunk.lines = lines if kept is None else [lines[n] for n in kept]
        for kind in self._columns.kinds:
            data: dict[str, Any] = {name: values for (k, name), values in read.items() if k == kind}
            if kept is not None:
                data = {name: [values[n] for n in kept] for name, values in data.items()}
            chunk.staged[kind] = SHAPES[kind](data, len(chunk.lines), self._rules)
        return chunk

    def _whole(
        self, chunk: Chunk, lines: Sequence[int], rows: Sequence[Sequence[Cell]]
    ) -> tuple[Sequence[int], Sequence[Sequence[Cell]]]:
        """Only rows with as many cells as there are columns, and in one encoding."""
        width = len(self._titles)
        if set(map(len, rows)) <= {width} and not self._mixed:
            return lines, rows
        whole: list[tuple[int, Sequence[Cell]]] = []
        for line, row in zip(lines, rows, strict=True):
            cut = row[:width] if not any(row[width:]) else row
            if len(cut) != width:
                sentence = _('has {typed} columns instead of {length}', typed=len(cut), length=width)
                self._refuse(chunk, line, sentence)
            elif self._mixed and any(garbled(cell) for cell in cut if isinstance(cell, str)):
                self._refuse(chunk, line, _('is in another encoding than the rest of the file'))
            else:
                whole.append((line, cut))
        return [line for line, _row in whole], [row for _line, row in whole]

    def _refuse(self, chunk: Chunk, line: int, sentence: Message) -> None:
        chunk.problems.append(Problem(self._place, line, '', '', sentence))
        chunk.bad += 1
        chunk.seen += [(kind, None) for kind in self._columns.kinds if kind in KEYS]

    def _judge(self, chunk: Chunk, lines: Sequence[int], cells: Sequence[Sequence[Cell]], read: Read) -> set[int]:
        """Writes down what is wrong; the places of the bad rows. Values that may be left out become nothing."""
        bad: set[int] = set()
        told: set[tuple[int, int]] = set()
        for (kind, name), column in read.items():
            if not self._readers[kind, name].met_wrong:
                continue
            place = self._columns.kinds[kind][name]
            for n in [n for n, value in enumerate(column) if type(value) is Wrong]:
                left_out = name in LEFT_OUT_IF_WRONG
                if (n, place) not in told:
                    told.add((n, place))
                    value = shown(cells[place][n], is_tax_number=name == 'tax_number')
                    title = str(self._titles[place])
                    chunk.problems.append(
                        Problem(self._place, lines[n], title, value, column[n].sentence, bad=not left_out)
                    )
                if left_out:
                    column[n] = None
                else:
                    bad.add(n)
        chunk.bad += len(bad)
        for kind in KEYS.keys() & self._columns.kinds.keys():
            codes = read[kind, KEYS[kind]]
            chunk.seen += [(kind, None if type(codes[n]) is Wrong else codes[n]) for n in sorted(bad)]
        return bad


class _Column:
    """Most values repeat, and most columns are all right: both are used before a value is looked at by itself."""

    def __init__(self, reader: Reader, ready: str | None) -> None:
        self._known = _Known(reader)
        self._ready = re.compile(rf'(?:{ready})(?:\n(?:{ready}))*+', re.ASCII) if ready else None

    @property
    def met_wrong(self) -> bool:
        return self._known.met_wrong

    def read(self, cells: Sequence[Cell]) -> list[str | Wrong | None]:
        if self._ready:
            try:
                joined = '\n'.join(cells)  # type: ignore[arg-type]
                if joined.count('\n') == len(cells) - 1 and self._ready.fullmatch(joined):
                    return list(cells)  # type: ignore[arg-type]
            except TypeError:  # cells with types
                pass
        return list(map(self._known.__getitem__, cells))


class _Known(dict[Cell, str | Wrong | None]):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader, self.met_wrong = reader, False

    def __missing__(self, cell: Cell) -> str | Wrong | None:
        if len(self) >= REMEMBERED:
            self.clear()
        try:
            read: str | Wrong | None = self._reader(cell)
        except Wrong as wrong:
            read, self.met_wrong = Wrong(wrong.sentence), True  # a new one, without the frames it came through
        self[cell] = read
        return read


def _reader(kind: str, name: str, rules: Rules) -> tuple[Reader, str | None]:
    """How a datum is read, and a pattern of what needs no reading."""
    payer, number = rules.payer_code_length, rules.invoice_number_length
    simple = r'(?=[^\n]{1,35}(?:\n|\Z))[A-Za-z0-9]+(?:[ \-][A-Za-z0-9]+){0,3}'
    table: dict[str, tuple[Reader, str | None]] = {
        'payer_code': (values.code(payer, fill_up=rules.fill_up), rf'\d{{{payer}}}'),
        'number': (values.code(number, fill_up=rules.fill_up), rf'\d{{{number}}}'),
        'name': (values.needed(values.text(200)), None),
        'surname': (values.text(100), None),
        'street': (values.text(120), None),
        'house_number': (values.text(20), None),
        'post_code': (values.text(20), None),
        'town': (values.text(100), None),
        'tax_number': (values.tax_number, None),
        'email': (values.email, None),
        'code': (values.label(40), None),
        'metering_point': (values.label(40), None),
        'address': (values.needed(values.text(300)), None),
        'meter_serial': (values.text(40), None),
        'service': (values.text(100), None),
        'issued_on': (values.needed(values.day), None),
        'read_on': (values.needed(values.day), None),
        'amount': (values.needed(values.amount), None),
        'open_amount': (values.amount, None),
        'reference': (values.text(35), simple),
        'state': (values.quantity, None),
        'origin': (values.text(40), None),
    }
    return table.get(name, (values.day, None))
