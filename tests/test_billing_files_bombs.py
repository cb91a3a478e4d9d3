"""Workbooks made to hurt: each is refused for what it is, before its reader sees it."""

import struct
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from storage.billing import Limits, Reason, Unreadable, tables
from tests.billing_files import NAMES, ROWS, all_rows, as_bytes, as_xlsx, as_zip, only_table, worksheet, xlsx_parts

TABLE = [NAMES, *ROWS]
SHEET = 'xl/worksheets/sheet1.xml'
ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def refusal_of(path: Path, **limits: int) -> tuple[Reason, dict[str, object]]:
    with pytest.raises(Unreadable) as refusal:
        tables(path, limits=Limits(**limits))
    return refusal.value.reason, refusal.value.facts


@contextmanager
def at_once() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < 0.2


def a_cell_at(path: Path, place: str, row: int) -> Path:
    data = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{place}{row}"><v>1</v></c></row>'
    return as_xlsx(path / 'f', TABLE, parts={SHEET: worksheet(data)})


def with_sizes_declared(path: Path, content: str, declared: int) -> Path:
    """A directory that lies about the size of the sheet, and has the checksum of what it admits to."""
    as_xlsx(path, TABLE, parts={SHEET: content})
    with zipfile.ZipFile(path) as archive:
        true, admitted = archive.getinfo(SHEET), content.encode()[:declared]
    old = struct.pack('<LLL', true.CRC, true.compress_size, true.file_size)
    new = struct.pack('<LLL', zipfile.crc32(admitted), true.compress_size, declared)
    return as_bytes(path, path.read_bytes().replace(old, new))


def test_a_cell_in_the_last_corner_is_refused_at_once(tmp_path: Path) -> None:
    path = a_cell_at(tmp_path, 'XFD', 1_048_576)

    with at_once():
        assert refusal_of(path) == (Reason.TOO_MANY_COLUMNS, {'columns': 16_384, 'most': 199})


def test_a_cell_in_the_last_row_is_refused_at_once(tmp_path: Path) -> None:
    path = a_cell_at(tmp_path, 'A', 1_048_576)

    with at_once():
        assert refusal_of(path) == (Reason.FAR_CELL, {'row': 1_048_576})


@pytest.mark.parametrize(
    'data',
    [
        '<row r="1048576"><c><v>1</v></c></row>',
        "<row r='1'><c t='n' r='a1048576' ><v>1</v></c></row>",
        '<row r="1"><c r="A1048576"\n><f>1</f><v>1</v></c></row>',
        '<x:row xmlns:x="x" r="1"><x:c r = "A1048576"><x:v>1</x:v></x:c></x:row>',
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
    ],
)
def test_no_spelling_hides_a_far_cell(tmp_path: Path, data: str) -> None:
    path = as_xlsx(tmp_path / 'f', TABLE, parts={SHEET: worksheet(data)})

    assert refusal_of(path) == (Reason.FAR_CELL, {'row': 1_048_576})


def test_a_far_cell_is_seen_across_the_blocks_of_unpacking(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="B1048576"><v>1</v></c></row>'
    start = worksheet('').index('</sheetData>')
    for cut in range(5, len(far) - 5, 7):
        data = ' ' * ((1 << 20) - start - cut) + far
        assert refusal_of(as_xlsx(tmp_path / 'f', TABLE, parts={SHEET: worksheet(data)}))[0] is Reason.FAR_CELL


def test_an_honest_sheet_may_be_mostly_empty(tmp_path: Path) -> None:
    rows = [[n, *[None] * 58, 'x'] if n % 10 == 0 else [n] for n in range(15_000)]

    assert len(all_rows(only_table(as_xlsx(tmp_path / 'f', rows)))) == 15_000


def test_a_small_file_that_unpacks_to_much_is_refused_at_once(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / 'f', TABLE, parts={SHEET: worksheet('<row/>' * 3_000_000)})

    with at_once():
        assert refusal_of(path, unpacked=10_000_000) == (Reason.TOO_BIG, {'most': 10_000_000})


def test_a_directory_that_lies_does_not_help(tmp_path: Path) -> None:
    path = with_sizes_declared(tmp_path / 'f', worksheet('<row/>' * 1_000_000), declared=100)

    with at_once():
        assert refusal_of(path, unpacked=1_000_000) == (Reason.TOO_BIG, {'most': 1_000_000})


def test_a_directory_that_boasts_is_believed(tmp_path: Path) -> None:
    path = with_sizes_declared(tmp_path / 'f', worksheet(''), declared=200_000_001)

    with at_once():
        assert refusal_of(path) == (Reason.TOO_BIG, {'most': 200_000_000})


@pytest.mark.parametrize('declared', [100, 6_500])
def test_a_small_lie_is_damage(tmp_path: Path, declared: int) -> None:
    path = with_sizes_declared(tmp_path / 'f', worksheet('<row/>' * 1_000), declared)

    assert refusal_of(path) == (Reason.DAMAGED, {})


def test_many_small_parts_are_counted_together(tmp_path: Path) -> None:
    parts = {f'xl/media/{n}.bin': 'x' * 100_000 for n in range(11)}

    assert refusal_of(as_xlsx(tmp_path / 'f', TABLE, parts=parts), unpacked=1_000_000)[0] is Reason.TOO_BIG


def test_fifty_parts_are_the_most(tmp_path: Path) -> None:
    parts = xlsx_parts(TABLE)
    full = {**parts, **{f'xl/media/{n}.bin': '' for n in range(50 - len(parts))}}

    assert all_rows(only_table(as_zip(tmp_path / 'f', full))) == TABLE
    assert refusal_of(as_zip(tmp_path / 'f', {**full, 'more': ''})) == (Reason.TOO_MANY_PARTS, {'most': 50})


def test_a_directory_of_thousands_is_not_even_listed(tmp_path: Path) -> None:
    path = as_zip(tmp_path / 'f', {f'{n}': '' for n in range(20_000)})

    with at_once():
        assert refusal_of(path)[0] is Reason.TOO_MANY_PARTS


@pytest.mark.parametrize(
    'part', [SHEET, 'xl/sharedStrings.xml', 'xl/workbook.xml', '[Content_Types].xml', '_rels/.rels']
)
@pytest.mark.parametrize('encoding', ['utf-8', 'utf-16', 'utf-16-be'])
def test_entities_are_refused_in_every_part(tmp_path: Path, part: str, encoding: str) -> None:
    parts: dict[str, str | bytes] = dict(xlsx_parts(TABLE))

    assert refusal_of(as_zip(tmp_path / 'f', {**parts, part: (ENTITY + str(parts[part])).encode(encoding)})) == (
        Reason.ENTITIES, {},
    )  # fmt: skip


def test_what_follows_the_directory_is_damage(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / 'f', TABLE)
    with zipfile.ZipFile(path, 'a') as archive:
        archive.comment = b'another directory may hide here'

    assert refusal_of(path) == (Reason.DAMAGED, {})


def test_a_file_that_came_by_half_is_damage(tmp_path: Path) -> None:
    whole = as_xlsx(tmp_path / 'f', TABLE).read_bytes()
    for length in (10, 100, len(whole) // 2, len(whole) - 1):
        assert refusal_of(as_bytes(tmp_path / 'f', whole[:length])) == (Reason.DAMAGED, {})


def test_a_changed_byte_is_refused_or_harmless(tmp_path: Path) -> None:
    whole = as_xlsx(tmp_path / 'f', TABLE).read_bytes()

    for at in range(4, len(whole), 11):
        path = as_bytes(tmp_path / 'f', whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with suppress(Unreadable):
            assert all_rows(only_table(path)) == TABLE


def test_an_encrypted_part_is_a_workbook_with_a_password(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / 'f', TABLE)
    entry = path.read_bytes().replace(b'PK\x01\x02\x14\x03\x14\x00\x00\x00', b'PK\x01\x02\x14\x03\x14\x00\x01\x00')

    assert refusal_of(as_bytes(path, entry)) == (Reason.PROTECTED, {})
