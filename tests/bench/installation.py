"""An empty installation of one's own: a data folder, a database on either engine with today's tables, the settings."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg

from storage.database import sqlite_file
from tests.portal import ROOT

SERVER = os.environ.get('EPORTAL_TEST_POSTGRES_URL', '')
ENGINES = ('SQLite', 'PostgreSQL') if SERVER else ('SQLite',)


class Installation:
    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.variables = {
            'EPORTAL_DATA_DIR': str(folder), 'EPORTAL_DATABASE_URL': url,
            'EPORTAL_SECRET': 's' * 40, 'EPORTAL_DATA_KEY': 'd' * 40,
        }  # fmt: skip
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith('EPORTAL_')} | self.variables

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, 'app.py', *map(str, arguments)]

    def count(self, table: str) -> int:
        query = f'SELECT count(*) FROM {table}'
        if file := sqlite_file(self.url):
            with closing(sqlite3.connect(file)) as connection:
                return int(connection.execute(query).fetchone()[0])
        return int(asyncio.run(_asked(self.url, query)))


@contextmanager
def installation(engine: str) -> Iterator[Installation]:
    """Thrown away when the block is left."""
    with TemporaryDirectory(prefix='eportal-bench-') as name, _database(engine, Path(name)) as url:
        made = Installation(Path(name), url)
        subprocess.run(made.command('migrate'), cwd=ROOT, env=made.environment, check=True, capture_output=True)
        yield made


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    if engine == 'SQLite':
        yield f'sqlite://{folder / "eportal.db"}'
        return
    name = f'eportal_bench_{uuid4().hex}'
    asyncio.run(_asked(SERVER, f'CREATE DATABASE {name}'))
    try:
        yield f'{SERVER.rsplit("/", 1)[0]}/{name}'
    finally:
        asyncio.run(_asked(SERVER, f'DROP DATABASE {name} WITH (FORCE)'))


async def _asked(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
