"""What is read out of a billing file: rows of cells with the numbers a person sees, or one exact refusal."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto
from itertools import chain, compress, islice, starmap

Cell = str | int | float | Decimal | bool | date | datetime | None
Row = list[Cell]
Chunk = tuple[Sequence[int], list[Row]]
Source = Callable[[int], Iterator[Chunk]]

ROWS_IN_HEAD = 20


class Reason(StrEnum):
    """Why a whole file cannot be read. Facts are in brackets."""

    EMPTY = auto()
    OLD_EXCEL = auto()
    NOT_A_TABLE = auto()
    PROTECTED = auto()
    DAMAGED = auto()
    ENTITIES = auto()
    TOO_BIG = auto()  # (most: bytes)
    TOO_MANY_PARTS = auto()  # (most)
    TOO_MANY_ROWS = auto()  # (most, and rows where they are known)
    TOO_MANY_COLUMNS = auto()  # (columns, most)
    FAR_CELL = auto()  # (row: a sheet has a value so far below that most of it would be emptiness)
    LONG_CELL = auto()  # (row, most: characters)
    UNCLOSED_QUOTE = auto()  # (row in which the quote opens)
    WRONG_ENCODING = auto()  # (encoding)


class Unreadable(Exception):
    def __init__(self, reason: Reason, facts: dict[str, object] | None = None) -> None:
        self.reason, self.facts = reason, facts or {}
        super().__init__(reason, self.facts)


class NoteKind(StrEnum):
    """What was left out of a file that can be read. Facts are in brackets."""

    HIDDEN_SHEET = auto()  # (sheet)
    MERGED_CELLS = auto()  # (ranges: how many, rows: the first ones as pairs of row numbers)
    MACROS_IGNORED = auto()
    EXTERNAL_LINKS_IGNORED = auto()
    MISSING_MEMO = auto()  # (columns)


@dataclass(frozen=True)
class Note:
    kind: NoteKind
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    unpacked: int = 200_000_000  # bytes, of a file and of everything in a workbook together
    members: int = 50  # parts of a workbook
    rows: int = 2_000_000
    columns: int = 199
    cell: int = 10_000  # characters


USUAL_LIMITS = Limits()


@dataclass
class Table:
    name: str  # of the sheet
    encoding: str | None
    separator: str | None
    typed: bool  # numbers came as numbers, and may have lost leading zeros
    mixed: bool  # see garbled()
    source: Source = field(repr=False)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        pairs = chain.from_iterable(starmap(zip, self.source(ROWS_IN_HEAD)))
        self.head: list[tuple[int, Row]] = list(islice(pairs, ROWS_IN_HEAD))

    def chunks(self, size: int = 5000, after: int = 0) -> Iterator[Chunk]:
        """All rows below the row `after`, with their numbers; what shows only on the way may still be Unreadable."""
        for numbers, rows in self.source(size):
            if numbers and numbers[0] <= after:
                passed = bisect_right(numbers, after)
                numbers, rows = numbers[passed:], rows[passed:]
            if rows:
                yield numbers, rows
            del rows  # or two chunks would be in memory while the next one is made


def is_filled(row: Sequence[Cell]) -> bool:
    return any(cell.strip() if isinstance(cell, str) else cell is not None for cell in row)


def filled(numbers: Sequence[int], rows: list[Row]) -> Chunk:
    """The same without empty rows."""
    kept = list(map(is_filled, rows))
    return (numbers, rows) if all(kept) else (list(compress(numbers, kept)), list(compress(rows, kept)))


def one_line(text: str) -> str:
    """An address typed in two lines is one cell all the same."""
    return ' '.join(text.splitlines()) if '\n' in text or '\r' in text else text


def whole(number: float) -> int | float:
    """Spreadsheets know no integers; above 2^53 a float does not know its last digits either."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
