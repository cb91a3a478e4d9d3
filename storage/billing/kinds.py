"""The kinds of staged rows, and how each meets its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.billing.staging import STAGED
from storage.billing.store import Store


@dataclass(frozen=True)
class Kind:
    """`key` names a row; `owner` is the table it belongs to, that table's code, and the staged column that tells it."""

    table: str
    key: Sequence[str]
    owner: tuple[str, str, str] | None = None
    may_be_gone: bool = False
    may_move: bool = False  # to another owner

    @property
    def owner_id(self) -> str | None:
        return f'{self.owner[0]}_id' if self.owner else None


# In this order they are judged and brought: owners first.
KINDS: dict[str, Kind] = {
    'customer': Kind('customer', ['payer_code'], may_be_gone=True),
    'metering_point': Kind(
        'metering_point', ['code'], ('customer', 'payer_code', 'payer_code'), may_be_gone=True, may_move=True
    ),
    'invoice': Kind('invoice', ['number'], ('customer', 'payer_code', 'payer_code')),
    'reading': Kind(
        'meter_reading', ['metering_point', 'meter_serial', 'read_on'], ('metering_point', 'code', 'metering_point')
    ),
}


@dataclass(frozen=True)
class Scope:
    """One import: what its files say something about, and whose absence means something."""

    store: Store
    provided: Mapping[str, Sequence[str]]  # kind → staged columns; those not mapped keep what they have
    whole_lists: Sequence[str]  # kinds whose absent rows are gone
    yielding: Mapping[str, Sequence[int]]  # kind → sources that tell of it by the way, beside a whole list
    unfinished: Sequence[int]  # runs that are being applied, or were killed there
    ascending: Sequence[str] = ()  # kinds whose keys rise from row to row: none stands there twice

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in KINDS if kind in self.provided]

    def seen(self, alias: str) -> str:
        """AND: rows of an unfinished import are as good as absent, and the next one that is applied removes them."""
        runs = ', '.join(map(str, self.unfinished))
        return f' AND ({alias}.came_with IS NULL OR {alias}.came_with NOT IN ({runs}))' if runs else ''

    def updated(self, kind: str) -> list[str]:
        """Columns that a change may touch."""
        return [n for n in own_columns(kind) if n in self.provided[kind] and n not in KINDS[kind].key]


def own_columns(kind: str) -> list[str]:
    """Staged columns that the table has under the same name."""
    owner = KINDS[kind].owner
    return [name for name in STAGED[kind] if owner is None or name != owner[2]]


def met(kind: str) -> str:
    """FROM: staged rows `s` that the table has already, as `l`, with their owner `o`."""
    spec = KINDS[kind]
    if kind == 'reading':
        same = 'l.metering_point_id = o.id AND l.meter_serial = s.meter_serial AND l.read_on = s.read_on'
        return (
            'staged_reading s CROSS JOIN metering_point o CROSS JOIN meter_reading l '
            f'WHERE o.code = s.metering_point AND {same}'
        )
    live = f'staged_{kind} s JOIN {spec.table} l ON l.{spec.key[0]} = s.{spec.key[0]}'
    if spec.may_move and spec.owner:
        table, code, column = spec.owner
        live += f' LEFT JOIN {table} o ON o.{code} = s.{column}'
    return f'{live} WHERE 1 = 1'


async def unfinished(store: Store) -> list[int]:
    return [run for (run,) in await store.rows("SELECT id FROM import_run WHERE state = 'applying'")]
