"""The audit trail: who did what to whom, when, from where. Append-only, and each event's hash covers the one before.

The hash is keyed (DATA_KEY), so that who can write to the database alone cannot make a trail that fits. Names stand
nowhere: »staff:3«, »customer:17« are resolved by tables from which a person can be erased (trust.md, rule 64).
"""

import json
from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from domain import clock
from domain.keys import derived
from storage.models import AuditEvent, AuditHead

SYSTEM, COMMAND_LINE, NOBODY = 'system', 'command line', 'nobody'
AT_ONCE = 1_000  # events that are held in memory while the chain is verified


async def record(actor: str, what: str, about: str | None = None, *, address: str = '', **detail: Any) -> None:
    """As the last step of the caller's transaction, for it locks the end of the chain; or alone."""
    async with in_transaction():
        await AuditHead.bulk_create([AuditHead(id=1, events=0, hash='')], ignore_conflicts=True)
        head = await AuditHead.select_for_update().get(id=1)
        event = AuditEvent(
            id=head.events + 1, at=clock.now(), actor=actor[:60], what=what, about=about, detail=detail,
            address=address[:45],
        )  # fmt: skip
        event.hash = _hash(head.hash, event)
        await event.save(force_create=True)
        await AuditHead.filter(id=1).update(events=event.id, hash=event.hash)


async def first_broken() -> int | None:
    """The number of the first event that was changed, taken out or put in; None for a whole chain.

    The end is asked for before and after, for the trail goes on while it is verified.
    """
    promised = await end()
    before, last = '', 0
    found = promised == (last, before)
    while events := await AuditEvent.filter(id__gt=last).order_by('id').limit(AT_ONCE):
        for event in events:
            if event.id != last + 1 or event.hash != _hash(before, event):
                return last + 1
            before, last = event.hash, event.id
            found = found or promised == (last, before)
    return None if found and (await end())[0] >= last else last + 1


async def end() -> tuple[int, str]:
    """How many events there are, and the hash of the last one: noted elsewhere, it tells a trail that was cut short."""
    head = await AuditHead.get_or_none(id=1)
    return (head.events, head.hash) if head else (0, '')


def _hash(before: str, event: AuditEvent) -> str:
    what = [event.id, _moment(event.at), event.actor, event.what, event.about, event.detail, event.address]
    return derived('audit', before.encode() + json.dumps(what, sort_keys=True).encode()).hex()


def _moment(at: datetime) -> int:
    """Microseconds, as every database keeps them."""
    return round(at.timestamp() * 1_000_000)
