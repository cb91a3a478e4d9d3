from collections.abc import Callable
from typing import Any

import pytest

from domain.settings import Settings
from domain.staff import second_factor
from domain.staff.sign_in import NotLetIn
from storage.models import AuditEvent, RecoveryCode, StaffSession
from tests.staff import a_member, code, let_in
from tests.world import all_at_once

pytestmark = pytest.mark.usefixtures('db')


async def events() -> list[tuple[Any, ...]]:
    return await AuditEvent.all().order_by('id').values_list('actor', 'what', 'about', 'detail')


@pytest.mark.parametrize('later', [-1, 1])
async def test_a_clock_may_be_a_step_aside(later: int, time_passes: Callable[..., None]) -> None:
    assert await let_in(code(await a_member(), later=later))


@pytest.mark.parametrize('later', [-3, -2, 2, 3])
async def test_an_older_or_a_future_code_does_not_let_in(later: int, time_passes: Callable[..., None]) -> None:
    staff = await a_member()

    with pytest.raises(NotLetIn):
        await let_in(code(staff, later=later))


async def test_no_code_acts_twice(time_passes: Callable[..., None]) -> None:
    staff = await a_member()
    await let_in(code(staff))

    with pytest.raises(NotLetIn):
        await let_in(code(staff))
    time_passes(seconds=30)
    assert await let_in(code(staff))


async def test_an_earlier_code_is_dead_after_a_later_one(time_passes: Callable[..., None]) -> None:
    staff = await a_member()
    await let_in(code(staff, later=1))

    with pytest.raises(NotLetIn):
        await let_in(code(staff))


async def test_no_code_acts_twice_in_parallel(
    change_settings: Callable[..., Settings], time_passes: Callable[..., None]
) -> None:
    change_settings(sign_in_failures=100)
    typed = code(await a_member())

    outcomes = await all_at_once(*(let_in(typed) for _ in range(20)))

    assert sum(isinstance(outcome, StaffSession) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NotLetIn) for outcome in outcomes) == 19
    assert await StaffSession.all().count() == 1


async def test_a_recovery_code_stands_for_the_phone_once() -> None:
    staff = await a_member()
    codes = await second_factor.new_recovery_codes(staff)

    await let_in(codes[3].replace('-', ' ').upper())

    with pytest.raises(NotLetIn):
        await let_in(codes[3])
    assert await let_in(codes[4].replace('-', ''))
    used = (f'staff:{staff.id}', 'recovery code used', f'staff:{staff.id}', {'left': 9})
    assert used in await events()


async def test_a_recovery_code_acts_once_in_parallel(change_settings: Callable[..., Settings]) -> None:
    change_settings(sign_in_failures=100)
    [first, *_rest] = await second_factor.new_recovery_codes(await a_member())

    outcomes = await all_at_once(*(let_in(first) for _ in range(10)))

    assert sum(isinstance(outcome, StaffSession) for outcome in outcomes) == 1


async def test_nobody_is_let_in_by_the_recovery_code_of_another() -> None:
    await a_member()
    codes = await second_factor.new_recovery_codes(await a_member('peter@primer.si'))

    with pytest.raises(NotLetIn):
        await let_in(codes[0])


async def test_ten_readable_recovery_codes_are_kept_as_hashes_only() -> None:
    codes = await second_factor.new_recovery_codes(await a_member())

    rows = str(await RecoveryCode.all().values())
    assert len(set(codes)) == await RecoveryCode.all().count() == 10
    for told in codes:
        assert second_factor.is_code(second_factor.tidy(told)) is None
        assert told not in rows
        assert told.replace('-', '') not in rows
    assert not set('0o1il') & set(''.join(codes))


async def test_new_recovery_codes_replace_the_old_ones() -> None:
    staff = await a_member()
    [old, *_rest] = await second_factor.new_recovery_codes(staff)
    await second_factor.new_recovery_codes(staff)

    with pytest.raises(NotLetIn):
        await let_in(old)


async def test_the_second_factor_hangs_on_the_data_key(change_settings: Callable[..., Settings]) -> None:
    staff = await a_member()
    assert staff.second_factor
    before = second_factor.secret(staff.second_factor)

    change_settings(data_key='e' * 40)

    assert second_factor.secret(staff.second_factor) != before
    assert len(before) == 32
