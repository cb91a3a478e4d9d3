"""What an import is measured against: the fewest steps that bring the same rows into the same tables and indexes.

`python -m tests.bench.baseline DATABASE_URL CUSTOMERS INVOICES` fills the empty tables that `app.py migrate` made, and
prints the seconds. Nothing is compared, reported or kept for later; the search key and the tax number, which the
portal folds and hashes, are left out. Both are to the baseline's advantage.
"""

import asyncio
import csv
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import asyncpg

from storage.database import SQLITE_PRAGMAS, sqlite_file
from tests.bench.installation import Installation
from tests.bench.measure import timed
from tests.bench.samples import Files

CUSTOMER = ('payer_code', 'name', 'address', 'email', 'search_key')
INVOICE = (
    'number', 'customer_id', 'issued_on', 'period_from', 'period_to', 'amount', 'open_amount', 'due_on', 'reference',
    'came_with',
)  # fmt: skip
RUN = """INSERT INTO import_run (id, state, started_at, "by", files, counts, problems)
    VALUES (1, 'applied', '2026-11-01 00:00:00+00:00', 'baseline', '[]', '{}', '[]')"""
Row = tuple[object, ...]


def rows(file: Path) -> Iterator[list[str]]:
    """Without the header."""
    with file.open(encoding='cp1250', newline='') as opened:
        reader = csv.reader(opened, delimiter=';')
        next(reader)
        yield from reader


def customers(file: Path) -> Iterator[Row]:
    for code, name, street, post, town, _tax_number, email in rows(file):
        yield code, name, f'{street}, {post} {town}', email or None, ''


def invoices(file: Path, ids: dict[str, int]) -> Iterator[Row]:
    for number, code, issued, since, until, amount, still_open, due, reference in rows(file):
        yield (
            number, ids[code], day(issued), day(since), day(until), amount.replace(',', '.'),
            still_open.replace(',', '.'), day(due), reference, 1,
        )  # fmt: skip


def day(written: str) -> str:
    """31.12.2025 as the database keeps it."""
    return f'{written[6:]}-{written[3:5]}-{written[:2]}'


def into_sqlite(url: str, customers_file: Path, invoices_file: Path) -> float:
    """csv.reader and executemany, in one transaction."""
    began = time.perf_counter()
    with closing(sqlite3.connect(sqlite_file(url))) as connection:
        for name, value in SQLITE_PRAGMAS.items():
            connection.execute(f'PRAGMA {name} = {value}')
        with connection:
            connection.execute(RUN)
            connection.executemany(_insert('customer', CUSTOMER), customers(customers_file))
            ids = dict(connection.execute('SELECT payer_code, id FROM customer'))
            connection.executemany(_insert('invoice', INVOICE), invoices(invoices_file, ids))
    return time.perf_counter() - began


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f'INSERT INTO {table} ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})'


async def into_postgres(url: str, customers_file: Path, invoices_file: Path) -> float:
    """COPY of text that lies ready, its ids resolved: only the server's own work and the way there."""
    ready = {'customer': customers_file.with_suffix('.copy'), 'invoice': invoices_file.with_suffix('.copy')}
    people = [(number, *row) for number, row in enumerate(customers(customers_file), 1)]
    _prepare(ready['customer'], people)
    _prepare(ready['invoice'], invoices(invoices_file, {str(row[1]): row[0] for row in people}))
    connection = await asyncpg.connect(url)
    began = time.perf_counter()
    async with connection.transaction():
        await connection.execute(RUN)
        for table, columns in (('customer', ('id', *CUSTOMER)), ('invoice', INVOICE)):
            await connection.copy_to_table(table, source=ready[table], columns=columns, format='csv', null='\\N')
    took = time.perf_counter() - began
    await connection.close()
    return took


def _prepare(file: Path, content: Iterable[Row]) -> None:
    with file.open('w', encoding='utf-8', newline='') as target:
        csv.writer(target).writerows([r'\N' if value is None else value for value in row] for row in content)


def fill(made: Installation, files: Files) -> float:
    """In a process of its own; the seconds it took, without Python's start."""
    command = [sys.executable, '-m', 'tests.bench.baseline', made.url, *map(str, files)]
    return float(timed(command, made.environment).output)


if __name__ == '__main__':
    url, *files = sys.argv[1:]
    if sqlite_file(url):
        print(into_sqlite(url, *map(Path, files)))
    else:
        print(asyncio.run(into_postgres(url, *map(Path, files))))
