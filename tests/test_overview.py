"""The numbers of the overview are true, and quick."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.connection import get_connection

from domain import clock
from domain.counts import count
from domain.proof import ProofFailed
from domain.setting_types import FurtherProof
from domain.staff.overview import BINS, DAYS, Overview, overview, waiting
from domain.staff.permission import NotAllowed, Stranger
from domain.visitor import Visitor
from storage.models import AttemptLog, Role
from tests.world import HOME, a_request, an_account, an_invoice, an_officer, confirmed, registered

pytestmark = pytest.mark.usefixtures('db')


async def seen() -> Overview:
    return await overview(await an_officer(name=f'Ana {time.monotonic_ns()}'))


async def failed(by: Visitor = HOME, **values: str) -> None:
    with pytest.raises(ProofFailed):
        await registered(by, **{'control_number': '202000875', **values})


async def test_each_day_has_its_registrations_confirmations_requests_and_refusals(time_passes) -> None:
    await an_invoice()
    await failed()
    time_passes(days=2)
    await confirmed()
    await a_request()

    found = await seen()

    assert len(found.days) == DAYS
    assert {what: list(numbers[-3:]) for what, numbers in found.per_day.items()} == {
        'registered': [0, 0, 1], 'confirmed': [0, 0, 1], 'requested': [0, 0, 1], 'refused': [1, 0, 0]
    }  # fmt: skip


async def test_a_day_begins_at_midnight_in_ljubljana(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for hour, minute in ((22, 59), (23, 0)):
        await an_account(f'a{minute}@primer.si', created_at=datetime(2026, 11, 21, hour, minute, tzinfo=UTC))
    monkeypatch.setattr(clock, 'now', lambda: now)

    assert (await seen()).per_day['registered'][-2:] == [1, 1]


async def test_what_is_older_than_thirty_days_is_not_counted(time_passes) -> None:
    await an_account()
    await count('registration opened')
    time_passes(days=DAYS)

    found = await seen()

    assert sum(found.per_day['registered']) == 0
    assert found.opened == 0


async def test_it_says_how_long_people_take_to_confirm(time_passes) -> None:
    now = clock.now()
    for n, minutes in enumerate([0, 4, 5, 6, 7, 8, 9, 10, 300, 3000]):
        created = now - timedelta(minutes=minutes, seconds=30)
        await an_account(f'a{n}@primer.si', created_at=created, activated_at=now)
    await an_account('never@primer.si')

    found = (await seen()).waiting

    assert (found.confirmed, found.median, found.slow) == (10, 7, 300)
    assert dict(zip(BINS, found.bars, strict=True)) == {0: 1, 1: 0, 2: 1, 5: 5, 10: 1, 30: 0, 60: 1, 360: 0, 1440: 1}


def test_nobody_has_taken_any_time_where_nobody_confirmed() -> None:
    assert (waiting({}).median, waiting({}).slow, sum(waiting({}).bars)) == (None, None, 0)


async def test_it_says_where_people_give_up() -> None:
    for what in ('registration opened', 'wrong:email', 'wrong:email', 'left at:control_number', 'bait taken'):
        await count(what)

    found = await seen()

    assert [(one.field, one.wrong, one.left) for one in found.giving_up if one.wrong or one.left] == [
        ('email', 2, 0), ('control_number', 0, 1)
    ]  # fmt: skip
    assert (found.opened, found.bait_taken) == (1, 1)


async def test_refusals_are_told_by_their_true_reason_and_wrong_pictures_apart() -> None:
    await an_invoice()
    await failed()
    await failed(payer_code='654321')
    await AttemptLog.create(at=clock.now(), what='registration', address='', outcome='picture wrong')

    found = await seen()

    assert (found.refusals, found.pictures_wrong) == ({'no such pair': 2}, 1)
    assert found.per_day['refused'][-1] == 2


async def test_the_proof_budget_of_the_day_is_that_of_the_registration(time_passes, change_settings) -> None:
    change_settings(proofs_per_day=3, fallback_proof='none')
    await an_invoice()
    await failed()
    await failed(payer_code='654321')

    proofs = (await seen()).proofs

    assert (proofs.used, proofs.limit, proofs.instead) == (2, 3, FurtherProof.NONE)
    assert proofs.anew_at == clock.now() + timedelta(days=1)
    time_passes(days=1)
    assert (await seen()).proofs.used == 0


async def test_nothing_in_it_is_about_a_person() -> None:
    await an_invoice()
    await confirmed()
    await failed()

    said = repr(await seen())

    assert not any(secret in said for secret in ('ana@primer.si', '123456', '202000876', '192.0.2', 'Novak'))


async def test_only_staff_see_it() -> None:
    with pytest.raises(NotAllowed):
        await overview(Stranger('192.0.2.7'))
    assert await overview(await an_officer(Role.ADMINISTRATOR))


async def test_a_hundred_thousand_accounts_are_added_up_in_a_second() -> None:
    numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)'
    columns = 'email, password_hash, language, terms_version, terms_accepted_at, created_at, activated_at'
    now = clock.now()
    for day in range(20):
        at, later = [(now - timedelta(days=day, minutes=m)).isoformat(sep=' ') for m in (90, day)]
        await get_connection('default').execute_script(
            f"INSERT INTO account ({columns}) {numbers} SELECT 'x', '', 'sl', '1', '{at}', '{at}', '{later}' FROM n"
        )
    officer, began = await an_officer(), time.perf_counter()

    found = await overview(officer)

    assert time.perf_counter() - began < 1
    assert sum(found.per_day['registered']) == found.waiting.confirmed == 100_000
