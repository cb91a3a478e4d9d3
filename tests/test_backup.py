"""Copies of the embedded database: whole, of one moment, for nobody else's eyes, as many as were asked for."""

import os
import re
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage import backup
from storage.backup import back_up
from storage.database import database, migrate
from tests.portal import Portal

CUSTOMER = "INSERT INTO customer (payer_code, name, address, search_key) VALUES (?, 'Ana', 'Na Žago 1', '')"
INVOICE = (
    "INSERT INTO invoice (number, customer_id, issued_on, amount, open_amount) VALUES (?, 1, '2026-01-31', '1', '0')"
)
BALLAST = """
    WITH RECURSIVE n AS (SELECT 1 x UNION ALL SELECT x + 1 FROM n WHERE x < 20000)
    INSERT INTO attempt_log (at, what, address, outcome) SELECT '', '', hex(randomblob(20)), '' FROM n
"""
FOREIGN = ('eportal.db', 'eportal-old.db', 'eportal-20200101-000000-000000.db.gz', 'letter.txt')


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A database with one customer."""
    file = tmp_path / 'eportal.db'
    async with database(f'sqlite://{file}'):
        await migrate()
    ask(file, CUSTOMER, '100001')
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / 'backups'


def test_a_copy_holds_every_commit_and_nothing_else(file: Path, folder: Path) -> None:
    with closing(sqlite3.connect(file)) as writer:
        writer.execute('PRAGMA wal_autocheckpoint = 0')
        writer.execute(CUSTOMER, ['100002'])
        writer.commit()
        writer.execute(CUSTOMER, ['100003'])
        plain = shutil.copy(file, file.with_name('plain.db'))

        copy = back_up(f'sqlite://{file}', folder, keep=3)

    assert ask(copy, 'SELECT payer_code FROM customer') == [('100001',), ('100002',)]
    assert ask(plain, 'SELECT payer_code FROM customer') == [('100001',)]  # why `cp` will not do


def test_copies_made_while_others_write_are_each_of_one_moment(file: Path, folder: Path) -> None:
    ask(file, BALLAST)
    with writing(file) as committed:
        for _ in range(5):
            before = len(committed)
            copy = back_up(f'sqlite://{file}', folder, keep=9)
            [(customers,)] = ask(copy, 'SELECT count(*) FROM customer')
            [(invoices,)] = ask(copy, 'SELECT count(*) FROM invoice')

            assert customers - 1 == invoices
            assert before <= invoices <= len(committed) + 1
            time.sleep(0.05)
    assert len(committed) > 5


def test_what_is_committed_while_the_copy_is_made_is_left_to_the_next(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, '_require_room', lambda *_: ask(file, CUSTOMER, '100002'))

    copy = back_up(f'sqlite://{file}', folder, keep=3)

    assert ask(file, 'SELECT count(*) FROM customer') == [(2,)]
    assert ask(copy, 'SELECT count(*) FROM customer') == [(1,)]


def test_a_copy_is_its_owners_alone_from_the_beginning(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    after_copying(monkeypatch, lambda target: seen.append(mode(target)))
    before = os.umask(0)
    try:
        copy = back_up(f'sqlite://{file}', folder, keep=3)
    finally:
        os.umask(before)

    assert (mode(folder), mode(copy), seen) == (0o700, 0o600, [0o600])
    assert file.stat().st_mode & 0o777 != 0o600


def test_a_folder_of_somebody_else_keeps_its_mode(file: Path, folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o750)

    back_up(f'sqlite://{file}', folder, keep=3)

    assert mode(folder) == 0o750


def test_a_copy_is_one_file_that_needs_no_other(file: Path, folder: Path) -> None:
    copy = back_up(f'sqlite://{file}', folder, keep=3)

    assert [found.name for found in folder.iterdir()] == [copy.name]
    with closing(sqlite3.connect(f'{copy.as_uri()}?mode=ro', uri=True)) as opened:
        assert opened.execute('PRAGMA journal_mode').fetchall() == [('delete',)]


def test_the_oldest_copies_go_and_nothing_else(file: Path, folder: Path) -> None:
    folder.mkdir()
    for name in FOREIGN:
        (folder / name).touch()

    made = [back_up(f'sqlite://{file}', folder, keep=3) for _ in range(5)]

    assert {found.name for found in folder.iterdir()} == {*FOREIGN, *(copy.name for copy in made[2:])}


def test_the_copy_just_made_stays_even_if_the_clock_went_back(file: Path, folder: Path) -> None:
    folder.mkdir()
    future = folder / 'eportal-20990101-000000-000000.db'
    future.touch()

    kept = back_up(f'sqlite://{file}', folder, keep=2)
    assert set(folder.iterdir()) == {kept, future}
    alone = back_up(f'sqlite://{file}', folder, keep=1)

    assert list(folder.iterdir()) == [alone]


def test_what_a_killed_backup_left_goes_the_day_after(file: Path, folder: Path) -> None:
    folder.mkdir()
    old, young = (folder / f'eportal-20200101-000000-00000{n}.db.part' for n in (1, 2))
    journal = old.with_name(f'{old.name}-journal')
    for left in (old, young, journal):
        left.touch()
    for left in (old, journal):
        os.utime(left, (0, time.time() - 2 * 86_400))

    copy = back_up(f'sqlite://{file}', folder, keep=3)

    assert set(folder.iterdir()) == {copy, young}


def test_an_old_copy_that_cannot_be_removed_is_reported_and_hinders_nothing(
    file: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stubborn = folder / 'eportal-20200101-000000-000000.db'
    stubborn.mkdir(parents=True)

    copy = back_up(f'sqlite://{file}', folder, keep=1)

    assert set(folder.iterdir()) == {copy, stubborn}
    assert 'an old copy cannot be removed' in caplog.text


def test_the_command_says_where_the_copy_is(file: Path, tmp_path: Path) -> None:
    portal = Portal(tmp_path, EPORTAL_BACKUPS_KEPT='2')

    said = [portal.run('backup').stdout for _ in range(3)]
    elsewhere = portal.run('backup', '--to', str(tmp_path / 'elsewhere'))

    copies = sorted((tmp_path / 'backups').iterdir())
    assert [line.split(':')[0] for line in said[1:]] == [str(copy) for copy in copies]
    assert re.search(r': 0\.\d MB, verified\n$', said[2])
    assert [str(copy) for copy in (tmp_path / 'elsewhere').iterdir()] == [elsewhere.stdout.split(':')[0]]
    assert file.exists()


def ask(file: Path | str, query: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        found = connection.execute(query, values).fetchall()
        connection.commit()
        return found


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def after_copying(monkeypatch: pytest.MonkeyPatch, act: Callable[[Path], object]) -> None:
    """Something happens to the copy between its making and its verification."""
    original = backup._copy

    def copied(source: Path, target: Path) -> Any:
        contents = original(source, target)
        act(target)
        return contents

    monkeypatch.setattr(backup, '_copy', copied)


@contextmanager
def writing(file: Path) -> Iterator[list[int]]:
    """Another thread commits a customer with an invoice again and again; the list holds what it committed."""
    committed: list[int] = []
    ended = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(file, timeout=10)) as connection:
            while not ended.is_set():
                number = str(200_001 + len(committed))
                connection.execute(CUSTOMER, [number])
                connection.execute(INVOICE, [number])
                connection.commit()
                committed.append(int(number))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield committed
    finally:
        ended.set()
        thread.join()
