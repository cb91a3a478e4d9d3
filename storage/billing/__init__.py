"""Reading what billing programs export: one file becomes tables of cells, or is refused with one exact reason.

Nothing here knows what a column means. Every file is read by its content; its name only opens it.
"""

from hashlib import file_digest
from pathlib import Path

from storage.billing.dbf_file import dbf_table
from storage.billing.encoding import ENCODINGS, garbled
from storage.billing.kind_of_file import START, KindOfFile, kind_of_file
from storage.billing.old_container import reason_against
from storage.billing.table import (
    USUAL_LIMITS,
    Cell,
    Chunk,
    Limits,
    Note,
    NoteKind,
    Reason,
    Row,
    Table,
    Unreadable,
)
from storage.billing.text_file import text_table
from storage.billing.workbook import workbook_tables

__all__ = [
    'ENCODINGS', 'Cell', 'Chunk', 'Limits', 'Note', 'NoteKind', 'Reason', 'Row', 'Table', 'Unreadable',
    'garbled', 'sha256', 'tables',
]  # fmt: skip


def tables(path: Path, *, encoding: str | None = None, limits: Limits = USUAL_LIMITS) -> list[Table]:
    """The tables of a file that hold at least one row; `encoding` is what somebody insists on against the ladder."""
    if path.stat().st_size > limits.unpacked:
        raise Unreadable(Reason.TOO_BIG, {'most': limits.unpacked})
    found = [table for table in _tables(path, encoding, limits) if table.head]
    if not found:
        raise Unreadable(Reason.EMPTY)
    return found


def sha256(path: Path) -> str:
    with path.open('rb') as file:
        return file_digest(file, 'sha256').hexdigest()


def _tables(path: Path, encoding: str | None, limits: Limits) -> list[Table]:
    with path.open('rb') as file:
        kind = kind_of_file(file.read(START))
    if kind is KindOfFile.TEXT:
        return [text_table(path, encoding, limits)]
    if kind is KindOfFile.WORKBOOK:
        return workbook_tables(path, limits)
    if kind is KindOfFile.DBF:
        return [dbf_table(path, encoding, limits)]
    raise Unreadable(reason_against(path) if kind is KindOfFile.OLD_CONTAINER else Reason.NOT_A_TABLE)
