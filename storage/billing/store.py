"""The connection of an import: its own, beside the portal's, with the staged rows in reach of plain SQL.

SQLite runs in a thread and lets go of Python's lock while it works, so a portal in the same process goes on.
"""

import asyncio
import fcntl
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncpg  # type: ignore[import-untyped]
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import DBConnectionError, OperationalError

from storage.billing.staging import STAGED
from storage.database import DatabaseProblem, sqlite_file

ADVISORY_LOCK = 7_316_011  # any number, the same for every importer of this product
_LOST = (
    asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)  # fmt: skip
BUSY_SECONDS = 30  # an import waits patiently; people do not


class AlreadyImporting(Exception):
    """Another import of this installation is being applied."""


class Store(Protocol):
    """`differs` is the engine's word for »is not the same, nothing counts as a value«."""

    engine: str
    differs: str
    step_rows: int

    async def rows(self, sql: str, *values: object) -> Sequence[Sequence[Any]]:
        """The answer to a question; `?` stands for a value on both engines."""

    async def run(self, sql: str, *values: object) -> int:
        """How many rows one statement has touched."""

    def lock(self) -> Any:
        """An async context that one import holds at a time; raises `AlreadyImporting`."""

    def step(self) -> Any:
        """An async context: a short transaction. New rows lock their payers on PostgreSQL, as SQLite locks it all."""

    def is_served(self) -> bool:
        """Whether a portal writes to the same file, and has to be let in between two steps."""


@asynccontextmanager
async def store(url: str, staged: Path) -> AsyncIterator[Store]:
    """A connection that sees the rows staged in this folder, until the block is left."""
    if url.startswith('sqlite'):
        if (file := sqlite_file(url)) is None:
            raise DatabaseProblem('an import needs a database in a file, not in memory.')
        opened: SqliteStore | PostgresStore = await SqliteStore.opened(file, staged)
    else:
        opened = await PostgresStore.opened(url, staged)
    try:
        yield opened
    finally:
        await opened.close()


@contextmanager
def explained() -> Iterator[None]:
    """What the database refuses, as one sentence: locked for too long, disk full, gone."""
    try:
        yield
    except (sqlite3.OperationalError, OperationalError, DBConnectionError, ConnectionError, *_LOST) as problem:
        raise DatabaseProblem(f'the database does not answer ({problem or type(problem).__name__}).') from problem


class SqliteStore:
    engine, differs = 'sqlite', 'IS NOT'
    step_rows = 20_000  # written in less than 200 ms: it has one writer

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='import')

    @classmethod
    async def opened(cls, file: Path, staged: Path) -> 'SqliteStore':
        made = cls(file)
        await made._in_thread(made._open, staged)
        return made

    async def close(self) -> None:
        await self._in_thread(self._connection.close)
        self._thread.shutdown()

    async def rows(self, sql: str, *values: object) -> Sequence[Sequence[Any]]:
        return await self._in_thread(lambda: self._connection.execute(sql, values).fetchall())  # type: ignore[no-any-return]

    async def run(self, sql: str, *values: object) -> int:
        return await self._in_thread(lambda: self._connection.execute(sql, values).rowcount)  # type: ignore[no-any-return]

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        with self._file.with_name(self._file.name + '.importing').open('w') as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyImporting from None
            yield

    @asynccontextmanager
    async def step(self) -> AsyncIterator[None]:
        await self.run('BEGIN IMMEDIATE')
        try:
            yield
        except BaseException:
            await asyncio.shield(self.run('ROLLBACK'))
            raise
        await self.run('COMMIT')

    def is_served(self) -> bool:
        with self._file.with_name(self._file.name + '.serving').open('a') as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _open(self, staged: Path) -> None:
        self._connection = sqlite3.connect(self._file, isolation_level=None, timeout=BUSY_SECONDS)
        for pragma in ('foreign_keys=ON', 'synchronous=FULL', 'cache_size=-8000'):
            self._connection.execute(f'PRAGMA {pragma}')
        self._connection.execute('ATTACH ? AS staging', (str(staged / 'staged.db'),))
        for pragma in ('journal_mode=OFF', 'synchronous=OFF', 'cache_size=-4000'):
            self._connection.execute(f'PRAGMA staging.{pragma}')

    async def _in_thread(self, work: Any, *values: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *values)


class PostgresStore:
    engine, differs = 'postgres', 'IS DISTINCT FROM'
    step_rows = 250_000  # its new rows keep nobody waiting

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    async def opened(cls, url: str, staged: Path) -> 'PostgresStore':
        known = expand_db_url(url)['credentials']
        login = {name: known[name] for name in ('host', 'port', 'user', 'password', 'database', 'ssl') if name in known}
        made = cls(await asyncpg.connect(**login))
        await made._take(staged)
        return made

    async def close(self) -> None:
        await self._connection.close()

    async def rows(self, sql: str, *values: object) -> Sequence[Sequence[Any]]:
        return await self._connection.fetch(_numbered(sql), *values)  # type: ignore[no-any-return]

    async def run(self, sql: str, *values: object) -> int:
        status = await self._connection.execute(_numbered(sql), *values)
        return int(status.rsplit(' ', 1)[-1]) if status[-1].isdigit() else 0

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        if not await self._connection.fetchval('SELECT pg_try_advisory_lock($1)', ADVISORY_LOCK):
            raise AlreadyImporting
        try:
            yield
        finally:
            await self._connection.execute(f'SELECT pg_advisory_unlock({ADVISORY_LOCK})')

    @asynccontextmanager
    async def step(self) -> AsyncIterator[None]:
        async with self._connection.transaction():
            yield

    def is_served(self) -> bool:
        return False

    async def _take(self, staged: Path) -> None:
        """Into temporary tables, which are gone with the connection."""
        await self._connection.execute("SET work_mem = '64MB'")
        await self._connection.execute("SET temp_buffers = '64MB'")
        for kind, columns in STAGED.items():
            typed = ', '.join(f'{name} {kept}' for name, kept in columns.items())
            await self._connection.execute(f'CREATE TEMP TABLE staged_{kind} (row bigint, {typed})')
            await self._connection.copy_to_table(f'staged_{kind}', source=staged / f'{kind}.copy')
            await self._connection.execute(f'CREATE INDEX ON staged_{kind} USING brin (row)')
            await self._connection.execute(f'ANALYZE staged_{kind}')


def _numbered(sql: str) -> str:
    """`?` is `$1`, `$2`, … here."""
    parts = re.split(r'\?', sql)
    return ''.join(part + (f'${n}' if n < len(parts) else '') for n, part in enumerate(parts, 1))
