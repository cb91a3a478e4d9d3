import ast
import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain import audit, clock
from domain.form import Rejected
from domain.staff import audit_trail, audit_words
from domain.staff.audit_trail import Event, Filter
from domain.staff.listing import Listing, Look
from domain.staff.permission import NotAllowed, Officer
from storage.models import Access, AccessState, AuditEvent, Role
from tests.world import a_customer, a_request, an_account, an_officer

pytestmark = pytest.mark.usefixtures('db')

DOMAIN = Path(__file__).parent.parent / 'domain'
NEWEST = Look(sort='at', descending=True)


@pytest.fixture
async def chief(db: None) -> Officer:
    return await an_officer(Role.ADMINISTRATOR, 'Vida Šef')


async def found(by: Officer, look: Look = NEWEST, **values: Any) -> list[Event]:
    listing: Listing[Event] = await audit_trail.events(by, Filter(**values), look)
    return listing.rows


async def test_the_newest_comes_first_with_names_for_opaque_ids(chief: Officer) -> None:
    customer, request = await a_customer(), await a_request()
    await chief.did('staff added', chief.actor, role='clerk')
    await chief.did('x', f'customer:{customer.id}')
    await audit.record(audit.SYSTEM, 'y', f'request:{request.id}')
    await audit.record(audit.NOBODY, 'signed in', 'staff:999')

    rows = await found(chief)

    assert [event.number for event in rows] == [4, 3, 2, 1]
    assert '999' in rows[0].about
    assert rows[1].about == f'Janez Novak ({request.reference})'
    assert [rows[2].about, rows[3].about] == ['Janez Novak (123456)', 'Vida Šef']
    assert rows[2].who == rows[3].who == 'Vida Šef'
    assert [rows[2].what, rows[1].what] == ['x', 'y']
    assert rows[3].what == audit_words.DEEDS['staff added'].said_in('sl')


async def test_pages_and_sorts_are_the_servers(chief: Officer) -> None:
    for number in range(30):
        await chief.did('x', f'request:{number}')

    listing = await audit_trail.events(chief, Filter(), Look(page=2, sort='at', descending=True))

    assert (listing.total, listing.pages) == (30, 2)
    assert [event.number for event in listing.rows] == [5, 4, 3, 2, 1]
    for sort in (*audit_trail.SORTS, 'hash', 'id; --'):
        assert len((await audit_trail.events(chief, Filter(), Look(sort=sort))).rows) == 25


async def test_it_is_filtered_by_who_and_what(chief: Officer) -> None:
    other = await an_officer(Role.CLERK, 'Peter Novak')
    await chief.did('signed in')
    await other.did('signed in')
    await audit.record('account:7', 'refused')
    await audit.record(audit.COMMAND_LINE, 'staff added')

    assert [event.number for event in await found(chief, who=other.actor)] == [2]
    assert [event.number for event in await found(chief, who='customers')] == [3]
    assert [event.number for event in await found(chief, who='command line')] == [4]
    assert [event.number for event in await found(chief, what='signed in')] == [2, 1]
    assert await found(chief, what='signed in', who='system') == []


async def test_it_is_filtered_by_days_in_ljubljana(chief: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
               datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)):  # fmt: skip
        with monkeypatch.context() as then:
            then.setattr(clock, 'now', lambda at=at: at)
            await audit.record(audit.SYSTEM, 'x')

    assert [e.number for e in await found(chief, first_day='2026-03-29', last_day='2026-03-29')] == [3, 2]
    assert [e.number for e in await found(chief, first_day='2026-03-30')] == [4]
    assert [e.number for e in await found(chief, last_day='2026-03-28')] == [1]


async def test_it_is_filtered_by_whom_it_is_about(chief: Officer) -> None:
    customer, account, request = await a_customer(), await an_account('ana@primer.si'), await a_request()
    await Access.create(account=account, customer=customer, state=AccessState.ACTIVE, since=clock.now())
    for subject in ('customer:0', f'customer:{customer.id}', f'account:{account.id}', f'request:{request.id}'):
        await audit.record(audit.SYSTEM, 'x', subject)
    await audit.record(audit.SYSTEM, 'x', chief.actor)
    await audit.record(chief.actor, 'signed in')

    assert [event.number for event in await found(chief, about=' 123 456 ')] == [3, 2]
    assert [event.number for event in await found(chief, about=request.reference)] == [4]
    assert [event.number for event in await found(chief, about='ANA@primer.si')] == [3]
    assert [event.number for event in await found(chief, about='vida.sef@primer.si')] == [6, 5]


@pytest.mark.parametrize('values', [
    {'about': '999999'}, {'about': 'Novak'}, {'about': '%'}, {'about': "' OR 1=1--"}, {'first_day': 'danes'},
    {'first_day': '0001-01-01'}, {'last_day': '9999-12-31'}, {'first_day': '2026-02-30'}, {'about': 'x' * 300},
    {'first_day': 7}, {'who': ['a']}, {'what': None}, {'about': {'a': 1}}, {'who': 'x' * 61},
], ids=str)  # fmt: skip
async def test_a_filter_that_makes_no_sense_says_so_beside_its_field(values: dict[str, Any], chief: Officer) -> None:
    with pytest.raises(Rejected) as rejection:
        await found(chief, **values)

    assert list(rejection.value.problems) == list(values)


async def test_the_last_day_is_not_before_the_first(chief: Officer) -> None:
    with pytest.raises(Rejected) as rejection:
        await found(chief, first_day='2026-03-02', last_day='2026-03-01')

    assert list(rejection.value.problems) == ['last_day']


async def test_what_is_filtered_is_exported_and_that_is_on_record(chief: Officer) -> None:
    await chief.did('signed in')
    await chief.did('signed out')

    export = await audit_trail.exported(chief, Filter(what='signed in'))

    rows = list(csv.reader(io.StringIO(export.csv), delimiter=';'))
    assert [row[0] for row in rows[1:]] == ['1']
    assert rows[1][2] == 'Vida Šef'
    assert len(rows[0]) == len(rows[1]) == 7
    newest = await AuditEvent.all().order_by('-id').first()
    assert newest
    assert (newest.actor, newest.what, newest.detail) == (chief.actor, 'audit exported', {'rows': 1})


@pytest.mark.parametrize('name', ['=cmd|/c calc', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])
async def test_rule_62_a_name_is_no_formula(name: str, chief: Officer) -> None:
    customer = await a_customer(name=name)
    await chief.did(name.strip(), f'customer:{customer.id}', reason=name)

    export = await audit_trail.exported(chief, Filter())

    rows = list(csv.reader(io.StringIO(export.csv, newline=''), delimiter=';'))
    assert [cell for row in rows for cell in row if cell.startswith(('=', '+', '-', '@', '\t', '\r'))] == []


async def test_a_large_export_is_cut_and_says_so(chief: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, 'MOST_EXPORTED', 3)
    for _ in range(5):
        await chief.did('x')

    export = await audit_trail.exported(chief, Filter())

    assert (export.rows, export.total) == (3, 5)
    assert [row.split(';')[0] for row in export.csv.splitlines()[1:]] == ['5', '4', '3']


async def test_the_chain_is_verified_on_demand_and_that_is_on_record(
    chief: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chief.did('x')
    assert await audit_trail.verified(chief) is None

    monkeypatch.setattr(audit, '_hash', lambda before, event: '0' * 64)
    assert await audit_trail.verified(chief) == 1

    assert await AuditEvent.filter(what='audit verified').order_by('id').values_list('detail', flat=True) == [
        {}, {'broken': 1},
    ]  # fmt: skip


async def test_rule_55_only_administrators_read_the_trail(chief: Officer) -> None:
    clerk = await an_officer(Role.CLERK, 'Peter Novak')

    for service in (
        audit_trail.events(clerk, Filter(), NEWEST), audit_trail.exported(clerk, Filter()),
        audit_trail.verified(clerk), audit_trail.people(clerk), audit_trail.deeds(clerk),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await service

    refused = await AuditEvent.filter(what='refused', actor=clerk.actor).order_by('id')
    assert [event.detail['deed'] for event in refused] == ['events', 'exported', 'verified', 'people', 'deeds']


async def test_the_choices_name_people_and_deeds_in_words(chief: Officer, time_passes: Callable[..., None]) -> None:
    people, deeds = await audit_trail.people(chief), await audit_trail.deeds(chief)

    assert people[chief.actor] == 'Vida Šef'
    assert set(deeds) == set(audit_trail.ALL_DEEDS)
    assert list(deeds.values()) == sorted(deeds.values(), key=str.casefold)


def test_everything_that_is_put_on_record_has_words() -> None:
    put = {what for file in DOMAIN.rglob('*.py') for what in put_on_record(file)}

    assert len(put) > 10
    assert sorted(put - set(audit_trail.ALL_DEEDS)) == []


def put_on_record(file: Path) -> Iterator[str]:
    """What the calls of `did` and `audit.record` in a file name."""
    for call in ast.walk(ast.parse(file.read_text(encoding='utf-8'))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            place = {'did': 0, 'record': 1}.get(call.func.attr)
            if place is not None and len(call.args) > place:
                named = ast.walk(call.args[place])
                yield from (node.value for node in named if isinstance(node, ast.Constant) and type(node.value) is str)
