from collections.abc import Callable
from typing import Any

import pytest

from domain.form import Rejected
from domain.links import LinkState
from domain.staff import accounts, second_factor
from domain.staff.accounts import NewMember
from domain.staff.permission import Officer
from domain.staff.set_up import LinkHasEnded, SetUp, look_up, set_up
from domain.staff.sign_in import NotLetIn
from storage.models import AuditEvent, Link, RecoveryCode, Role, Staff
from tests.staff import PASSWORD, code, let_in, sentences
from tests.world import HOME, all_at_once, an_officer

pytestmark = pytest.mark.usefixtures('db')

ADMINISTRATOR, CLERK = Role.ADMINISTRATOR, Role.CLERK


@pytest.fixture
async def chief(db: None) -> Officer:
    return await an_officer(ADMINISTRATOR, 'Vida Šef')


def a_form(**values: Any) -> NewMember:
    return NewMember(**{'name': 'Jože Črnič', 'email': 'Joze@primer.si', 'role': 'clerk', **values})


def token_in(address: str) -> str:
    return address.rsplit('/', 1)[1]


async def filled_in(token: str, **values: Any) -> SetUp:
    secret = (await look_up(token)).secret
    [link] = [link for link in await Link.all() if second_factor.secret(link.id) == secret] or [None]
    right = second_factor.code(link.id, second_factor.step_now()) if link else '123456'
    return SetUp(**{'password': PASSWORD, 'repeated': values.get('password', PASSWORD), 'code': right, **values})


async def last_event() -> tuple[Any, ...]:
    event = await AuditEvent.all().order_by('-id').first()
    assert event
    return event.actor, event.what, event.about, event.detail


async def test_opening_the_link_writes_nothing_and_shows_the_same_secret_again(chief: Officer) -> None:
    token = token_in((await accounts.add(chief, a_form())).address)
    before = [await table.all().values() for table in (Staff, Link, AuditEvent)]

    first, again = await look_up(token), await look_up(token)

    assert first == again
    assert (first.state, first.name, first.email) == (LinkState.LIVE, 'Jože Črnič', 'joze@primer.si')
    assert first.secret in first.address
    assert [await table.all().values() for table in (Staff, Link, AuditEvent)] == before


async def test_password_and_first_code_set_the_access_up(chief: Officer, time_passes: Callable[..., None]) -> None:
    token = token_in((await accounts.add(chief, a_form())).address)

    codes = await set_up(token, await filled_in(token), address=HOME.address)

    member = await Staff.get(email='joze@primer.si')
    assert len(codes) == 10
    assert (await look_up(token)).state == LinkState.USED
    assert await last_event() == (f'staff:{member.id}', 'staff set up', f'staff:{member.id}', {})
    with pytest.raises(NotLetIn):
        await let_in(code(member), email='joze@primer.si')
    time_passes(seconds=30)
    assert await let_in(code(member), email='joze@primer.si')
    assert await let_in(codes[0], email='joze@primer.si')


@pytest.mark.parametrize(('values', 'field'), [
    ({'password': 'štirinajst zna'}, 'password'), ({'password': ''}, 'password'), ({'password': 'x' * 129}, 'password'),
    ({'password': 'geslo1234567890'}, 'password'), ({'password': 'joze@primer.si1', 'name': 1}, 'password'),
    ({'repeated': 'x'}, 'repeated'), ({'code': '000000'}, 'code'), ({'code': ''}, 'code'), ({'code': None}, 'code'),
    ({'code': 123456}, 'code'), ({'password': [PASSWORD], 'repeated': PASSWORD}, 'password'),
], ids=str)  # fmt: skip
async def test_what_is_wrong_uses_no_link_up(values: dict[str, Any], field: str, chief: Officer) -> None:
    address = 'jozejozejoze@primer.si' if 'name' in values else 'joze@primer.si'
    token = token_in((await accounts.add(chief, a_form(email=address))).address)
    values = {'password': 'jozejozejoze1ab'} if 'name' in values else values

    with pytest.raises(Rejected) as rejection:
        await set_up(token, await filled_in(token, **values), address=HOME.address)

    assert field in sentences(rejection.value)
    assert (await look_up(token)).state == LinkState.LIVE
    assert (await Staff.get(email=address)).password_hash is None
    assert not await RecoveryCode.exists()


async def test_fifteen_characters_are_enough_and_a_form_cannot_rename_its_owner(chief: Officer) -> None:
    token = token_in((await accounts.add(chief, a_form())).address)

    form = await filled_in(token, password='žžžčččšššabcdef', email='drug@primer.si')
    await set_up(token, form, address=HOME.address)

    assert await Staff.filter(email='joze@primer.si', set_up_at__isnull=False).exists()


async def test_a_link_sets_up_once_in_parallel(chief: Officer) -> None:
    token = token_in((await accounts.add(chief, a_form())).address)
    form = await filled_in(token)

    outcomes = await all_at_once(*(set_up(token, form, address=HOME.address) for _ in range(10)))

    assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, LinkHasEnded) for outcome in outcomes) == 9
    assert await RecoveryCode.all().count() == 10


async def test_a_link_ends(chief: Officer, time_passes: Callable[..., None]) -> None:
    invitation = await accounts.add(chief, a_form())
    first = token_in(invitation.address)
    form = await filled_in(first)

    second = token_in((await accounts.reset(chief, invitation.staff.id)).address)
    assert (await look_up(first)).state == LinkState.REPLACED
    time_passes(hours=72, seconds=1)
    assert (await look_up(second)).state == LinkState.EXPIRED
    assert (await look_up('x' * 43)).state is None
    assert (await look_up(None)).state is None
    for token in (first, second, 'x' * 43, None, ['x']):
        with pytest.raises(LinkHasEnded):
            await set_up(token, form, address=HOME.address)
    assert (await look_up(first)).email == ''


async def test_no_link_of_another_purpose_sets_anybody_up(chief: Officer) -> None:
    from tests.world import a_letter, token_of

    letter = await a_letter()

    assert (await look_up(token_of(letter))).state is None


async def test_a_disabled_person_cannot_set_up(chief: Officer) -> None:
    invitation = await accounts.add(chief, a_form())
    token = token_in(invitation.address)
    form = await filled_in(token)
    await accounts.disable(chief, invitation.staff.id)

    with pytest.raises(LinkHasEnded):
        await set_up(token, form, address=HOME.address)
