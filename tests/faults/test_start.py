"""A database that is missing, damaged, read-only or served already: one sentence, an exit code, and nothing made up."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import database, get_connection
from tests.faults.drill import filled_in, half_rows, is_accepted, people, pressed, until
from tests.page import Browser
from tests.portal import Portal

WITHOUT_ROOTS_RIGHTS = ('setpriv', '--bounding-set', '-dac_override,-dac_read_search')  # root may write to 0400
Damage = Callable[[Path], object]


@pytest.fixture(scope='module')
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An empty database with today's tables."""
    portal = Portal(tmp_path_factory.mktemp('sound'))
    portal.run('migrate')
    return portal.database_file.read_bytes()


def _damaged_page(file: Path) -> None:
    """The root of the accounts' b-tree."""
    connection = sqlite3.connect(file)
    [(page, size)] = connection.execute(
        "SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = 'account'"
    ).fetchall()
    connection.close()
    with file.open('r+b') as target:
        target.seek((page - 1) * size)
        target.write(b'\xa5' * size)


def _shortened(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _overwritten(file: Path) -> None:
    file.write_bytes(b'This is a letter to my aunt.\n' * 500)


def _locked_away(file: Path) -> None:
    file.chmod(0o400)


def _with_its_folder(file: Path) -> None:
    file.chmod(0o400)
    file.parent.chmod(0o500)


@pytest.mark.parametrize('damage', [_damaged_page, _shortened, _overwritten])
def test_f15_a_damaged_database_stops_the_start(sound: bytes, tmp_path: Path, damage: Damage) -> None:
    portal = Portal(tmp_path)
    portal.database_file.write_bytes(sound)
    damage(portal.database_file)
    _refuses(portal, damage.__name__)


@pytest.mark.parametrize('damage', [_locked_away, _with_its_folder])
def test_f15_a_database_that_cannot_be_written_stops_the_start(sound: bytes, tmp_path: Path, damage: Damage) -> None:
    prefix = WITHOUT_ROOTS_RIGHTS if os.geteuid() == 0 else ()
    if prefix and not shutil.which(prefix[0]):
        pytest.skip('root may write anywhere, and there is no setpriv to give that right away')
    (tmp_path / 'data').mkdir()
    portal = Portal(tmp_path / 'data')
    portal.database_file.write_bytes(sound)
    damage(portal.database_file)
    try:
        _refuses(portal, damage.__name__, *prefix)
    finally:
        portal.folder.chmod(0o700)
        portal.database_file.chmod(0o600)


@pytest.mark.parametrize(
    'place',
    ['eportal.db', 'other.db', 'no-such-folder/other.db'],
)
def test_f15_a_database_that_was_named_is_never_made_up(tmp_path: Path, place: str) -> None:
    portal = Portal(tmp_path, EPORTAL_DATABASE_URL=f'sqlite://{tmp_path / place}')
    _refuses(portal, f'missing {place}')
    assert not (tmp_path / place).exists()


def _refuses(portal: Portal, how: str, *prefix: str) -> None:
    before = _content(portal)
    code, words = portal.refused_start(*prefix)
    assert code == 2
    assert 'Traceback' not in words
    assert words.startswith('ePortal se ne more zagnati / cannot start: ')
    assert _content(portal) == before
    print(f'\nF15: {how}: exit {code}, »{" ".join(words.split())}«'.replace(str(portal.folder), '…'))


def _content(portal: Portal) -> bytes | None:
    return portal.database_file.read_bytes() if portal.database_file.exists() else None


def test_f13_a_second_server_on_one_file_refuses_and_says_why(shared_portal: Portal) -> None:
    second = Portal(shared_portal.folder)
    code, words = second.refused_start()
    assert code == 2
    assert 'nother ePortal already serves' in words
    assert 'Traceback' not in words
    assert shared_portal.rows('SELECT 1') == [(1,)]
    print(f'\nF13: the second server: exit {code}, the first one goes on')


async def test_f13_a_command_beside_a_busy_server_locks_nobody_out(
    shared_portal: Portal, shared_browser: Browser
) -> None:
    pages = await filled_in(shared_browser, people(shared_portal, 16))
    log = len(shared_portal.log)
    commands = [asyncio.to_thread(shared_portal.run, 'migrate', check=False) for _ in range(2)]
    running = asyncio.gather(*commands)
    for page in pages:
        await pressed([page])
        await asyncio.sleep(0.1)
    done = await running
    await until(lambda: all(is_accepted(page) for _, page in pages))
    assert [command.returncode for command in done] == [0, 0]
    assert 'locked' not in shared_portal.log[log:]
    assert half_rows(shared_portal) == {}
    print(f'\nF13: 2 × migrate beside {len(pages)} registrations: all accepted, 0 »locked«')


async def test_f16_each_commit_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    async with database(f'sqlite://{tmp_path / "eportal.db"}'):
        found = {name: await _pragma(name) for name in ('journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout')}
    full, on = 2, 1
    assert found == {'journal_mode': 'wal', 'synchronous': full, 'foreign_keys': on, 'busy_timeout': 5000}
    print(f'\nF16: {found}')


async def _pragma(name: str) -> object:
    _, rows = await get_connection('default').execute_query(f'PRAGMA {name}')
    return rows[0][0]
