from collections.abc import Callable
from typing import Any

import pytest
from passlib.context import CryptContext

from domain import passwords
from domain.form import Rejected, TooManyAttempts
from domain.settings import Settings
from domain.staff import second_factor
from domain.staff.members import OnTheServer, disable, reset
from domain.staff.session import session_of
from domain.staff.sign_in import NotLetIn, sign_in, sign_out
from domain.visitor import Visitor
from storage.models import AttemptLog, AuditEvent, Staff, StaffSession
from tests.staff import EMAIL, PASSWORD, a_member, a_sign_in, code, let_in
from tests.world import HOME

pytestmark = pytest.mark.usefixtures('db')


async def events() -> list[tuple[Any, ...]]:
    return await AuditEvent.all().order_by('id').values_list('actor', 'what', 'about', 'detail')


async def test_password_and_code_of_the_moment_let_in() -> None:
    staff = await a_member()

    session = await let_in(code(staff), email=' Marija.KOS@primer.si ')

    assert session.staff.id == staff.id
    assert (await Staff.get()).last_sign_in_at
    assert await events() == [(f'staff:{staff.id}', 'signed in', None, {})]


@pytest.mark.parametrize(('values', 'reason'), [
    ({'password': 'zelena hiša na hribi'}, 'wrong password'),
    ({'email': 'nekdo@primer.si'}, 'unknown address'),
    ({'code': '000000'}, 'wrong code'),
    ({'code': 'aaaaa-bbbbb'}, 'wrong code'),
], ids=str)  # fmt: skip
async def test_whatever_is_wrong_has_one_refusal_and_its_true_reason_on_record(
    values: dict[str, str], reason: str, time_passes: Callable[..., None]
) -> None:
    staff = await a_member()

    with pytest.raises(NotLetIn):
        await let_in(**{'code': code(staff), **values})

    known = reason != 'unknown address'
    assert await events() == [('nobody', 'sign-in failed', f'staff:{staff.id}' if known else None, {'reason': reason})]
    logged = await AttemptLog.get()
    assert (logged.what, logged.about, logged.outcome) == ('staff sign-in', None, reason)
    assert 'nekdo' not in str(await AuditEvent.all().values())
    assert not await StaffSession.exists()


async def test_a_refused_try_uses_no_code_up(time_passes: Callable[..., None]) -> None:
    staff = await a_member()
    with pytest.raises(NotLetIn):
        await let_in(code(staff), password='zelena hiša na hribi')

    assert await let_in(code(staff))


@pytest.mark.parametrize('columns', [
    {'second_factor': None}, {'password_hash': None}, {'set_up_at': None}, {'second_factor': None, 'set_up_at': None},
], ids=str)  # fmt: skip
async def test_rule_15_no_session_without_both(columns: dict[str, None]) -> None:
    staff = await a_member()
    typed = code(staff)
    await Staff.filter(id=staff.id).update(**columns)

    with pytest.raises(NotLetIn):
        await let_in(typed)
    nobody = second_factor.code(second_factor.NOBODY, second_factor.step_now())
    with pytest.raises(NotLetIn):
        await let_in(nobody)


@pytest.mark.parametrize('values', [
    {'email': 'admin', 'password': 'admin', 'code': ''}, {'email': '', 'password': '', 'code': ''},
    {'email': EMAIL, 'password': '', 'code': '123456'}, {'email': EMAIL, 'password': 'x', 'code': ''},
    {'email': EMAIL, 'password': 'x' * 129, 'code': '123456'}, {'email': [EMAIL], 'password': 1, 'code': None},
    {'email': EMAIL, 'password': 'x', 'code': '١٢٣٤٥٦'}, {'email': EMAIL, 'password': 'x', 'code': True},
], ids=str)  # fmt: skip
async def test_rule_14_a_fresh_database_lets_nobody_in(values: dict[str, Any]) -> None:
    with pytest.raises((Rejected, NotLetIn)):
        await sign_in(a_sign_in(**values), by=HOME)

    assert not await Staff.exists()
    assert not await StaffSession.exists()


async def test_somebody_disabled_is_not_let_in() -> None:
    staff = await a_member()
    await disable(staff.id, OnTheServer())

    with pytest.raises(NotLetIn):
        await let_in(code(staff))
    assert (await AttemptLog.get()).outcome == 'disabled'


async def test_a_reset_during_the_sign_in_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = await a_member()
    looked_at = passwords.verified

    async def meanwhile(password: str, password_hash: str | None) -> tuple[bool, str | None]:
        await reset(staff.id, OnTheServer())
        return await looked_at(password, password_hash)

    monkeypatch.setattr(passwords, 'verified', meanwhile)

    with pytest.raises(NotLetIn):
        await let_in(code(staff))
    assert not await StaffSession.exists()


async def test_failures_pause_known_and_unknown_names_alike(time_passes: Callable[..., None]) -> None:
    staff = await a_member()

    for email in (EMAIL, 'nekdo@primer.si'):
        for _ in range(5):
            with pytest.raises(NotLetIn):
                await let_in('000000', email=email)
        with pytest.raises(TooManyAttempts):
            await let_in(code(staff), email=email)
    time_passes(seconds=31)
    assert await let_in(code(staff))


async def test_pauses_of_staff_and_customers_are_apart(time_passes: Callable[..., None]) -> None:
    from domain.throttle import take_sign_in

    staff = await a_member()
    for _ in range(5):
        await take_sign_in(EMAIL, HOME, knows_address=False)

    assert await let_in(code(staff))


async def test_a_weak_hash_is_made_anew(monkeypatch: pytest.MonkeyPatch, time_passes: Callable[..., None]) -> None:
    weak = CryptContext(schemes=['argon2'], argon2__memory_cost=8, argon2__time_cost=1, argon2__parallelism=1)
    today = CryptContext(schemes=['argon2'], argon2__memory_cost=64, argon2__time_cost=2, argon2__parallelism=1)
    staff = await a_member(password_hash=weak.hash(PASSWORD))
    monkeypatch.setattr(passwords, '_context', today)

    await let_in(code(staff))

    better = (await Staff.get()).password_hash
    assert better
    assert 'm=64,t=2' in better
    assert await let_in(code(staff, later=1))


async def test_signing_out_ends_the_session_and_is_on_record_once() -> None:
    staff = await a_member()
    token = await sign_in(a_sign_in(code(staff)), by=HOME)

    await sign_out(token, HOME)
    await sign_out(token, HOME)
    await sign_out(None, HOME)

    assert await session_of(token, HOME) is None
    assert [event[1] for event in await events()] == ['signed in', 'signed out']


async def test_a_session_is_of_its_listed_network_only(change_settings: Callable[..., Settings]) -> None:
    token = await sign_in(a_sign_in(code(await a_member())), by=HOME)
    change_settings(staff_networks='192.0.2.0/24')

    assert await session_of(token, HOME)
    assert await session_of(token, Visitor('198.51.100.1')) is None
