"""Opening the database: SQLite (embedded, one serving process) or PostgreSQL (`postgres://…`, by asyncpg)."""

import fcntl
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.transactions import in_transaction

APP = {'models': {'models': ['storage.models'], 'migrations': 'storage.migrations', 'default_connection': 'default'}}
SQLITE_PRAGMAS = {'journal_mode': 'WAL', 'synchronous': 'FULL', 'busy_timeout': 5000, 'foreign_keys': 'ON'}

# For `tortoise -c storage.database.TORTOISE makemigrations`, which asks no database.
TORTOISE = {
    'connections': {'default': {'engine': 'storage.sqlite', 'credentials': {'file_path': ':memory:'}}},
    'apps': APP,
}

logging.getLogger('tortoise').setLevel(logging.WARNING)  # its debug lines hold the values of every query


class DatabaseProblem(Exception):
    """The database cannot be used; the message says why and what to do."""


def connection_settings(url: str) -> dict[str, Any]:
    """Tortoise's settings for a database address; raises `ConfigurationError` for an unknown kind."""
    settings: dict[str, Any] = expand_db_url(url)
    if settings['engine'] == 'tortoise.backends.sqlite':
        settings['engine'] = 'storage.sqlite'
        settings['credentials'] |= SQLITE_PRAGMAS
    elif settings['engine'] == 'tortoise.backends.asyncpg':
        settings['engine'] = 'storage.asyncpg'  # migrations tell engines apart by such names
    return settings


def sqlite_file(url: str) -> Path | None:
    """The file behind a `sqlite://` address; None for memory and for PostgreSQL."""
    path = url.removeprefix('sqlite://').split('?')[0]
    return Path(path) if url.startswith('sqlite://') and path != ':memory:' else None


@asynccontextmanager
async def database(url: str) -> AsyncIterator[None]:
    """Connects, for every task of this process, until the block is left."""
    async with TortoiseContext() as context:
        await context.init(
            config={
                'connections': {'default': connection_settings(url)},
                'apps': APP,
                'use_tz': True,
                'timezone': 'UTC',
            },
            _enable_global_fallback=True,
        )
        yield


@contextmanager
def only_server(url: str) -> Iterator[None]:
    """Holds the right to serve a SQLite file: NiceGUI's pages and SQLite's writer both want one process.

    Commands may run beside it; PostgreSQL needs no such lock. Raises `DatabaseProblem`.
    """
    if (file := sqlite_file(url)) is None:
        yield
        return
    try:
        lock = file.with_name(file.name + '.serving').open('w')
    except OSError as problem:
        raise DatabaseProblem(f'{file} cannot be used ({problem.strerror}).') from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseProblem(f'another ePortal already serves {file}. Stop it first, or use PostgreSQL.') from None
        yield


async def migrate() -> list[str]:
    """Brings the schema up to date, whole or not at all; returns the names of the migrations applied."""
    applied: list[str] = []
    outside = MigrationExecutor(get_connection('default'), APP)
    await outside.recorder.ensure_schema(
        outside._schema_editor(atomic=False)
    )  # looking for it would abort on PostgreSQL
    async with _rebuilding(), in_transaction() as transaction:  # Tortoise records a migration outside its transaction
        await MigrationExecutor(transaction, APP).migrate(
            progress=lambda event, _app, name: applied.append(name) if event == 'apply_done' else None
        )
        await _require_whole_references()
    return applied


@asynccontextmanager
async def _rebuilding() -> AsyncIterator[None]:
    """SQLite changes a column by making its table anew: with foreign keys on, what refers to the old one would go."""
    connection = get_connection('default')
    if not _is_sqlite():
        yield
        return
    await connection.execute_query('PRAGMA foreign_keys = OFF')
    try:
        yield
    finally:
        await connection.execute_query('PRAGMA foreign_keys = ON')


async def _require_whole_references() -> None:
    if _is_sqlite():
        _, rows = await get_connection('default').execute_query('PRAGMA foreign_key_check')
        if rows:
            raise DatabaseProblem(
                f'a row of {rows[0]["table"]} refers to one that does not exist; nothing was changed.'
            )


async def pending_migrations() -> list[str]:
    """The names of migrations that this program has and the database lacks."""
    plan = await MigrationExecutor(get_connection('default'), APP).plan()
    return [step.migration.name for step in plan if not step.backward]


async def schema_version() -> str | None:
    """The newest migration that the database has; None for an empty database."""
    keys = await MigrationRecorder(get_connection('default')).applied_migrations()
    return max((key.name for key in keys), default=None)


async def check_integrity() -> None:
    """Whether the database answers, is whole and can be written; raises `DatabaseProblem`."""
    try:
        answer = await _integrity()
        if answer == 'ok':
            await _write_nothing_new()
    except (BaseORMException, OSError, asyncpg.PostgresError, sqlite3.Error) as problem:
        raise DatabaseProblem(f'the database does not answer ({problem or type(problem).__name__}).') from problem
    if answer != 'ok':
        raise DatabaseProblem(f'the database file is damaged ({answer}). Restore the last backup.')


async def _integrity() -> str:
    _, rows = await get_connection('default').execute_query('PRAGMA quick_check(1)' if _is_sqlite() else "SELECT 'ok'")
    return str(rows[0][0])


async def _write_nothing_new() -> None:
    """SQLite begins a transaction on a file that it may not write, and says so only when it has to."""
    async with in_transaction() as transaction:
        if _is_sqlite():
            _, rows = await transaction.execute_query('PRAGMA user_version')
            await transaction.execute_query(f'PRAGMA user_version = {rows[0][0]}')


def _is_sqlite() -> bool:
    return get_connection('default').capabilities.dialect == 'sqlite'
