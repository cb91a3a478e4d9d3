from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from domain import audit
from storage.models import AuditEvent, AuditHead
from tests.world import all_at_once

pytestmark = pytest.mark.usefixtures('db')

REFUSALS = (BaseORMException, asyncpg.PostgresError)
DROPPED = {
    'sqlite': ('DROP TRIGGER audit_event_keeps_UPDATE', 'DROP TRIGGER audit_event_keeps_DELETE'),
    'postgres': ('SET session_replication_role = replica',),
}
KEPT_AGAIN = 'SET session_replication_role = DEFAULT'


async def a_trail(events: int = 5) -> None:
    for number in range(events):
        await audit.record('staff:1', 'request answered', f'request:{number}', address='192.0.2.7', rows=number)


async def tampered(statement: str) -> None:
    """As somebody with all rights in the database would, on this one connection."""
    async with in_transaction() as connection:
        dialect = connection.capabilities.dialect
        for drop in DROPPED[dialect]:
            await connection.execute_query(drop)
        await connection.execute_query(statement)
        if dialect == 'postgres':
            await connection.execute_query(KEPT_AGAIN)


async def test_an_empty_trail_is_whole() -> None:
    assert await audit.first_broken() is None
    assert await audit.end() == (0, '')


async def test_a_trail_is_whole_and_numbered_without_gaps() -> None:
    await a_trail()

    assert await audit.first_broken() is None
    assert await AuditEvent.all().order_by('id').values_list('id', flat=True) == [1, 2, 3, 4, 5]


async def test_a_trail_longer_than_is_read_at_once_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, 'AT_ONCE', 3)
    await a_trail(7)

    assert await audit.first_broken() is None


@pytest.mark.parametrize(('statement', 'broken'), [
    ("UPDATE audit_event SET actor = 'staff:2' WHERE id = 3", 3),
    ("UPDATE audit_event SET what = 'x' WHERE id = 1", 1),
    ("UPDATE audit_event SET about = NULL WHERE id = 2", 2),
    ("UPDATE audit_event SET detail = '{}' WHERE id = 4", 4),
    ("UPDATE audit_event SET address = '' WHERE id = 5", 5),
    ("UPDATE audit_event SET at = '2020-01-01 00:00:00+00:00' WHERE id = 2", 2),
    ("UPDATE audit_event SET hash = 'ab' WHERE id = 3", 3),
    ('DELETE FROM audit_event WHERE id = 1', 1),
    ('DELETE FROM audit_event WHERE id = 3', 3),
    ('DELETE FROM audit_event WHERE id = 5', 5),
    ('DELETE FROM audit_event', 1),
    ('UPDATE audit_event SET id = 9 WHERE id = 5', 5),
    ("INSERT INTO audit_event (id, at, actor, what, detail, address, hash) "
     "VALUES (6, '2026-01-01 00:00:00+00:00', 'staff:1', 'x', '{}', '', 'ab')", 6),
    ('DELETE FROM audit_head', 6),
    ('UPDATE audit_head SET events = 4', 6),
], ids=str)  # fmt: skip
async def test_rule_64_what_was_changed_taken_out_or_put_in_is_found(statement: str, broken: int) -> None:
    await a_trail()

    await tampered(statement)

    assert await audit.first_broken() == broken


async def test_a_copied_event_in_place_of_another_is_found() -> None:
    await a_trail()

    await tampered('UPDATE audit_event SET hash = (SELECT hash FROM audit_event WHERE id = 2) WHERE id = 3')

    assert await audit.first_broken() == 3


async def test_whoever_lacks_the_key_makes_no_trail_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    await a_trail(2)
    monkeypatch.setattr(audit, 'derived', lambda purpose, value: b'\0' * 32)

    await audit.record('staff:1', 'forged')
    monkeypatch.undo()

    assert await audit.first_broken() == 3


@pytest.mark.parametrize('statement', [
    "UPDATE audit_event SET actor = 'staff:2'", "UPDATE audit_event SET actor = 'staff:2' WHERE id = 2",
    'DELETE FROM audit_event', 'DELETE FROM audit_event WHERE id = 5',
])  # fmt: skip
async def test_rule_64_triggers_refuse_to_change_or_delete(statement: str) -> None:
    await a_trail()
    before = await AuditEvent.all().order_by('id').values()

    with pytest.raises(REFUSALS, match='append-only'):
        await get_connection('default').execute_query(statement)

    assert await AuditEvent.all().order_by('id').values() == before


async def test_rule_64_the_orm_changes_nothing_either() -> None:
    await a_trail()

    with pytest.raises(REFUSALS, match='append-only'):
        await AuditEvent.all().update(what='x')
    with pytest.raises(REFUSALS, match='append-only'):
        await AuditEvent.all().delete()


async def test_fifty_parallel_events_make_a_whole_chain() -> None:
    outcomes = await all_at_once(*(audit.record('staff:1', 'signed in', number=number) for number in range(50)))

    assert outcomes == [None] * 50
    assert await audit.first_broken() is None
    assert await AuditEvent.all().count() == 50


async def test_a_trail_that_goes_on_while_it_is_verified_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, 'AT_ONCE', 5)
    await a_trail(20)

    whole, *_rest = await all_at_once(audit.first_broken(), *(audit.record('staff:1', 'x') for _ in range(20)))

    assert whole is None
    assert await audit.first_broken() is None


async def test_a_deed_that_is_rolled_back_leaves_neither_event_nor_gap() -> None:
    await a_trail(2)

    with pytest.raises(RuntimeError):
        await _fails()
    await a_trail(1)

    assert await audit.first_broken() is None
    assert await AuditEvent.all().order_by('id').values_list('id', flat=True) == [1, 2, 3]
    assert (await AuditHead.get()).events == 3


@pytest.mark.parametrize(
    'detail', [{}, {'reason': 'č š ž 🦔'}, {'n': 10**15}, {'deep': {'b': [1, None, True, 'x'], 'a': 1.5}}], ids=str
)
async def test_whatever_an_event_tells_it_comes_back_the_same(detail: dict[str, Any]) -> None:
    await audit.record('staff:1', 'x', **detail)

    assert (await AuditEvent.get()).detail == detail
    assert await audit.first_broken() is None


async def _fails() -> None:
    async with in_transaction():
        await audit.record('staff:1', 'x')
        raise RuntimeError
