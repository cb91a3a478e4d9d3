"""Alarms told to administrators by letter, for nobody looks at a page all night (trust.md, rules 11 and F9)."""

import asyncio

import structlog
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from domain import outbox
from domain.form import TooManyAttempts
from domain.staff.alarms import DISK, GUESSING, IMPORT, MAIL, alarms
from domain.staff.members import administrators
from domain.throttle import HOUR, Budget, spend

LOOK_EVERY_SECONDS = 60
BY_LETTER = (GUESSING, MAIL, IMPORT, DISK)
LANGUAGE = 'sl'  # of the office

_log = structlog.get_logger('alarms')
_told: set[str] = set()  # kinds that go on since they were told; a restart reminds


async def run() -> None:
    """For as long as the process lives."""
    while True:
        try:
            await tell()
        except (BaseORMException, OSError):
            _log.exception('alarms cannot be looked at')
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def tell() -> None:
    """What is new since the last time; one of each kind an hour at most, over all processes."""
    kinds = {alarm.kind for alarm in await alarms()} & {*BY_LETTER}
    _told.intersection_update(kinds)
    for kind in sorted(kinds - _told):
        try:
            await _write(kind)
        except TooManyAttempts:
            continue
        _told.add(kind)
        _log.error('alarm', kind=kind)
    outbox.wake()


async def _write(kind: str) -> None:
    """Raises `TooManyAttempts`."""
    async with in_transaction():
        await spend([Budget('alarm letters', kind, 1, HOUR)])
        for staff in await administrators().order_by('id'):
            await outbox.queue(f'alarm_{kind}', staff.email, LANGUAGE)
