"""What an import would change: counted, and the first ten changes told."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.billing.kinds import KINDS, Scope, met

SHOWN = 10
NEVER_SHOWN = ('search_key', 'tax_number_hmac')


@dataclass(frozen=True)
class Counts:
    """Of one kind; `live` is what was there before, without what is gone."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    back: int = 0
    live: int = 0

    @property
    def differ(self) -> bool:
        return bool(self.new or self.changed or self.gone or self.back)


@dataclass(frozen=True)
class Change:
    kind: str
    key: str
    column: str
    before: str | None
    after: str | None


async def counted(scope: Scope, kind: str) -> Counts:
    """Leaves the rows that change in `changed_…`."""
    store, spec = scope.store, KINDS[kind]
    [(staged,)] = await store.rows(f'SELECT count(*) FROM staged_{kind}')
    [(live,)] = await store.rows(f'SELECT count(*) FROM {spec.table} l WHERE {_present(kind)}')
    there = bool(await store.rows(f'SELECT 1 FROM {spec.table} LIMIT 1'))
    from_met = f'FROM {met(kind)}{scope.seen("l")}'
    differs = ' OR '.join(_differences(scope, kind)) or '1 = 0'
    matched = changed = back = gone = 0
    if there:
        returning = 'count(l.gone_at)' if spec.may_be_gone else '0'
        counts = f'count(*), count(CASE WHEN {differs} THEN 1 END), {returning}'
        [(matched, changed, back)] = await store.rows(f'SELECT {counts} {from_met}')
    changing = f'SELECT l.id AS live_id, s.row AS row {from_met} AND ({differs if changed else "1 = 0"})'
    await store.run(f'CREATE TEMP TABLE changed_{kind} AS {changing}')
    if kind in scope.whole_lists:
        [(gone,)] = await store.rows(f'SELECT count(*) FROM {spec.table} l WHERE {absent(kind)}')
    return Counts(staged - matched, changed, matched - changed, gone, back, live)


async def first_changes(scope: Scope, kind: str) -> list[Change]:
    """Of ten rows; without what nobody may read, tax numbers by their last three digits."""
    spec = KINDS[kind]
    pairs = [(name, f'l.{name}', f's.{name}') for name in scope.updated(kind) if name not in NEVER_SHOWN]
    if spec.may_move and spec.owner:
        table, code, column = spec.owner
        pairs.append((column, f'(SELECT o.{code} FROM {table} o WHERE o.id = l.{spec.owner_id})', f's.{column}'))
    told = ''.join(f', CAST({before} AS text), CAST({after} AS text)' for _name, before, after in pairs)
    key = " || ' ' || ".join(f'CAST(s.{name} AS text)' for name in spec.key)
    rows = await scope.store.rows(
        f'SELECT {key}{told} FROM changed_{kind} c JOIN staged_{kind} s ON s.row = c.row '
        f'JOIN {spec.table} l ON l.id = c.live_id ORDER BY c.row LIMIT {SHOWN}'
    )
    return [change for row in rows for change in _changes(kind, [name for name, _, _ in pairs], row)]


async def newest_billing_run(scope: Scope, *, fewest: int, most: int) -> list[str]:
    """Invoice numbers of the newest day that has enough of them, in the order of payer codes."""
    day = f'SELECT issued_on FROM staged_invoice GROUP BY issued_on HAVING count(*) >= {fewest} ORDER BY 1 DESC LIMIT 1'
    rows = await scope.store.rows(
        f'SELECT number FROM staged_invoice WHERE issued_on = ({day}) ORDER BY payer_code, number LIMIT {most}'
    )
    return [row[0] for row in rows]


def absent(kind: str) -> str:
    """Condition on live rows `l` that a whole list does not name, not even in a row that is bad."""
    key = KINDS[kind].key[0]
    return (
        f'l.gone_at IS NULL AND NOT EXISTS (SELECT 1 FROM staged_{kind} s WHERE s.{key} = l.{key}) '
        f"AND NOT EXISTS (SELECT 1 FROM staged_seen s WHERE s.kind = '{kind}' AND (s.code = l.{key} OR s.code IS NULL))"
    )


def _present(kind: str) -> str:
    return 'l.gone_at IS NULL' if KINDS[kind].may_be_gone else '1 = 1'


def _differences(scope: Scope, kind: str) -> list[str]:
    spec, differs = KINDS[kind], scope.store.differs
    found = [f'l.{name} {differs} s.{name}' for name in scope.updated(kind)]
    return [*found, f'l.{spec.owner_id} {differs} o.id'] if spec.may_move else found


def _changes(kind: str, columns: Sequence[str], row: Sequence[str | None]) -> list[Change]:
    pairs = zip(columns, row[1::2], row[2::2], strict=True)
    return [Change(kind, str(row[0]), name, before, after) for name, before, after in pairs if before != after]
