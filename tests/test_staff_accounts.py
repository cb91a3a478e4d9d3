from collections.abc import Callable
from typing import Any

import pytest

from domain import links
from domain.form import Rejected
from domain.links import LinkState
from domain.settings import Settings
from domain.staff import accounts, second_factor
from domain.staff.accounts import NewMember, Standing
from domain.staff.listing import Look
from domain.staff.not_possible import NotPossible
from domain.staff.permission import NotAllowed, Officer
from domain.staff.session import living
from domain.staff.set_up import look_up
from domain.staff.sign_in import NotLetIn
from storage.models import AuditEvent, Link, RecoveryCode, Role, Staff, StaffSession
from tests.staff import a_member, code, let_in
from tests.world import all_at_once, an_officer

pytestmark = pytest.mark.usefixtures('db')

ADMINISTRATOR, CLERK = Role.ADMINISTRATOR, Role.CLERK


@pytest.fixture
async def chief(db: None) -> Officer:
    return await an_officer(ADMINISTRATOR, 'Vida Šef')


def a_form(**values: Any) -> NewMember:
    return NewMember(**{'name': 'Jože Črnič', 'email': 'Joze@primer.si', 'role': 'clerk', **values})


def token_in(address: str) -> str:
    return address.rsplit('/', 1)[1]


async def last_event() -> tuple[Any, ...]:
    event = await AuditEvent.all().order_by('-id').first()
    assert event
    return event.actor, event.what, event.about, event.detail


async def test_an_administrator_adds_somebody_who_can_do_nothing_yet(chief: Officer) -> None:
    invitation = await accounts.add(chief, a_form(name='  Jože   Črnič '))

    added = await Staff.get(email='joze@primer.si')
    assert (added.name, added.role, added.password_hash, added.set_up_at) == ('Jože Črnič', CLERK, None, None)
    assert invitation.address.startswith('http://localhost:8080/uprava/nastavitev/')
    assert await last_event() == (chief.actor, 'staff added', f'staff:{added.id}', {'role': 'clerk'})


@pytest.mark.parametrize('values', [
    {'name': ''}, {'name': 'x' * 101}, {'email': 'admin'}, {'email': ''}, {'role': 'root'}, {'role': ''},
    {'role': ['clerk']}, {'role': True}, {'name': None}, {'email': 'a@b.si,c@d.si'},
], ids=str)  # fmt: skip
async def test_nobody_is_added_by_a_form_that_makes_no_sense(values: dict[str, Any], chief: Officer) -> None:
    with pytest.raises(Rejected) as rejection:
        await accounts.add(chief, a_form(**values))

    assert list(rejection.value.problems) == list(values)
    assert await Staff.all().count() == 1


async def test_one_address_is_one_person(chief: Officer) -> None:
    await accounts.add(chief, a_form())

    with pytest.raises(Rejected) as rejection:
        await accounts.add(chief, a_form(name='Drugi', email='JOZE@primer.si'))

    assert list(rejection.value.problems) == ['email']
    assert await Staff.filter(email='joze@primer.si').count() == 1


async def test_rule_20_no_table_holds_the_link_or_the_secret(chief: Officer) -> None:
    invitation = await accounts.add(chief, a_form())
    secret = (await look_up(token_in(invitation.address))).secret

    rows = str([await table.all().values() for table in (Link, Staff, AuditEvent)])
    assert token_in(invitation.address) not in rows
    assert secret not in rows


async def test_rule_32_whoever_is_disabled_is_out_at_once(chief: Officer) -> None:
    clerk = await an_officer(CLERK)

    await accounts.disable(chief, clerk.staff_id)

    assert await living(clerk.session_id) is None
    assert await last_event() == (chief.actor, 'staff disabled', f'staff:{clerk.staff_id}', {'sessions': 1})


async def test_somebody_enabled_signs_in_with_the_same_password_and_phone(chief: Officer) -> None:
    member = await a_member()
    before = await let_in(code(member))
    await accounts.disable(chief, member.id)

    await accounts.enable(chief, member.id)

    assert await living(before.id) is None
    assert await let_in(code(member, later=1))


async def test_a_role_changes_at_once_in_open_sessions(chief: Officer) -> None:
    other = await an_officer(ADMINISTRATOR)
    await accounts.staff(other, Look())

    await accounts.change_role(chief, other.staff_id, 'clerk')

    with pytest.raises(NotAllowed):
        await accounts.staff(other, Look())


async def test_a_reset_takes_everything_away_and_gives_a_link(chief: Officer) -> None:
    member = await a_member()
    codes = await second_factor.new_recovery_codes(member)
    session = await let_in(code(member))

    invitation = await accounts.reset(chief, member.id)

    now = await Staff.get(id=member.id)
    assert (now.password_hash, now.second_factor, now.set_up_at, now.last_step) == (None, None, None, 0)
    assert await living(session.id) is None
    assert not await RecoveryCode.exists()
    for typed in (code(member, later=1), codes[0]):
        with pytest.raises(NotLetIn):
            await let_in(typed)
    assert (await look_up(token_in(invitation.address))).state == LinkState.LIVE


@pytest.mark.parametrize('deed', ['disable', 'reset', 'change_role'])
async def test_nobody_does_it_to_themselves(deed: str, chief: Officer) -> None:
    await an_officer(ADMINISTRATOR, 'Druga Šefinja')

    with pytest.raises(NotPossible):
        await getattr(accounts, deed)(chief, chief.staff_id, *(['clerk'] if deed == 'change_role' else []))

    unchanged = await Staff.get(id=chief.staff_id)
    assert (unchanged.role, unchanged.disabled_at) == (ADMINISTRATOR, None)


async def test_the_last_administrator_stays(chief: Officer) -> None:
    from domain.staff.members import OnTheServer, disable

    await accounts.add(chief, a_form(role='administrator'))

    with pytest.raises(NotPossible):
        await disable(chief.staff_id, OnTheServer())

    assert (await Staff.get(id=chief.staff_id)).disabled_at is None


@pytest.mark.parametrize('deed', ['disable', 'reset', 'change_role'])
async def test_two_administrators_cannot_remove_each_other(deed: str, chief: Officer) -> None:
    other = await an_officer(ADMINISTRATOR, 'Druga Šefinja')
    more = ['clerk'] if deed == 'change_role' else []

    await all_at_once(
        getattr(accounts, deed)(chief, other.staff_id, *more), getattr(accounts, deed)(other, chief.staff_id, *more)
    )

    left = Staff.filter(role=ADMINISTRATOR, disabled_at=None, set_up_at__isnull=False)
    assert await left.count() == 1


async def test_all_sessions_of_somebody_end(chief: Officer) -> None:
    member = await a_member()
    sessions = [await let_in(code(member)), await let_in(code(member, later=1))]

    assert await accounts.sign_out_everywhere(chief, member.id) == 2

    assert [await living(session.id) for session in sessions] == [None, None]
    assert (await StaffSession.filter(staff=member, ended_at=None).count()) == 0


@pytest.mark.parametrize('staff_id', [0, -1, 10**9, '1', None, True, 1.0, [1], {'id': 1}])
async def test_nobody_that_does_not_exist_is_changed(staff_id: Any, chief: Officer) -> None:
    for deed in (accounts.disable, accounts.enable, accounts.reset, accounts.sign_out_everywhere):
        with pytest.raises(NotPossible):
            await deed(chief, staff_id)  # type: ignore[operator]
    with pytest.raises(NotPossible):
        await accounts.change_role(chief, staff_id, 'clerk')
    assert await accounts.member(chief, staff_id) is None


@pytest.mark.parametrize('role', ['root', '', None, True, ['clerk']])
async def test_no_role_is_made_up(role: Any, chief: Officer) -> None:
    clerk = await an_officer(CLERK)

    with pytest.raises(Rejected):
        await accounts.change_role(chief, clerk.staff_id, role)


async def test_the_list_says_who_can_sign_in(chief: Officer, time_passes: Callable[..., None]) -> None:
    invited = (await accounts.add(chief, a_form())).staff
    disabled = await a_member('b@primer.si', name='Bojan')
    await accounts.disable(chief, disabled.id)

    listing = await accounts.staff(chief, Look(sort='name', descending=True))
    found = {member.staff_id: member for member in listing.rows}

    assert [member.name for member in listing.rows] == ['Vida Šef', 'Jože Črnič', 'Bojan']
    assert found[chief.staff_id].standing == Standing.ABLE
    assert (found[chief.staff_id].sessions, found[chief.staff_id].is_me) == (1, True)
    assert found[invited.id].standing == Standing.INVITED
    assert found[disabled.id].standing == Standing.DISABLED


async def test_an_expired_link_shows_in_the_list(chief: Officer, change_settings: Callable[..., Settings]) -> None:
    change_settings(staff_setup_valid_for=0.001)
    invited = (await accounts.add(chief, a_form())).staff

    member = await accounts.member(chief, invited.id)

    assert member
    assert member.standing == Standing.FORGOTTEN


async def test_rule_25_no_service_takes_a_password_for_another() -> None:
    from inspect import signature

    services = [service for service in vars(accounts).values() if hasattr(service, 'needs')]
    assert len(services) == 8
    assert [s.__name__ for s in services if {'password', 'password_hash'} & set(signature(s).parameters)] == []
    assert links.PATHS[links.STAFF_SETUP] == '/uprava/nastavitev'
