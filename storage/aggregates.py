"""Numbers that the databases add up themselves: how many rows of an hour, how many that took so many minutes.

Hours are those of UTC; Ljubljana is always whole hours apart, so its days are made of them.
"""

from datetime import UTC, datetime
from typing import Any

from tortoise.connection import get_connection

COLUMNS = {
    'registered': ('account', 'created_at', ''),
    'confirmed': ('account', 'activated_at', ''),
    'requested': ('access_request', 'created_at', ''),
    'refused': (
        'attempt_log',
        'at',
        "AND what = 'registration' AND outcome NOT IN ('proven', 'parked', 'picture wrong')",
    ),
}


async def by_hour(what: str, since: datetime) -> dict[datetime, int]:
    """`what` is one of COLUMNS."""
    table, column, only = COLUMNS[what]
    hour = _choice(f"strftime('%Y-%m-%dT%H', {column})", f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24')")
    rows = await _rows(
        f'SELECT {hour} AS hour, count(*) AS n FROM {table} WHERE {column} >= {_place()} {only} GROUP BY 1',  # noqa: S608  (of its own lists)
        since,
    )
    return {datetime.strptime(row[0], '%Y-%m-%dT%H').replace(tzinfo=UTC): row[1] for row in rows}


async def minutes_to_confirmation(since: datetime) -> dict[int, int]:
    """Of registrations confirmed since then: how many took so many whole minutes."""
    minutes = _choice(
        'CAST((julianday(activated_at) - julianday(created_at)) * 1440 + 0.0001 AS integer)',
        'CAST(floor(extract(epoch FROM activated_at - created_at) / 60) AS integer)',
    )
    rows = await _rows(
        f'SELECT {minutes} AS minutes, count(*) AS n FROM account WHERE activated_at >= {_place()} GROUP BY 1',  # noqa: S608
        since,
    )
    return {max(0, row[0]): row[1] for row in rows}


async def _rows(query: str, since: datetime) -> list[tuple[Any, ...]]:
    value = since.isoformat(sep=' ') if _is_sqlite() else since
    _count, rows = await get_connection('default').execute_query(query, [value])
    return [tuple(row) for row in rows]


def _choice(for_sqlite: str, for_postgres: str) -> str:
    return for_sqlite if _is_sqlite() else for_postgres


def _place() -> str:
    return '?' if _is_sqlite() else '$1'


def _is_sqlite() -> bool:
    return bool(get_connection('default').capabilities.dialect == 'sqlite')
