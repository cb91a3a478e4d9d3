"""A table of dBase or FoxPro. Its language byte lies so often that the encoding is told by the letters, as of a text.

What dbfread would stop at is looked at first: a header that is longer than the file, records unlike their fields.
A value that is none of its field (a date »2020-13-45«) comes as the text it is: that spoils a row, not a file.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from storage.billing.encoding import Evidence
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

RECORDS_AT_ONCE = 5_000
TEXTS, NUMBERS, MEMOS = 'CV', 'NF', 'MGP'
KEPT = ord(' ')  # before a record; a deleted one has a star
_NUMBER = re.compile(r'[-+]?(\d+[.,]?\d*|[.,]\d+)', re.ASCII)


def dbf_table(path: Path, forced: str | None, limits: Limits) -> Table:
    from dbfread import DBF  # type: ignore[import-untyped]

    layout = _Layout.of(path, limits)
    options = {'ignorecase': False, 'ignore_missing_memofile': True, 'char_decode_errors': 'replace'}
    try:
        evidence = _evidence(layout, DBF(path, encoding='latin-1', parserclass=_Parser, **options).fields, limits)
        encoding = forced or evidence.encoding
        if not evidence.fits(encoding):
            raise Unreadable(Reason.WRONG_ENCODING, {'encoding': encoding})
        dbf = DBF(path, encoding=encoding, parserclass=_Parser, recfactory=_cells, **options)
    except (ValueError, struct.error) as problem:
        raise Unreadable(Reason.DAMAGED) from problem
    lost = [field.name for field in dbf.fields if field.type in MEMOS and not dbf.memofilename]
    notes = [Note(NoteKind.MISSING_MEMO, {'columns': lost})] if lost else []
    return Table('', encoding, None, True, evidence.mixed, lambda size: _chunks(layout, dbf, size), notes)


@dataclass(frozen=True)
class _Layout:
    """What the header says of the records, once it is known to be true."""

    path: Path
    count: int
    header: int
    record: int

    @classmethod
    def of(cls, path: Path, limits: Limits) -> '_Layout':
        with path.open('rb') as file:
            count, header, record = struct.unpack('<4xLHH', file.read(12))
            names_end = b'\r' in file.read(header - 12)[20::32]
        if not names_end or header + count * record > path.stat().st_size:
            raise Unreadable(Reason.DAMAGED)
        if count > limits.rows:
            raise Unreadable(Reason.TOO_MANY_ROWS, {'rows': count, 'most': limits.rows})
        return cls(path, count, header, record)

    def blocks(self) -> Iterator[bytes]:
        with self.path.open('rb') as file:
            file.seek(self.header)
            for first in range(0, self.count, RECORDS_AT_ONCE):
                yield file.read(self.record * min(RECORDS_AT_ONCE, self.count - first))

    def kept(self) -> Iterator[int]:
        """The row numbers of records that are not deleted; the names are row 1."""
        flags = chain.from_iterable(block[:: self.record] for block in self.blocks())
        return (number for number, flag in enumerate(flags, 2) if flag == KEPT)


class _Parser:
    """dbfread's own, but money stays exact and nothing is worth an exception."""

    def __init__(self, table: Any, memos: Any = None) -> None:
        from dbfread import FieldParser

        self._parser = FieldParser(table, memos)

    def field_type_supported(self, _type: str) -> bool:
        return True

    def parse(self, field: Any, raw: bytes) -> Cell:
        if field.type in NUMBERS:
            return _number(self._parser.decode_text(raw.strip(b' \0*')))
        try:
            value = self._parser.parse(field, raw)
        except (ValueError, ArithmeticError, OSError, struct.error):
            value = self._parser.decode_text(raw.strip(b' \0'))
        if isinstance(value, bytes):  # pictures, flags
            return None
        if isinstance(value, float):
            return whole(value)
        return one_line(value) if isinstance(value, str) else cast(Cell, value)


def _number(text: str) -> Cell:
    if not _NUMBER.fullmatch(text):
        return text or None
    return int(text) if text.lstrip('+-').isdigit() else Decimal(text.replace(',', '.'))


def _cells(record: Sequence[tuple[str, Cell]]) -> Row:
    return [value for _, value in record]


def _evidence(layout: _Layout, fields: Sequence[Any], limits: Limits) -> Evidence:
    if 1 + sum(field.length for field in fields) != layout.record:
        raise Unreadable(Reason.DAMAGED)
    if len(fields) > limits.columns:
        raise Unreadable(Reason.TOO_MANY_COLUMNS, {'columns': len(fields), 'most': limits.columns})
    texts = struct.Struct('x' + ''.join(f'{field.length}{"s" if field.type in TEXTS else "x"}' for field in fields))
    evidence = Evidence()
    evidence.take(b'\n'.join(field.name.encode('latin-1') for field in fields))
    for block in layout.blocks():
        evidence.take(b'\n'.join(chain.from_iterable(texts.iter_unpack(block))).replace(b'\0', b''))
    evidence.take(b'', final=True)
    return evidence


def _chunks(layout: _Layout, dbf: Any, size: int) -> Iterator[Chunk]:
    rows = chain([(1, list(dbf.field_names))], zip(layout.kept(), dbf, strict=False))
    while chunk := list(islice(rows, size)):
        yield filled([number for number, _ in chunk], [row for _, row in chunk])
