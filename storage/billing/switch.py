"""What is staged becomes a part of the tables: brought in short steps where nobody sees it, then shown by one switch.

A kill before the switch leaves rows that no reader sees and that the next import removes; after it, everything is done.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from storage.billing.compare import Counts, absent
from storage.billing.kinds import KINDS, Scope, own_columns, unfinished
from storage.billing.store import Store
from storage.models import RunState

Progress = Callable[[str, int, int], None]  # kind, rows done, rows in all


async def clear_away(scope: Scope) -> None:
    """What killed imports have left behind; nobody has ever seen it."""
    for dead in await unfinished(scope.store):
        for kind in reversed(KINDS):
            await _remove(scope, KINDS[kind].table, dead)
        await scope.store.run(f"UPDATE import_run SET state = 'failed' WHERE id = {dead}")


async def bring(scope: Scope, kind: str, counts: Counts, run: int, now: datetime, progress: Progress) -> None:
    """The new rows of one kind, unseen: customers and metering points as gone, the others by their run."""
    store = scope.store
    statement = _insert(kind, run, now, among_others=bool(counts.unchanged or counts.changed or counts.back))
    done, all_ = 0, counts.new + counts.changed + counts.unchanged
    for first, last in await _steps(store, kind):
        async with _taking_turns(store):
            await store.run(f'{statement} AND s.row BETWEEN {first} AND {last}')
        done = min(done + last - first + 1, all_)
        progress(kind, done, all_)


async def _steps(store: Store, kind: str) -> list[tuple[int, int]]:
    """From which row to which, never beyond one table of a file."""
    spans = await store.rows(f'SELECT min(row), max(row) FROM staged_{kind} GROUP BY row >> 32 ORDER BY 1')
    size = store.step_rows
    starts = [(first, last) for least, last in spans for first in range(least, last + 1, size)]
    return [(first, min(first + size - 1, last)) for first, last in starts]


@asynccontextmanager
async def _taking_turns(store: Store) -> AsyncIterator[None]:
    """A step; half of the time belongs to the people at the portal."""
    began = time.monotonic()
    async with store.step():
        yield
    if store.is_served():
        await asyncio.sleep(time.monotonic() - began)


async def switch(scope: Scope, counts: Mapping[str, Counts], run: int, now: datetime) -> None:
    """Everything at once: changes, who is gone and who is back, and the run's new rows."""
    store = scope.store
    updates = {kind: _update(scope, kind, await _touched(scope, kind)) for kind in scope.kinds if counts[kind].changed}
    [(highest,)] = await store.rows('SELECT max(number) FROM staged_invoice')
    async with store.step():
        for kind in reversed(scope.kinds):  # customers last: on PostgreSQL a registration waits for their rows
            if kind in updates:
                await store.run(updates[kind])
            if KINDS[kind].may_be_gone:
                await _come_and_go(scope, kind, now)
        await store.run(
            f"UPDATE import_run SET state = '{RunState.APPLIED}', finished_at = '{now}', highest_number = ? "
            f'WHERE id = {run}', highest,
        )  # fmt: skip


async def _remove(scope: Scope, table: str, run: int) -> None:
    newest = f'SELECT id FROM {table} WHERE came_with = {run} ORDER BY id DESC LIMIT {scope.store.step_rows}'
    removed = 1
    while removed:
        async with _taking_turns(scope.store):
            removed = await scope.store.run(f'DELETE FROM {table} WHERE id IN ({newest})')


async def _come_and_go(scope: Scope, kind: str, now: datetime) -> None:
    table, key = KINDS[kind].table, KINDS[kind].key[0]
    if kind in scope.whole_lists:
        gone = f'SELECT l.id FROM {table} l WHERE {absent(kind)}'
        await scope.store.run(f"UPDATE {table} SET gone_at = '{now}' WHERE id IN ({gone})")
    listed = f'SELECT s.{key} FROM staged_{kind} s'
    await scope.store.run(f'UPDATE {table} SET gone_at = NULL WHERE gone_at IS NOT NULL AND {key} IN ({listed})')


def _insert(kind: str, run: int, now: datetime, *, among_others: bool) -> str:
    """CROSS JOIN keeps SQLite's planner at the staged rows, in their order."""
    spec, names = KINDS[kind], own_columns(kind)
    values, source, where = [f's.{name}' for name in names], f'staged_{kind} s', '1 = 1'
    if spec.owner:
        table, code, column = spec.owner
        names, values = [*names, f'{table}_id'], [*values, 'o.id']
        source, where = f'{source} CROSS JOIN {table} o', f'o.{code} = s.{column}'
    if spec.may_be_gone:
        names, values = [*names, 'gone_at'], [*values, f"'{now}'"]
    if among_others:
        owner = f'l.{spec.owner_id} = o.id AND ' if kind == 'reading' else ''
        same = owner + ' AND '.join(f'l.{n} = s.{n}' for n in spec.key if n in names)
        where += f' AND NOT EXISTS (SELECT 1 FROM {spec.table} l WHERE {same})'
    return (
        f'INSERT INTO {spec.table} ({", ".join(names)}, came_with) '
        f'SELECT {", ".join(values)}, {run} FROM {source} WHERE {where}'
    )


async def _touched(scope: Scope, kind: str) -> list[str]:
    """Columns that differ in any row: SQLite rewrites the index of every column that an UPDATE names."""
    columns = scope.updated(kind)
    if not columns:
        return []
    differing = ', '.join(f'max(CASE WHEN l.{n} {scope.store.differs} s.{n} THEN 1 ELSE 0 END)' for n in columns)
    [row] = await scope.store.rows(
        f'SELECT {differing} FROM changed_{kind} c JOIN staged_{kind} s ON s.row = c.row '
        f'JOIN {KINDS[kind].table} l ON l.id = c.live_id'
    )
    return [name for name, differs in zip(columns, row, strict=True) if differs]


def _update(scope: Scope, kind: str, columns: list[str]) -> str:
    spec = KINDS[kind]
    if kind == 'customer' and 'name' in columns:
        columns = sorted({*columns, 'search_key'})
    changes = [f'{name} = s.{name}' for name in columns]
    source = f'changed_{kind} c JOIN staged_{kind} s ON s.row = c.row'
    if spec.may_move and spec.owner:
        table, code, column = spec.owner
        changes.append(f'{spec.owner_id} = o.id')
        source += f' JOIN {table} o ON o.{code} = s.{column}'
    return f'UPDATE {spec.table} SET {", ".join(changes)} FROM {source} WHERE {spec.table}.id = c.live_id'
