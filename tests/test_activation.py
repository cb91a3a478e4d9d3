import asyncio
import contextvars
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain import activation, clock
from domain.activation import Confirmation, activate, decline, look_up, masked
from domain.links import LinkState
from domain.session import session_of
from storage.models import Access, AccessState, Account, Invoice, Letter, Link, Session
from tests.world import HOME, a_challenge, a_registration, all_at_once, an_invoice, registered, token_in

pytestmark = pytest.mark.usefixtures('db')
ANA = 'ana@primer.si'


@pytest.fixture
async def token(db: None) -> str:
    """Of the link in Ana's letter."""
    await an_invoice()
    await registered()
    return await token_in(ANA)


async def test_a_click_opens_the_access_and_uses_the_invoice_up(token: str) -> None:
    assert await activate(token) == LinkState.LIVE

    account, access, invoice = await Account.get(), await Access.get(), await Invoice.get()
    assert account.activated_at
    assert (access.state, access.first_holder_of, access.pending_for) == (AccessState.ACTIVE, invoice.customer_id, None)
    assert invoice.spent_by_id == account.id


async def test_a_second_click_says_that_it_is_confirmed_already(token: str) -> None:
    await activate(token)

    assert await activate(token) == LinkState.USED
    assert (await look_up(token)).state == LinkState.USED


async def test_of_fifty_clicks_at_once_one_confirms(token: str) -> None:
    endings = await all_at_once(*(activate(token) for _click in range(50)))

    assert sorted(endings) == [LinkState.LIVE] + [LinkState.USED] * 49


async def test_looking_changes_nothing(token: str) -> None:
    before = await everything()

    for _scanner in range(20):
        assert await look_up(token) == Confirmation(LinkState.LIVE, 'a…a@primer.si', '56')

    assert await everything() == before


async def test_only_a_living_link_names_anything(token: str) -> None:
    await activate(token)

    assert await look_up(token) == Confirmation(LinkState.USED)


@pytest.mark.parametrize('text', ['A' * 43, '', 'x' * 5000, None, 7, True, {}, ['A' * 43], '\0' * 43, 'ž' * 43])
async def test_a_link_that_nobody_sent_is_unknown(text: object) -> None:
    assert await look_up(text) == Confirmation(None)
    assert await activate(text) is None
    assert await decline(text) is False


async def test_a_link_expires_and_then_changes_nothing(token: str, time_passes: Callable[..., None]) -> None:
    await Link.all().update(valid_until=clock.now() + timedelta(hours=72))

    time_passes(hours=72)

    assert (await look_up(token)).state == LinkState.EXPIRED
    assert await activate(token) == LinkState.EXPIRED
    assert (await Account.get()).activated_at is None


async def test_a_link_lives_to_its_last_second(token: str, time_passes: Callable[..., None]) -> None:
    await Link.all().update(valid_until=clock.now() + timedelta(hours=72))

    time_passes(hours=71, minutes=59, seconds=59)

    assert await activate(token) == LinkState.LIVE


async def test_a_link_whose_letter_waits_does_not_expire(token: str, time_passes: Callable[..., None]) -> None:
    time_passes(days=4)

    assert await activate(token) == LinkState.LIVE


async def test_a_replaced_link_says_so_and_cancels_nothing(token: str) -> None:
    await registered(email='druga@primer.si')

    assert (await look_up(token)).state == LinkState.REPLACED
    assert await activate(token) == LinkState.REPLACED
    assert await decline(token) is False


async def test_this_was_not_me_cancels_the_registration(token: str) -> None:
    assert await decline(token) is True

    assert await activate(token) == LinkState.CANCELLED
    assert (await look_up(token)).state == LinkState.CANCELLED
    assert await decline(token) is False
    assert (await Account.get()).closed_at
    assert (await Access.get()).state == AccessState.ENDED
    assert (await Session.get()).ended_at


async def test_after_this_was_not_me_the_code_is_free(token: str) -> None:
    await decline(token)

    await registered(email='druga@primer.si')

    assert await activate(await token_in('druga@primer.si')) == LinkState.LIVE


async def test_a_confirmed_registration_cannot_be_cancelled(token: str) -> None:
    await activate(token)

    assert await decline(token) is False
    assert (await Access.get()).state == AccessState.ACTIVE


async def test_of_confirming_and_cancelling_at_once_one_wins(token: str) -> None:
    done = await all_at_once(activate(token), decline(token), activate(token), decline(token))

    ended = (await Account.get()).closed_at is not None
    assert (done[0] == LinkState.LIVE) + (done[2] == LinkState.LIVE) == (not ended)
    assert done[1] + done[3] == ended


async def test_a_registration_that_comes_while_another_is_confirmed_does_not_end_it(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, confirm, arrivals = contextvars.copy_context(), activation._confirm, []

    async def confirm_slowly(access: Access) -> None:
        second = register_at_once(email='druga@primer.si')
        arrivals.append(asyncio.get_running_loop().create_task(second, context=outside))
        await asyncio.sleep(0.3)
        await confirm(access)

    monkeypatch.setattr(activation, '_confirm', confirm_slowly)
    assert await activate(token) == LinkState.LIVE
    await all_at_once(*arrivals)

    account, access = await Account.get(email=ANA), await Access.get(account__email=ANA)
    assert (account.closed_at, access.state) == (None, AccessState.ACTIVE)


async def register_at_once(email: str) -> Any:
    from domain.registration import register

    return await session_of(await register(a_registration(email=email), challenge=a_challenge(), by=HOME))


@pytest.mark.parametrize(
    ('address', 'shown'),
    [
        ('ana@primer.si', 'a…a@primer.si'), ('a@primer.si', 'a…@primer.si'), ('an@primer.si', 'a…@primer.si'),
        ('ana.novak@primer.si', 'a…k@primer.si'),
    ],
)  # fmt: skip
def test_a_masked_address_is_known_to_its_owner_only(address: str, shown: str) -> None:
    assert masked(address) == shown


async def everything() -> list[Any]:
    return [await table.all().values() for table in (Account, Access, Link, Invoice, Session, Letter)]
