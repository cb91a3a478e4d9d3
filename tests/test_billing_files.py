"""One table in every form a billing program gives it has the same cells, and what is no table is refused by name."""

import codecs
import hashlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from storage.billing import Limits, Reason, Unreadable, garbled, sha256, tables
from tests.billing_files import NAMES, ROWS, all_rows, as_bytes, as_dbf, as_text, as_xlsx, as_zip, only_table

TABLE = [NAMES, *ROWS]
ENCODINGS = ['utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'cp1250', 'iso8859-2', 'cp852']
OLE2 = bytes.fromhex('d0cf11e0a1b11ae1') + bytes(504)


def reason_against(path: Path, **options: object) -> Reason:
    with pytest.raises(Unreadable) as refusal:
        tables(path, **options)  # type: ignore[arg-type]
    return refusal.value.reason


@pytest.mark.parametrize('encoding', ENCODINGS)
def test_a_text_reads_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    table = only_table(as_text(tmp_path / 'f', TABLE, encoding))

    assert all_rows(table) == TABLE
    assert (table.encoding, table.separator, table.typed, table.mixed) == (encoding, ';', False, False)


@pytest.mark.parametrize('encoding', ENCODINGS)
def test_the_right_encoding_may_be_insisted_on(tmp_path: Path, encoding: str) -> None:
    table = only_table(as_text(tmp_path / 'f', TABLE, encoding), encoding=encoding)

    assert all_rows(table) == TABLE


def test_a_workbook_and_a_dbf_have_the_same_cells_as_a_text(tmp_path: Path) -> None:
    workbook = only_table(as_xlsx(tmp_path / 'x', TABLE))
    dbf = only_table(as_dbf(tmp_path / 'd', NAMES, ROWS))

    assert all_rows(workbook) == all_rows(dbf) == TABLE
    assert (workbook.encoding, workbook.separator, workbook.typed) == (None, None, True)
    assert (dbf.encoding, dbf.separator, dbf.typed) == ('cp852', None, True)


def test_a_name_is_not_looked_at(tmp_path: Path) -> None:
    assert all_rows(only_table(as_xlsx(tmp_path / 'payers.csv', TABLE))) == TABLE
    assert all_rows(only_table(as_text(tmp_path / 'payers.xlsx', TABLE))) == TABLE
    assert all_rows(only_table(as_dbf(tmp_path / 'payers.xls', NAMES, ROWS))) == TABLE


def test_a_code_page_may_be_insisted_on_against_the_ladder(tmp_path: Path) -> None:
    table = only_table(as_text(tmp_path / 'f', TABLE, 'cp1250'), encoding='iso8859-2')

    assert table.encoding == 'iso8859-2'
    assert all_rows(table)[1][1] == 'Jo\x9eica Jerančič'


def test_plain_ascii_is_utf_8(tmp_path: Path) -> None:
    assert only_table(as_text(tmp_path / 'f', [['A', 'B'], ['1', '2']])).encoding == 'utf-8'


def test_a_single_letter_of_ours_is_enough(tmp_path: Path) -> None:
    assert only_table(as_bytes(tmp_path / 'a', 'A;B\n1;Žiga\n'.encode('cp1250'))).encoding == 'cp1250'
    assert only_table(as_bytes(tmp_path / 'b', 'A;B\n1;Žiga\n'.encode('iso8859-2'))).encoding == 'iso8859-2'
    assert only_table(as_bytes(tmp_path / 'c', 'A;B\n1;Žiga\n'.encode('cp852'))).encoding == 'cp852'


def test_a_byte_no_letter_has_in_the_code_page_does_not_stop_the_reading(tmp_path: Path) -> None:
    content = 'A;B\nČuš;Š'.encode('cp1250') + b'\x81' + 'č\n'.encode('cp1250')
    table = only_table(as_bytes(tmp_path / 'f', content))

    assert all_rows(table)[1] == ['Čuš', 'Š\ufffdč']


@pytest.mark.parametrize(
    ('written', 'insisted'),
    [('cp1250', 'utf-8'), ('cp1250', 'utf-16'), ('utf-16', 'cp1250'), ('utf-16', 'utf-8'), ('utf-8', 'rot13')],
)
def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path, written: str, insisted: str) -> None:
    path = as_text(tmp_path / 'f', TABLE, written)

    assert reason_against(path, encoding=insisted) is Reason.WRONG_ENCODING


def test_a_code_page_without_one_of_the_bytes_is_refused(tmp_path: Path) -> None:
    path = as_bytes(tmp_path / 'f', b'A;B\n\x81;\x9f\n')

    assert reason_against(path, encoding='cp1250') is Reason.WRONG_ENCODING
    assert only_table(path, encoding='cp852').encoding == 'cp852'


def test_half_a_letter_of_utf_16_is_refused(tmp_path: Path) -> None:
    path = as_bytes(tmp_path / 'f', 'A;B\r\n1;2\r\n'.encode('utf-16') + b'3')

    assert reason_against(path) is Reason.WRONG_ENCODING


def test_a_row_in_another_encoding_is_told(tmp_path: Path) -> None:
    old = ''.join(f'{n};Špela Čuček\n' for n in range(20)).encode('cp1250')
    table = only_table(as_bytes(tmp_path / 'f', old + '21;Jožica Jerančič\n'.encode()))

    assert (table.encoding, table.mixed) == ('cp1250', True)
    assert [garbled(str(name)) for _, name in all_rows(table)] == [*[False] * 20, True]


def test_a_few_old_rows_do_not_make_a_file_old(tmp_path: Path) -> None:
    new = ''.join(f'{n};Špela Čuček\n' for n in range(20)).encode()
    path = as_bytes(tmp_path / 'f', new + '21;Jožica Jerančič\n'.encode('cp1250'))
    table = only_table(path)

    assert (table.encoding, table.mixed) == ('utf-8', True)
    assert [garbled(str(name)) for _, name in all_rows(table)] == [*[False] * 20, True]
    assert all_rows(only_table(path, encoding='utf-8')) == all_rows(table)


def test_garbled_knows_our_letters_in_every_code_page() -> None:
    for letter in 'čšžćđČŠŽĆĐ':
        for page in ('cp1250', 'iso8859-2', 'cp852'):
            assert garbled(f'Ku{letter.encode().decode(page, "replace")}ar')
    assert not any(garbled(cell) for row in ROWS for cell in row)
    assert not garbled('Müller, Đukić, Kovács, Łukasz')


@pytest.mark.parametrize('content', [b'', b'\n\n', b';;;\r\n ; ; \r\n', codecs.BOM_UTF8, b' \x1a'])
def test_a_file_without_a_row_is_empty(tmp_path: Path, content: bytes) -> None:
    assert reason_against(as_bytes(tmp_path / 'f', content)) is Reason.EMPTY


@pytest.mark.parametrize(
    'content',
    [
        b'%PDF-1.7\nstream',
        b'{\\rtf1 text}',
        b'<!DOCTYPE html><table><tr><td>1</td></tr></table>',
        codecs.BOM_UTF8 + b'\r\n<?xml version="1.0"?><Workbook/>',
        '<html>'.encode('utf-16'),
        codecs.BOM_UTF16_BE + '<html>'.encode('utf-16-be'),
        bytes.fromhex('ffd8ffe000104a46494600010100'),
        b'\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc',
        b'a;b\n1;\x00\n',
        OLE2 + 'WordDocument'.encode('utf-16-le'),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    assert reason_against(as_bytes(tmp_path / 'payers.csv', content)) is Reason.NOT_A_TABLE


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = as_zip(
        tmp_path / 'f.ods', {'mimetype': 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<a/>'}
    )

    assert reason_against(path) is Reason.NOT_A_TABLE


@pytest.mark.parametrize('name', ['payers.xls', 'payers.xlsx', 'payers.csv'])
def test_old_excel_is_refused_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = as_bytes(tmp_path / name, OLE2 + 'Root Entry\0Workbook'.encode('utf-16-le'))

    assert reason_against(path) is Reason.OLD_EXCEL


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = as_bytes(tmp_path / 'f.xlsx', OLE2 + 'EncryptionInfo\0EncryptedPackage'.encode('utf-16-le'))

    assert reason_against(path) is Reason.PROTECTED


def test_a_file_larger_than_anything_bearable_is_refused_unread(tmp_path: Path) -> None:
    path = as_text(tmp_path / 'f', TABLE)

    assert reason_against(path, limits=Limits(unpacked=100)) is Reason.TOO_BIG


def test_a_refusal_survives_the_way_out_of_a_process() -> None:
    refusal = pickle.loads(pickle.dumps(Unreadable(Reason.UNCLOSED_QUOTE, {'row': 17})))

    assert (refusal.reason, refusal.facts) == (Reason.UNCLOSED_QUOTE, {'row': 17})


def test_a_file_is_known_by_its_digest(tmp_path: Path) -> None:
    path = as_text(tmp_path / 'f', TABLE)

    assert sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_readers_are_loaded_only_when_they_are_needed() -> None:
    seen = subprocess.check_output(
        [sys.executable, '-c', 'import sys, storage.billing; print(*sys.modules)'],
        text=True,
        cwd=Path(__file__).parents[1],
    ).split()

    assert not {'python_calamine', 'dbfread', 'tortoise'} & set(seen)
