"""Builders: files as billing programs export them, and files nobody should have made."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from storage.billing import Row, Table, tables

NAMES = ['ŠIFRA', 'NAZIV', 'NASLOV', 'ZNESEK']
ROWS = [
    ['100244', 'Jožica Jerančič', 'Na Žago 52b, 1352 Preserje', '129,71'],
    ['104292', 'Matjaž Kos', 'Kamnik pod Krimom 160b, 1352 Preserje', '67,77'],
    ['104293', 'Špela Čuček', 'Šmarješka 3, 1352 Preserje', '0,00'],
]
MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
_OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
_PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
_FORMATS = {date: 1, datetime: 2}  # of a cell, as in _STYLES
_STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs>'
_DBF_TYPES: dict[type, bytes] = {str: b'C', int: b'N', float: b'N', Decimal: b'N', date: b'D', bool: b'L'}

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Formula:
    text: str
    value: Any  # as it was when the workbook was saved


class Memo(str):
    """A text in the file beside a DBF, which is never written."""


def only_table(path: Path, **options: Any) -> Table:
    (table,) = tables(path, **options)
    return table


def all_rows(table: Table, **options: Any) -> list[Row]:
    return [row for _, rows in table.chunks(**options) for row in rows]


def all_numbers(table: Table, **options: Any) -> list[int]:
    return [number for numbers, _ in table.chunks(**options) for number in numbers]


def as_bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def as_text(path: Path, rows: Rows, encoding: str = 'cp1250', separator: str = ';', line_end: str = '\r\n') -> Path:
    lines = [separator.join(map(str, row)) + line_end for row in rows]
    return as_bytes(path, ''.join(lines).encode(encoding))


def as_xlsx(
    path: Path, sheets: Mapping[str, Rows] | Rows, *, parts: Mapping[str, str] | None = None, **how: Any
) -> Path:
    """`hidden`, `very_hidden`: names of sheets; `merged`: ranges (A1:B2) of the first one; `parts`: added, replaced."""
    return as_zip(path, {**xlsx_parts(sheets, **how), **(parts or {})})


def as_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def xlsx_parts(
    sheets: Mapping[str, Rows] | Rows,
    hidden: Sequence[str] = (),
    very_hidden: Sequence[str] = (),
    merged: Sequence[str] = (),
) -> dict[str, str]:
    named = sheets if isinstance(sheets, Mapping) else {'List1': sheets}
    states = {**dict.fromkeys(hidden, 'hidden'), **dict.fromkeys(very_hidden, 'veryHidden')}
    strings: dict[str, int] = {}
    drawn = {f'worksheets/sheet{n}.xml': sheet_xml(rows, strings) for n, rows in enumerate(named.values(), 1)}
    drawn['worksheets/sheet1.xml'] = _with_merged(drawn['worksheets/sheet1.xml'], merged)
    targets = {f'r{n}': ('worksheet', target) for n, target in enumerate(drawn, 1)}
    targets |= {'rs': ('sharedStrings', 'sharedStrings.xml'), 'rf': ('styles', 'styles.xml')}
    return {
        '[Content_Types].xml': f'<Types xmlns="{_PACKAGE}/content-types"/>',
        '_rels/.rels': _relations({'r1': ('officeDocument', 'xl/workbook.xml')}),
        'xl/workbook.xml': _workbook(list(named), states),
        'xl/_rels/workbook.xml.rels': _relations(targets),
        'xl/styles.xml': f'<styleSheet xmlns="{MAIN}">{_STYLES}</styleSheet>',
        'xl/sharedStrings.xml': _shared(strings),
        **{f'xl/{name}': xml for name, xml in drawn.items()},
    }


def sheet_xml(rows: Rows, strings: dict[str, int]) -> str:
    data = ''.join(
        f'<row r="{number}">'
        + ''.join(_cell(column(at) + str(number), value, strings) for at, value in enumerate(row, 1))
        + '</row>'
        for number, row in enumerate(rows, 1)
    )
    return worksheet(data)


def worksheet(data: str) -> str:
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'


def column(number: int) -> str:
    letters = ''
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _workbook(names: Sequence[str], states: Mapping[str, str]) -> str:
    listed = ''.join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}" state="{states.get(name, "visible")}"/>'
        for n, name in enumerate(names, 1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'


def _with_merged(sheet: str, merged: Sequence[str]) -> str:
    ranges = ''.join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    return sheet.replace('</sheetData>', f'</sheetData><mergeCells>{ranges}</mergeCells>') if merged else sheet


def _shared(strings: Mapping[str, int]) -> str:
    items = ''.join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return f'<sst xmlns="{MAIN}">{items}</sst>'


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    listed = ''.join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _cell(place: str, value: Any, strings: dict[str, int]) -> str:
    if value is None:
        return ''
    if isinstance(value, Formula):
        return f'<c r="{place}"><f>{escape(value.text)}</f><v>{value.value}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        since = datetime(value.year, value.month, value.day) - datetime(1899, 12, 30)
        hours = (value.hour / 24) if isinstance(value, datetime) else 0
        return f'<c r="{place}" s="{_FORMATS[type(value)]}"><v>{since.days + hours}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def as_dbf(
    path: Path,
    names: Sequence[str],
    rows: Rows,
    language_byte: int = 0,
    encoding: str = 'cp852',
    version: int = 0x03,
    deleted: Sequence[int] = (),
) -> Path:
    """Fields are as wide as their longest value and of the type of their first one; `deleted`: indexes of rows."""
    fields = [_DbfField.of(name, [row[at] for row in rows], encoding) for at, name in enumerate(names)]
    records = b''.join(
        (b'*' if at in deleted else b' ') + b''.join(field.raw(value) for field, value in zip(fields, row, strict=True))
        for at, row in enumerate(rows)
    )
    length = 1 + sum(field.length for field in fields)
    head = struct.pack('<4B L2H 17x B 2x', version, 120, 1, 31, len(rows), 33 + 32 * len(fields), length, language_byte)
    return as_bytes(path, head + b''.join(field.head for field in fields) + b'\r' + records + b'\x1a')


@dataclass(frozen=True)
class _DbfField:
    name: bytes
    kind: bytes
    length: int
    encoding: str

    @classmethod
    def of(cls, name: str, values: Sequence[Any], encoding: str) -> '_DbfField':
        first = next((value for value in values if value is not None), '')
        kind = b'M' if isinstance(first, Memo) else _DBF_TYPES[type(first)]
        length = {b'D': 8, b'L': 1, b'M': 10}.get(kind) or max(len(_plain(value, encoding)) for value in values) or 1
        return cls(name.encode(encoding), kind, length, encoding)

    @property
    def head(self) -> bytes:
        return struct.pack('<11sc4xB15x', self.name, self.kind, self.length)

    def raw(self, value: Any) -> bytes:
        plain = b'1' if isinstance(value, Memo) else _plain(value, self.encoding)
        return plain.rjust(self.length) if self.kind in b'NM' else plain.ljust(self.length)


def _plain(value: Any, encoding: str) -> bytes:
    if value is None:
        return b''
    if isinstance(value, bool):
        return b'T' if value else b'F'
    return f'{value:%Y%m%d}'.encode() if isinstance(value, date) else str(value).encode(encoding)
