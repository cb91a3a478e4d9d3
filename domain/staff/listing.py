"""Long lists, a page at a time: sorted and cut by the database, asked for by a page that nobody trusts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tortoise.queryset import QuerySet

PER_PAGE = 25

Row = TypeVar('Row')


@dataclass(frozen=True)
class Look:
    """Which part of a list somebody looks at."""

    page: int = 1
    sort: str = ''
    descending: bool = False


@dataclass(frozen=True)
class Listing(Generic[Row]):
    rows: list[Row]
    total: int
    look: Look

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


async def listed(query: QuerySet[Any], look: Look, sorts: Mapping[str, str]) -> Listing[Any]:
    """`sorts` are the columns it may be sorted by, the first one unless told otherwise; a page too far is the last."""
    total = await query.count()
    sort = look.sort if look.sort in sorts else next(iter(sorts))
    last = max(1, -(-total // PER_PAGE))
    page = min(max(look.page, 1), last) if type(look.page) is int else 1
    descending = look.descending is True
    column = ('-' if descending else '') + sorts[sort]
    rows = await query.order_by(column, 'id').offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return Listing(rows, total, Look(page, sort, descending))
