"""Staged rows that contradict each other or belong to nobody are dropped, and said why."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from storage.billing.kinds import KINDS, Scope
from storage.billing.staging import place_of

SHOWN = 1_000


class Fault(StrEnum):
    """What is wrong with a row that is right by itself."""

    CONTRADICTED = 'contradicted'  # the same key stands there again with other data
    NOBODYS = 'nobodys'  # its payer or metering point is not known
    MOVED = 'moved'  # an invoice that belongs to another payer already


@dataclass(frozen=True)
class Faults:
    """Rows of one kind with one fault: the first thousand as (source, line, key), and how many there are."""

    kind: str
    fault: Fault
    rows: list[tuple[int, int, str]]
    count: int


async def judged(scope: Scope) -> AsyncIterator[Faults]:
    """Afterwards `bad_rows` tells how many rows these are: one may be bad in more than one way."""
    await scope.store.run('CREATE TEMP TABLE bad_rows (row bigint)')
    for kind in scope.kinds:
        await _let_lists_speak(scope, kind)
        await _index(scope, kind)
        for fault, condition in await _conditions(scope, kind):
            if faults := await _dropped(scope, kind, fault, condition):
                yield faults


async def bad_rows(scope: Scope) -> int:
    [(count,)] = await scope.store.rows('SELECT count(DISTINCT row) FROM bad_rows')
    return int(count)


async def _let_lists_speak(scope: Scope, kind: str) -> None:
    """A list of customers knows them better than the invoices that name them beside it."""
    if sources := ', '.join(map(str, scope.yielding.get(kind, ()))):
        await scope.store.run(f'DELETE FROM staged_{kind} WHERE (row >> 32) IN ({sources})')


async def _index(scope: Scope, kind: str) -> None:
    if KINDS[kind].may_be_gone:
        place = 'staging.' if scope.store.engine == 'sqlite' else ''
        key = ', '.join(KINDS[kind].key)
        await scope.store.run(f'CREATE INDEX {place}staged_{kind}_key ON staged_{kind} ({key})')


async def _conditions(scope: Scope, kind: str) -> list[tuple[Fault, str]]:
    """On staged rows `s`."""
    spec, found = KINDS[kind], []
    if kind not in scope.ascending and await _repeated(scope, kind):
        same = ' AND '.join(f't.{name} = s.{name}' for name in spec.key)
        found.append((Fault.CONTRADICTED, f'EXISTS (SELECT 1 FROM twice_{kind} t WHERE {same})'))
    if spec.owner:
        table, code, column = spec.owner
        nobodys = f'NOT EXISTS (SELECT 1 FROM {table} o WHERE o.{code} = s.{column}{scope.seen("o")})'
        if table in scope.provided:
            nobodys += f' AND NOT EXISTS (SELECT 1 FROM staged_{table} o WHERE o.{code} = s.{column})'
        found.append((Fault.NOBODYS, nobodys))
    if kind == 'invoice' and await scope.store.rows('SELECT 1 FROM invoice LIMIT 1'):
        another = 'SELECT 1 FROM invoice l JOIN customer c ON c.id = l.customer_id WHERE l.number = s.number'
        another += scope.seen('l')
        found.append((Fault.MOVED, f'EXISTS ({another} AND c.payer_code <> s.payer_code)'))
    return found


async def _repeated(scope: Scope, kind: str) -> bool:
    """Drops rows that say the same once more; whether there are keys with different data, then in `twice_…`."""
    store, key = scope.store, ', '.join(KINDS[kind].key)
    columns = ', '.join({**dict.fromkeys(KINDS[kind].key), **dict.fromkeys(scope.provided[kind])})
    note = f'CREATE TEMP TABLE twice_{kind} AS SELECT {key} FROM staged_{kind} GROUP BY {key} HAVING count(*) > 1'
    await store.run(note)
    if not await store.rows(f'SELECT 1 FROM twice_{kind} LIMIT 1'):
        return False
    again = f'({key}) IN (SELECT {key} FROM twice_{kind})'
    first = f'SELECT min(row) FROM staged_{kind} WHERE {again} GROUP BY {columns}'
    await store.run(f'DELETE FROM staged_{kind} WHERE {again} AND row NOT IN ({first})')
    await store.run(f'DROP TABLE twice_{kind}')
    await store.run(note)
    return bool(await store.rows(f'SELECT 1 FROM twice_{kind} LIMIT 1'))


async def _dropped(scope: Scope, kind: str, fault: Fault, condition: str) -> Faults | None:
    spec, store = KINDS[kind], scope.store
    told = spec.owner[2] if spec.owner and fault == Fault.NOBODYS else spec.key[0]
    where = f'FROM staged_{kind} AS s WHERE {condition}'
    rows = await store.rows(f'SELECT row, {told} {where} ORDER BY row LIMIT {SHOWN}')
    if not rows:
        return None
    [(count,)] = await store.rows(f'SELECT count(*) {where}')
    if spec.may_be_gone:
        await store.run(f"INSERT INTO staged_seen SELECT NULL, '{kind}', {spec.key[0]} {where}")
    await store.run(f'INSERT INTO bad_rows SELECT row {where}')
    await store.run(f'DELETE {where}')
    return Faults(kind, fault, [(*place_of(row), str(key)) for row, key in rows], count)
