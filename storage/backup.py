"""Verified copies of the embedded database, made beside the server that writes it.

SQLite's own backup reads one state of the database, the newest commits in the WAL included; `cp` misses those.
"""

import logging
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from storage.database import DatabaseProblem, sqlite_file

NAME = 'eportal-%Y%m%d-%H%M%S-%f.db'
COPY = re.compile(r'eportal-\d{8}-\d{6}-\d{6}\.db')
UNFINISHED = re.compile(COPY.pattern + r'\.part.*')
SPARE_BYTES = 64_000_000  # stay free for the portal, which writes to the same disk as a rule
LEFT_BEHIND_AFTER = 86_400  # seconds: by then whoever was making it is dead

Contents = list[tuple[str, int]]  # migrations and numbers of rows
CONTENTS = """
    SELECT name, 1 FROM tortoise_migrations
    UNION ALL SELECT 'account', count(*) FROM account UNION ALL SELECT 'access', count(*) FROM access
    UNION ALL SELECT 'link', count(*) FROM link UNION ALL SELECT 'letter', count(*) FROM letter
    UNION ALL SELECT 'customer', count(*) FROM customer UNION ALL SELECT 'invoice', count(*) FROM invoice
"""


def back_up(url: str, folder: Path, *, keep: int) -> Path:
    """Makes and verifies a copy in `folder`, then removes the oldest beyond `keep`; raises `DatabaseProblem`.

    It takes seconds where there are many invoices: not on the event loop.
    """
    database = _existing_file(url)
    copy = folder / datetime.now(UTC).strftime(NAME)
    unfinished = copy.with_name(copy.name + '.part')
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _removed_unless_renamed(unfinished):
            contents = _copy(database, unfinished)
            _sync(unfinished)
            _verify(unfinished, contents)
            unfinished.rename(copy)
        _sync(folder)
    except (OSError, sqlite3.Error) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else problem
        raise DatabaseProblem(f'{database} could not be copied to {folder} ({reason}).') from problem
    _remove_old(folder, keep, copy)
    return copy


def _existing_file(url: str) -> Path:
    if not url.startswith('sqlite://'):
        raise DatabaseProblem('PostgreSQL has means of its own for backups, for example pg_dump (see the README).')
    if (file := sqlite_file(url)) is None:
        raise DatabaseProblem('a database in memory ends with its process and cannot be backed up.')
    if not file.is_file():
        raise DatabaseProblem(f'{file} does not exist, so there is nothing to back up. Check EPORTAL_DATABASE_URL.')
    return file


@contextmanager
def _removed_unless_renamed(unfinished: Path) -> Iterator[None]:
    unfinished.touch(mode=0o600, exist_ok=False)
    try:
        yield
    finally:
        for file in unfinished.parent.glob(f'{unfinished.name}*'):  # with the journal that SQLite keeps beside it
            file.unlink(missing_ok=True)


def _copy(database: Path, target: Path) -> Contents:
    """Copies one state of the database, in one step; what that state holds, for comparison."""
    with _opened(database, 'ro') as source, _opened(target, 'rw') as copy:
        source.execute('BEGIN')
        contents = source.execute(CONTENTS).fetchall()
        _require_room(source, target.parent)
        source.backup(copy)
        copy.execute('PRAGMA journal_mode = DELETE')  # a file that needs no WAL beside it, wherever it is carried
        return contents


@contextmanager
def _opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f'{file.absolute().as_uri()}?mode={mode}', uri=True, isolation_level=None)) as opened:
        yield opened


def _require_room(source: sqlite3.Connection, folder: Path) -> None:
    [(needed,)] = source.execute('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise DatabaseProblem(
            f'a copy takes {_megabytes(needed)} and {_megabytes(SPARE_BYTES)} should stay free, but {folder} has '
            f'{_megabytes(free)} left. Make room there or name another folder.'
        )


def _verify(file: Path, contents: Contents) -> None:
    """Whether the file, opened anew, is whole and holds this; raises `DatabaseProblem`."""
    with _opened(file, 'ro') as copy:
        [(answer,)] = copy.execute('PRAGMA integrity_check(1)')
        if answer != 'ok':
            found = ' '.join(answer.split())
            raise DatabaseProblem(f'the copy is damaged ({found}) and was removed. Run: python app.py doctor')
        if copy.execute(CONTENTS).fetchall() != contents:
            raise DatabaseProblem('the copy lacks rows of the database and was removed. Look at the disk, try again.')


def _sync(path: Path) -> None:
    """Writes a file, or the names in a folder, through to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _remove_old(folder: Path, keep: int, newest: Path) -> None:
    """The copy just made stays even if the clock went back; so does every file of another name."""
    others = sorted(file for file in folder.iterdir() if COPY.fullmatch(file.name) and file != newest)
    for file in others[: max(0, len(others) + 1 - keep)] + _left_behind(folder):
        try:
            file.unlink(missing_ok=True)
        except OSError as problem:
            logging.getLogger(__name__).warning('an old copy cannot be removed: %s', problem)


def _left_behind(folder: Path) -> list[Path]:
    """What a backup that was killed did not finish."""
    return [file for file in folder.iterdir() if UNFINISHED.fullmatch(file.name) and _age(file) > LEFT_BEHIND_AFTER]


def _age(file: Path) -> float:
    with suppress(FileNotFoundError):  # finished just now by another backup
        return time.time() - file.stat().st_mtime
    return 0.0


def _megabytes(size: int) -> str:
    return f'{size / 1e6:.0f} MB'
