"""Where checked rows wait before anybody sees them: a SQLite file of its own, or COPY files for PostgreSQL.

`python -m storage.billing.staging ENGINE FOLDER` writes what the reading process sends it, so that two processors share
the work and neither database is touched before somebody said yes.
"""

import gc
import marshal
import os
import sqlite3
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

Column = Sequence[str | None]

# The staged columns of each kind, with their types in PostgreSQL, behind `row`, which says where it was read.
STAGED: dict[str, dict[str, str]] = {
    'customer': {
        'payer_code': 'text', 'name': 'text', 'address': 'text', 'email': 'text', 'search_key': 'text',
        'tax_number_hmac': 'text', 'tax_number_ending': 'text',
    },
    'metering_point': {
        'code': 'text', 'payer_code': 'text', 'address': 'text', 'meter_serial': 'text', 'service': 'text',
    },
    'invoice': {
        'number': 'text', 'payer_code': 'text', 'issued_on': 'date', 'period_from': 'date', 'period_to': 'date',
        'due_on': 'date', 'amount': 'numeric(12,2)', 'open_amount': 'numeric(12,2)', 'reference': 'text',
    },
    'reading': {
        'metering_point': 'text', 'meter_serial': 'text', 'read_on': 'date', 'state': 'numeric(12,3)', 'origin': 'text',
    },
    'seen': {'kind': 'text', 'code': 'text'},  # named by a row that is bad: not gone, whatever else is wrong
}  # fmt: skip


def row_ids(source: int, lines: Sequence[int]) -> Sequence[int]:
    """One number for a line of one table of one file, ascending as they are read."""
    base = source << 32
    if isinstance(lines, range):
        return range(base + lines.start, base + lines.stop)
    return [base + line for line in lines]


def place_of(row: int) -> tuple[int, int]:
    return row >> 32, row & 0xFFFFFFFF


class Staging(Protocol):
    def add(self, kind: str, rows: Sequence[int], columns: Sequence[Column]) -> None:
        """Rows of one kind by their ids, column by column in the order of `STAGED`."""

    def close(self) -> None: ...


class PipedStaging:
    """The reading process's end of the pipe. Marshal, because it is the fastest and its loading runs no code."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe

    def add(self, kind: str, rows: Sequence[int], columns: Sequence[Column]) -> None:
        ids = (rows.start, rows.stop) if isinstance(rows, range) else list(rows)
        self._send(marshal.dumps((kind, ids, list(columns)), 2))

    def close(self) -> None:
        self._send(b'')

    def _send(self, told: bytes) -> None:
        """Its length first: marshal's own loading from a pipe asks it for every single value."""
        self._pipe.write(struct.pack('>Q', len(told)) + told)
        self._pipe.flush()


class SqliteStaging:
    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / 'staged.db', isolation_level=None)
        self._connection.executescript('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE')
        for kind, columns in STAGED.items():
            self._connection.execute(f'CREATE TABLE staged_{kind} (row INTEGER PRIMARY KEY, {", ".join(columns)})')

    def add(self, kind: str, rows: Sequence[int], columns: Sequence[Column]) -> None:
        places = ', '.join('?' * (len(columns) + 1))
        self._connection.execute('BEGIN')  # a short one: unwritten pages are memory
        self._connection.executemany(f'INSERT INTO staged_{kind} VALUES ({places})', zip(rows, *columns, strict=True))
        self._connection.execute('COMMIT')

    def close(self) -> None:
        self._connection.close()


class CopyStaging:
    """PostgreSQL's text format, as its COPY reads it: tabs between, `\\N` for nothing."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, IO[str]] = {
            kind: (folder / f'{kind}.copy').open('w', encoding='utf-8', newline='\n', buffering=1 << 20)
            for kind in STAGED
        }

    def add(self, kind: str, rows: Sequence[int], columns: Sequence[Column]) -> None:
        texts = [list(map(str, rows)), *map(_copied, columns)]
        self._files[kind].writelines(line + '\n' for line in map('\t'.join, zip(*texts, strict=True)))

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def _copied(column: Column) -> list[str]:
    return ['\\N' if value is None else value.replace('\\', '\\\\') if '\\' in value else value for value in column]


def main() -> None:
    """Ends well only when the other end has said that this was all."""
    os.nice(10)
    gc.disable()  # nothing here is cyclic
    engine, folder = sys.argv[1], Path(sys.argv[2])
    staging: Staging = SqliteStaging(folder) if engine == 'sqlite' else CopyStaging(folder)
    for kind, ids, columns in _received(sys.stdin.buffer):
        staging.add(kind, range(*ids) if isinstance(ids, tuple) else ids, columns)
    staging.close()


def _received(pipe: IO[bytes]) -> Iterator[tuple[str, Any, list[Column]]]:
    """What breaks it ends this process, and with it the import."""
    while length := struct.unpack('>Q', pipe.read(8))[0]:
        yield marshal.loads(pipe.read(length))  # noqa: S302


if __name__ == '__main__':
    main()
