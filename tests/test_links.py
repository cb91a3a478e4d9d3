import hashlib
from datetime import timedelta
from typing import Any

import pytest

from domain import clock, links
from domain.links import ACTIVATION, LinkState, address, cancel, end, found, issue, living, state, use
from storage.models import Account, Link
from tests.world import all_at_once, an_account

pytestmark = pytest.mark.usefixtures('db')


def token_behind(link: Link) -> str:
    return address(link).rsplit('/', 1)[1]


async def test_ten_thousand_tokens_are_all_different_and_fit_into_a_line() -> None:
    from uuid import uuid4

    tokens = {links.token(uuid4()) for _link in range(10_000)}

    assert len(tokens) == 10_000
    assert {len(token) for token in tokens} == {43}
    assert all(token.replace('-', '').replace('_', '').isalnum() for token in tokens)


async def test_a_token_is_in_no_table() -> None:
    link = await issue(ACTIVATION, await an_account())
    token = token_behind(link)

    rows = str([await table.all().values() for table in (Link, Account)])

    assert token not in rows
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()


async def test_a_link_cannot_be_made_from_the_table_without_the_key(change_settings: Any) -> None:
    link = await issue(ACTIVATION, await an_account())
    token = token_behind(link)

    change_settings(data_key='e' * 40)

    assert token_behind(link) != token
    assert await found(ACTIVATION, token_behind(link)) is None


async def test_a_link_is_found_by_its_token_and_purpose_only() -> None:
    link = await issue(ACTIVATION, await an_account())

    assert (await found(ACTIVATION, token_behind(link))).id == link.id
    assert await found('another purpose', token_behind(link)) is None
    assert await found(ACTIVATION, token_behind(link).lower()) is None
    assert await found(ACTIVATION, link.token_hash) is None


async def test_a_new_link_replaces_the_older_ones_of_its_purpose_and_account() -> None:
    account, other = await an_account(), await an_account('b@primer.si')
    first, reset, foreign = (
        await issue(ACTIVATION, account),
        await issue('reset', account),
        await issue(ACTIVATION, other),
    )

    second = await issue(ACTIVATION, account)

    states = [state(await Link.get(id=link.id)) for link in (first, reset, foreign, second)]
    assert states == [LinkState.REPLACED, LinkState.LIVE, LinkState.LIVE, LinkState.LIVE]
    assert (await living(ACTIVATION, account)).id == second.id


async def test_of_fifty_uses_at_once_one_counts() -> None:
    link = await issue(ACTIVATION, await an_account())

    assert sum(await all_at_once(*(use(link) for _click in range(50)))) == 1


@pytest.mark.parametrize(('deed', 'ending'), [(cancel, LinkState.CANCELLED), (use, LinkState.USED)])
async def test_what_has_ended_stays_ended(deed: Any, ending: LinkState) -> None:
    link = await issue(ACTIVATION, await an_account())
    await deed(link)
    link = await Link.get()

    assert not await use(link)
    assert not await cancel(link)
    assert state(await Link.get()) == ending
    assert await living(ACTIVATION, await Account.get()) is None


async def test_an_ended_purpose_has_no_living_link() -> None:
    account = await an_account()
    link = await issue(ACTIVATION, account)

    await end(ACTIVATION, account)

    assert not await use(link)
    assert state(await Link.get()) == LinkState.REPLACED


async def test_an_expired_link_cannot_be_used(time_passes: Any) -> None:
    link = await issue(ACTIVATION, await an_account())
    link.valid_until = clock.now() + timedelta(hours=1)
    await link.save()

    time_passes(hours=1)

    assert state(link) == LinkState.EXPIRED
    assert not await use(link)
    assert await living(ACTIVATION, await Account.get()) is None
