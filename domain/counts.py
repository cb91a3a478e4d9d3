"""How often something happened on a day: numbers for the overview, nothing about persons (trust.md, rule 63).

Called after the work it counts, outside of any transaction; a number that cannot be kept never troubles anybody.
"""

import asyncio

import structlog
from tortoise.exceptions import BaseORMException
from tortoise.expressions import F

from domain import clock
from storage.models import DailyCount

OPENED, BAIT = 'registration opened', 'bait taken'
WRONG, LEFT_AT = 'wrong:', 'left at:'  # … a field of the registration
LONGEST = 60  # characters

_log = structlog.get_logger('counts')
_under_way: set[asyncio.Task[None]] = set()


async def count(what: str) -> None:
    """One more today, in Ljubljana. Raises nothing."""
    day, what = clock.now().astimezone(clock.LJUBLJANA).date(), what[:LONGEST]
    try:
        await DailyCount.bulk_create([DailyCount(day=day, what=what, count=0)], ignore_conflicts=True)
        await DailyCount.filter(day=day, what=what).update(count=F('count') + 1)
    except (BaseORMException, OSError):
        _log.warning('could not be counted', what=what)


def count_soon(*whats: str) -> None:
    """Without keeping anybody waiting."""
    for what in whats:
        task = asyncio.create_task(count(what))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)
