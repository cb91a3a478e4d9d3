"""The database of this installation, as a command finds it beside a running portal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.settings import settings
from storage.database import DatabaseProblem, check_integrity, database, pending_migrations, sqlite_file

__all__ = ['DatabaseProblem', 'opened', 'require_tables']


@asynccontextmanager
async def opened() -> AsyncIterator[None]:
    """It must be there, with the tables of this program. Raises `DatabaseProblem`."""
    file = sqlite_file(settings().database_url)
    if file and not file.exists():
        raise DatabaseProblem(f'{file} does not exist. Make it with: python app.py migrate')
    async with database(settings().database_url):
        await check_integrity()  # a server that does not answer would be taken for an empty database
        await require_tables()
        yield


async def require_tables() -> None:
    if names := await pending_migrations():
        raise DatabaseProblem(f'the database lacks {", ".join(names)}. Run: python app.py migrate')
