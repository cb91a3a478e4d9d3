"""The world around a test: settings of its own, an empty database on SQLite and on PostgreSQL."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from passlib.context import CryptContext
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.models import Model

from domain import clock, passwords
from domain import settings as chosen
from domain.billing import worker
from domain.billing.reading import Reading
from domain.settings import Settings
from storage.billing.staging import CopyStaging, SqliteStaging
from storage.database import database, migrate
from tests.mail_server import MailServer

POSTGRES = 'EPORTAL_TEST_POSTGRES_URL'
KEYS = {'secret': 's' * 40, 'data_key': 'd' * 40}
QUICK = CryptContext(schemes=['argon2'], argon2__memory_cost=8, argon2__time_cost=1, argon2__parallelism=1)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Every test has its own; `change_settings` makes others of them."""
    chosen.use(Settings(data_dir=tmp_path, form_takes_at_least=0, **KEYS))
    yield chosen.settings()
    chosen._current.clear()


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash costs a person's patience once, a test suite's thousands of times; test_passwords.py has the true one."""
    monkeypatch.setattr(passwords, '_context', QUICK)


@pytest.fixture
def change_settings():
    def change(**values: object) -> Settings:
        kept = chosen.settings().model_dump(exclude={'public_url', 'database_url'} - values.keys())
        chosen.use(Settings(**kept | values))
        return chosen.settings()

    return change


@pytest.fixture
def time_passes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The clock stands still; `time_passes(hours=72)` moves it, the one on the wall and the one for waits alike."""
    start, passed = datetime.now(UTC), [timedelta(0)]
    monkeypatch.setattr(clock, 'now', lambda: start + passed[0])
    monkeypatch.setattr(clock, 'monotonic', lambda: passed[0].total_seconds())

    def pass_by(**how_long: float) -> None:
        passed[0] += timedelta(**how_long)

    return pass_by


@pytest.fixture
def mail(change_settings: Callable[..., Settings]) -> Iterator[MailServer]:
    """A mail server to which this test's letters go."""
    server = MailServer().start()
    change_settings(smtp_url=server.url, smtp_timeout=2)
    yield server
    server.stop()


@pytest.fixture(params=['sqlite', 'postgres'])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where a test's database is; the PostgreSQL leg runs where a server is named."""
    EXECUTOR_CACHE.clear()  # Tortoise keeps its INSERT statements by table, whatever the engine
    if request.param == 'sqlite':
        return 'sqlite://:memory:'
    return request.getfixturevalue('postgres_database')


@pytest.fixture(scope='session')
def postgres_database() -> Iterator[str]:
    """A database of this test process, dropped at the end."""
    import asyncio

    if not (server := os.environ.get(POSTGRES)):
        pytest.skip(f'{POSTGRES} names no server: the PostgreSQL leg is skipped')
    name = f'eportal_test_{uuid4().hex}'
    asyncio.run(_execute(server, f'CREATE DATABASE {name}'))
    asyncio.run(_execute(server, f'ALTER DATABASE {name} SET synchronous_commit = off'))
    url = f'{server.rsplit("/", 1)[0]}/{name}'
    asyncio.run(_migrated(url))
    yield url
    asyncio.run(_execute(server, f'DROP DATABASE {name} WITH (FORCE)'))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[None]:
    """An open, empty database with today's tables."""
    async with database(database_url):
        await (_made() if database_url.startswith('sqlite') else _emptied())
        yield


@pytest.fixture(scope='session')
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file with today's tables, to be copied."""
    import asyncio

    file = tmp_path_factory.mktemp('migrated') / 'eportal.db'
    asyncio.run(_migrated(f'sqlite://{file}'))
    return file


@pytest.fixture(params=['sqlite', 'postgres'])
def installation(request: pytest.FixtureRequest, tmp_path: Path, change_settings: Callable[..., Settings]) -> str:
    """The address of an empty database that other connections and processes can open, too; the settings name it."""
    EXECUTOR_CACHE.clear()
    if request.param == 'postgres':
        url = request.getfixturevalue('postgres_database')
    else:
        shutil.copy(request.getfixturevalue('migrated_file'), tmp_path / 'eportal.db')
        url = f'sqlite://{tmp_path / "eportal.db"}'
    change_settings(database_url=url)
    return str(url)


@pytest.fixture
async def billing(installation: str) -> AsyncIterator[None]:
    """Such a database, open; files are read by processes of their own, as everywhere."""
    async with database(installation):
        if installation.startswith('postgres'):
            await _emptied()
        yield


@pytest.fixture
def reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process, which takes a hundredth of the time."""

    async def read(files: Sequence[worker.File], how: worker.How, folder: Path, _progress: worker.Progress) -> Any:
        is_sqlite = chosen.settings().database_url.startswith('sqlite')
        staging = SqliteStaging(folder) if is_sqlite else CopyStaging(folder)
        with closing(staging):
            found = Reading(worker.job(files, how, folder), staging, lambda _event, **_facts: None).found()
        return json.loads(json.dumps(found))

    monkeypatch.setattr(worker, 'read', read)


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    await connection.execute(statement)
    await connection.close()


async def _migrated(url: str) -> None:
    async with database(url):
        await migrate()


_schema: list[str] = []


async def _made() -> None:
    """The first test of a process waits for the migrations, the others take the tables that these made."""
    connection = get_connection('default')
    if _schema:
        await connection.execute_script(_schema[0])
        return
    await migrate()
    _, rows = await connection.execute_query(
        "SELECT sql FROM sqlite_master WHERE sql > '' AND name NOT LIKE 'sqlite_%'"
    )
    _schema.append(';'.join(row['sql'] for row in rows))


async def _emptied() -> None:
    """DELETE is ten times as fast as TRUNCATE where there are few rows."""
    tables = [table._meta.db_table for table in Model.__subclasses__() if table.__module__.startswith('storage.models')]
    deletes = ';'.join(f'DELETE FROM {table}' for table in tables)
    await get_connection('default').execute_script(f'SET LOCAL session_replication_role = replica; {deletes}')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side: attacks and faults start their portals once, everything else is dealt out by the file."""
    for item in items:
        suite = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group(suite if suite in ('attacks', 'faults') else item.path.name))
        if suite != 'tests':  # real processes and waits on a noisy machine: only who fails thrice has failed
            item.add_marker(pytest.mark.flaky(reruns=2))
