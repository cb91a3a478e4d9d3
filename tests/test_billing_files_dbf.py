"""DBF: names with čšž whatever the language byte says, exact money, and damage seen before a record is read."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from storage.billing import Limits, Note, NoteKind, Reason, Unreadable, tables
from tests.billing_files import NAMES, ROWS, Memo, all_numbers, all_rows, as_bytes, as_dbf, only_table

TABLE = [NAMES, *ROWS]
COUNT, HEADER, RECORD, TYPE = 4, 8, 10, 32 + 11  # offsets in the header; the type is that of the first field


def refusal_of(path: Path, encoding: str | None = None, **limits: int) -> tuple[Reason, dict[str, object]]:
    with pytest.raises(Unreadable) as refusal:
        tables(path, encoding=encoding, limits=Limits(**limits))
    return refusal.value.reason, refusal.value.facts


def changed(path: Path, at: int, value: bytes) -> Path:
    content = path.read_bytes()
    return as_bytes(path, content[:at] + value + content[at + len(value) :])


@pytest.mark.parametrize('language_byte', [0x00, 0x03, 0x64, 0xC8])
@pytest.mark.parametrize('encoding', ['cp852', 'cp1250', 'iso8859-2', 'utf-8'])
def test_the_letters_are_believed_and_not_the_language_byte(tmp_path: Path, language_byte: int, encoding: str) -> None:
    table = only_table(as_dbf(tmp_path / 'f', NAMES, ROWS, language_byte, encoding))

    assert all_rows(table) == TABLE
    assert table.encoding == encoding


def test_binary_fields_say_nothing_of_the_encoding(tmp_path: Path) -> None:
    misleading = 'ČŠŽčšž'.encode('cp1250').decode('cp852')
    rows = [['Žiga', misleading], ['Špela', misleading]]
    path = as_dbf(tmp_path / 'f', ['IME', 'N'], rows, encoding='cp852')
    changed(path, TYPE + 32, b'0')

    assert only_table(path).encoding == 'cp852'
    assert all_rows(only_table(path)) == [['IME', 'N'], ['Žiga', None], ['Špela', None]]


def test_another_encoding_may_be_insisted_on(tmp_path: Path) -> None:
    path = as_dbf(tmp_path / 'f', NAMES, ROWS, encoding='cp852')

    assert only_table(path, encoding='cp852').encoding == 'cp852'
    assert all_rows(only_table(path, encoding='iso8859-2')) != TABLE
    assert refusal_of(path, encoding='utf-8') == (Reason.WRONG_ENCODING, {'encoding': 'utf-8'})
    assert refusal_of(path, encoding='nonsense') == (Reason.WRONG_ENCODING, {'encoding': 'nonsense'})


def test_a_value_in_two_encodings_is_told(tmp_path: Path) -> None:
    rows = [['Špela Čuček']] * 20 + [['Jožica'.encode().decode('cp852')]]
    table = only_table(as_dbf(tmp_path / 'f', ['IME'], rows))

    assert (table.encoding, table.mixed) == ('cp852', True)


def test_cells_keep_their_types_and_money_is_exact(tmp_path: Path) -> None:
    row = [100244, Decimal('129.70'), date(2020, 1, 31), True, '00123']
    table = only_table(as_dbf(tmp_path / 'f', ['A', 'B', 'C', 'D', 'E'], [row, [None, None, None, False, '']]))

    assert all_rows(table, after=1) == [row, [None, None, None, False, '']]
    assert [type(cell) for cell in all_rows(table)[1]] == [int, Decimal, date, bool, str]


@pytest.mark.parametrize(
    ('field', 'raw'), [(b'D', b'20201345'), (b'N', b'12.3.456'), (b'N', b'     1_0'), (b'L', b'x')]
)
def test_a_value_that_is_none_of_its_field_is_a_text(tmp_path: Path, field: bytes, raw: bytes) -> None:
    path = as_dbf(tmp_path / 'f', ['A', 'B'], [[raw.decode(), 'x']])
    changed(path, TYPE, field)

    assert all_rows(only_table(path), after=1) == [[raw.decode().strip(), 'x']]


def test_deleted_records_are_left_out_and_still_counted(tmp_path: Path) -> None:
    table = only_table(as_dbf(tmp_path / 'f', NAMES, [*ROWS, *ROWS], deleted=[0, 3]))

    assert all_numbers(table) == [1, 3, 4, 6, 7]
    assert all_rows(table, after=1) == [*ROWS[1:], *ROWS[1:]]
    assert all_numbers(table, size=2, after=4) == [6, 7]


def test_many_records_come_in_chunks(tmp_path: Path) -> None:
    table = only_table(as_dbf(tmp_path / 'f', ['A'], [[n] for n in range(1, 12_001)], deleted=[7_000]))

    assert [len(rows) for _, rows in table.chunks(after=1)] == [4_999, 5_000, 2_000]
    assert all(
        number == row[0] + 1 for number, row in zip(all_numbers(table), all_rows(table), strict=True) if row != ['A']
    )


def test_a_missing_memo_file_empties_its_cells_and_is_told(tmp_path: Path) -> None:
    table = only_table(as_dbf(tmp_path / 'f.dbf', ['IME', 'OPOMBA'], [['Žiga', Memo('x')]], version=0x83))

    assert all_rows(table) == [['IME', 'OPOMBA'], ['Žiga', None]]
    assert table.notes == [Note(NoteKind.MISSING_MEMO, {'columns': ['OPOMBA']})]


def test_a_memo_file_beside_it_is_read(tmp_path: Path) -> None:
    as_bytes(tmp_path / 'f.dbt', bytes(512) + 'Živa meja'.encode('cp852') + b'\x1a\x1a')
    table = only_table(as_dbf(tmp_path / 'f.dbf', ['IME', 'OPOMBA'], [['Žiga', Memo('x')]], version=0x83))

    assert (all_rows(table)[1], table.notes) == (['Žiga', 'Živa meja'], [])


@pytest.mark.parametrize('version', [0x03, 0x30, 0x31, 0x43, 0x83, 0x8B, 0xF5])
def test_dialects_are_known(tmp_path: Path, version: int) -> None:
    assert all_rows(only_table(as_dbf(tmp_path / 'f', NAMES, ROWS, version=version))) == TABLE


@pytest.mark.parametrize(
    ('at', 'value'),
    [
        (COUNT, b'\xff\xff\xff\x7f'),
        (COUNT, b'\x04'),
        (HEADER, b'\x40\x00'),
        (HEADER, b'\xff\xff'),
        (RECORD, b'\x01\x00'),
        (RECORD, b'\x10\x00'),
        (TYPE - 11 + 16, b'\xff'),
        (32 + 4 * 32, b'\x00'),
    ],
)
def test_a_header_that_does_not_fit_the_file_is_damage(tmp_path: Path, at: int, value: bytes) -> None:
    path = changed(as_dbf(tmp_path / 'f', NAMES, ROWS), at, value)

    assert refusal_of(path) == (Reason.DAMAGED, {})


def test_records_longer_than_their_fields_are_damage(tmp_path: Path) -> None:
    path = as_dbf(tmp_path / 'f', ['A'], [['xyz']] * 2)
    changed(path, COUNT, b'\x01')
    changed(path, RECORD, b'\x08')

    assert refusal_of(path) == (Reason.DAMAGED, {})


def test_a_field_as_wide_as_its_type_cannot_be_is_damage(tmp_path: Path) -> None:
    assert refusal_of(changed(as_dbf(tmp_path / 'f', NAMES, ROWS), TYPE, b'I')) == (Reason.DAMAGED, {})


def test_a_file_that_came_by_half_is_damage(tmp_path: Path) -> None:
    content = as_dbf(tmp_path / 'f', NAMES, ROWS).read_bytes()

    for length in (40, 100, 170, len(content) - 2):
        assert refusal_of(as_bytes(tmp_path / 'f', content[:length])) == (Reason.DAMAGED, {})


def test_limits_hold(tmp_path: Path) -> None:
    path = as_dbf(tmp_path / 'f', NAMES, ROWS)

    assert refusal_of(path, rows=2) == (Reason.TOO_MANY_ROWS, {'rows': 3, 'most': 2})
    assert refusal_of(path, columns=3) == (Reason.TOO_MANY_COLUMNS, {'columns': 4, 'most': 3})


def test_names_without_records_are_a_table_without_rows(tmp_path: Path) -> None:
    assert all_rows(only_table(as_dbf(tmp_path / 'f', ['A', 'B'], [['x', 'y']], deleted=[0]))) == [['A', 'B']]
