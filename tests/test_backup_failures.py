"""A backup that fails says so in one sentence and leaves the copies that there are."""

import os
import resource
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from storage import backup
from storage.backup import back_up
from storage.database import DatabaseProblem, database, migrate
from tests.portal import Portal
from tests.test_backup import CUSTOMER, after_copying, ask


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A database with one customer."""
    file = tmp_path / 'eportal.db'
    async with database(f'sqlite://{file}'):
        await migrate()
    ask(file, CUSTOMER, '100001')
    return file


@pytest.fixture
def good(file: Path) -> Path:
    """The only copy there is, and the only one that may be kept."""
    return back_up(f'sqlite://{file}', file.parent / 'backups', keep=1)


def overwritten(target: Path) -> None:
    """The root of an index, which counting rows does not touch."""
    [(page, size)] = ask(target, "SELECT rootpage, page_size FROM sqlite_master, pragma_page_size "
                                 "WHERE name = 'session_by_account'")  # fmt: skip
    with target.open('r+b') as opened:
        opened.seek((page - 1) * size)
        opened.write(b'\xa5' * size)


def shortened(target: Path) -> None:
    os.truncate(target, target.stat().st_size // 2)


def emptied(target: Path) -> None:
    os.truncate(target, 0)


def without_a_row(target: Path) -> None:
    ask(target, 'DELETE FROM customer')


def of_another_schema(target: Path) -> None:
    ask(target, 'DELETE FROM tortoise_migrations WHERE id = (SELECT max(id) FROM tortoise_migrations)')


@pytest.mark.parametrize('damage', [overwritten, shortened, emptied, without_a_row, of_another_schema])
def test_a_copy_that_came_out_wrong_is_noticed_and_replaces_nothing(
    damage: Callable[[Path], object], file: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_copying(monkeypatch, damage)

    with pytest.raises(DatabaseProblem) as problem:
        back_up(f'sqlite://{file}', good.parent, keep=1)

    assert '\n' not in str(problem.value)
    assert list(good.parent.iterdir()) == [good]


@pytest.mark.parametrize('damage', [overwritten, shortened, emptied])
def test_a_damaged_database_replaces_no_copy(damage: Callable[[Path], object], file: Path, good: Path) -> None:
    damage(file)

    with pytest.raises(DatabaseProblem):
        back_up(f'sqlite://{file}', good.parent, keep=1)

    assert list(good.parent.iterdir()) == [good]


def test_where_there_is_no_room_none_is_taken(file: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup.shutil, 'disk_usage', lambda _: SimpleNamespace(free=backup.SPARE_BYTES))

    with pytest.raises(DatabaseProblem, match=r'should stay free, but .* has 64 MB left. Make room there'):
        back_up(f'sqlite://{file}', good.parent, keep=1)

    assert list(good.parent.iterdir()) == [good]


def test_a_disk_that_fills_meanwhile_keeps_the_copies_it_has(file: Path, good: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DatabaseProblem, match='could not be copied'):
            back_up(f'sqlite://{file}', good.parent, keep=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(good.parent.iterdir()) == [good]


@pytest.mark.parametrize(
    ('url', 'said'),
    [
        ('sqlite://{folder}/elsewhere.db', 'elsewhere.db does not exist'),
        ('sqlite://:memory:', 'in memory'),
        ('postgres://postgres@127.0.0.1/postgres', 'pg_dump'),
    ],
)
def test_what_cannot_be_copied_is_one_sentence(url: str, said: str, tmp_path: Path) -> None:
    done = Portal(tmp_path, EPORTAL_DATABASE_URL=url.format(folder=tmp_path)).run('backup', check=False)

    assert done.returncode == 2
    assert said in done.stderr
    assert 'made no backup' in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / 'backups').exists()
