from collections.abc import Callable
from typing import Any

import pytest

from domain import clock
from domain.session import came_from, end_session, ends_at, open_session, session_of
from domain.visitor import Visitor
from storage.models import Account, Session, SessionKind
from tests.world import HOME, an_account

pytestmark = pytest.mark.usefixtures('db')


@pytest.fixture
async def token(db: None, time_passes: Callable[..., None]) -> str:
    return await open_session(await an_account(), SessionKind.CUSTOMER, HOME)


async def test_a_token_opens_its_own_session(token: str) -> None:
    session = await session_of(token)

    assert session
    assert session.account.email == 'ana@primer.si'


async def test_the_table_holds_neither_token_nor_address(token: str) -> None:
    rows = str(await Session.all().values())

    assert token not in rows
    assert HOME.address not in rows


@pytest.mark.parametrize('cookie', ['', 'x' * 43, 'x' * 5000, None, 7, True, ['x' * 43], {}, '\0' * 30, 'ž' * 43])
async def test_a_cookie_that_nobody_gave_opens_nothing(cookie: object, token: str) -> None:
    assert await session_of(cookie) is None


async def test_the_hash_from_the_table_opens_nothing(token: str) -> None:
    assert await session_of((await Session.get()).token_hash) is None


async def test_who_does_nothing_for_half_an_hour_is_signed_out(token: str, time_passes: Callable[..., None]) -> None:
    time_passes(minutes=29, seconds=59)
    assert await session_of(token, acted=False)

    time_passes(seconds=1)
    assert await session_of(token) is None


async def test_who_does_something_stays(token: str, time_passes: Callable[..., None]) -> None:
    for _quarter in range(6):
        time_passes(minutes=20)
        assert await session_of(token)


async def test_a_page_that_only_asks_does_not_keep_anybody_in(token: str, time_passes: Callable[..., None]) -> None:
    time_passes(minutes=20)
    await session_of(token, acted=False)

    time_passes(minutes=10)
    assert await session_of(token, acted=False) is None


async def test_after_twelve_hours_everybody_is_signed_out(token: str, time_passes: Callable[..., None]) -> None:
    for _quarter in range(36):
        assert await session_of(token)
        time_passes(minutes=20)

    assert await session_of(token) is None


@pytest.mark.parametrize('kind', [SessionKind.REGISTERING, SessionKind.UNCONFIRMED])
async def test_who_waits_for_a_letter_does_not_idle(kind: SessionKind, time_passes: Callable[..., None]) -> None:
    token = await open_session(await an_account(), kind, HOME)

    time_passes(hours=11, minutes=59)
    assert await session_of(token)
    time_passes(minutes=1)
    assert await session_of(token) is None


async def test_an_ended_session_opens_nothing(token: str) -> None:
    session = await session_of(token)
    assert session

    await end_session(session)

    assert await session_of(token) is None
    assert (await Session.get()).ended_at == clock.now()


async def test_ending_one_session_leaves_the_others(token: str) -> None:
    other = await open_session(await Account.get(), SessionKind.CUSTOMER, HOME)
    session = await session_of(token)
    assert session

    await end_session(session)

    assert await session_of(other)


@pytest.mark.parametrize('column', ['closed_at', 'frozen_at'])
async def test_a_closed_or_frozen_account_is_out_at_once(column: str, token: str) -> None:
    await Account.all().update(**{column: clock.now()})

    assert await session_of(token) is None


async def test_the_former_secret_is_accepted_while_it_is_named(token: str, change_settings: Callable[..., Any]) -> None:
    change_settings(secret='n' * 40, secret_previous='s' * 40)
    assert await session_of(token)
    newer = await open_session(await Account.get(), SessionKind.CUSTOMER, HOME)

    change_settings(secret='n' * 40, secret_previous='')
    assert await session_of(token) is None
    assert await session_of(newer)


async def test_a_lost_secret_signs_everybody_out_and_no_more(token: str, change_settings: Callable[..., Any]) -> None:
    change_settings(secret='n' * 40)

    assert await session_of(token) is None
    assert (await Account.get()).closed_at is None


async def test_it_is_remembered_where_somebody_signed_in_from(token: str) -> None:
    account = await Account.get()

    assert await came_from(account.id, HOME)
    assert not await came_from(account.id, Visitor('198.51.100.4'))
    assert not await came_from(account.id + 1, HOME)


async def test_registering_from_somewhere_is_not_signing_in_there() -> None:
    account = await an_account()
    await open_session(account, SessionKind.REGISTERING, HOME)

    assert not await came_from(account.id, HOME)


async def test_the_end_is_known_beforehand(token: str, change_settings: Callable[..., Any]) -> None:
    session = await session_of(token)
    assert session

    assert ends_at(session) - session.started_at == change_settings().session_idle


@pytest.mark.parametrize(
    ('address', 'network'),
    [
        ('192.0.2.7', '192.0.2.7'), ('2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'), ('::ffff:192.0.2.7', '192.0.2.7'),
        ('2001:db8:1:2::', '2001:db8:1:2::/64'), ('unknown', 'unknown'),
    ],
)  # fmt: skip
def test_one_household_is_one_network(address: str, network: str) -> None:
    assert Visitor(address).network == network
