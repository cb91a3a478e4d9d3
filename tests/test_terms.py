from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain import clock
from domain.form import Rejected
from domain.terms import Acceptance, accept, must_accept
from storage.models import Account
from tests.world import an_account

pytestmark = pytest.mark.usefixtures('db')


async def test_who_accepted_the_terms_in_force_is_not_asked(change_settings: Callable[..., Any]) -> None:
    change_settings(terms_version='2026-11-01')

    assert not must_accept(await an_account(terms_version='2026-11-01'))


async def test_new_terms_are_accepted_with_their_version_and_time(
    change_settings: Callable[..., Any], time_passes: Callable[..., None]
) -> None:
    change_settings(terms_version='2027-01-01')
    account = await an_account(terms_version='2026-11-01')
    time_passes(days=1)
    assert must_accept(account)

    await accept(Acceptance(consent=True), account)

    account = await Account.get()
    assert not must_accept(account)
    assert account.terms_accepted_at == account.created_at + timedelta(days=1) == clock.now()


@pytest.mark.parametrize('consent', [False, None, 'true', 1, [True]])
async def test_nothing_but_a_tick_accepts_them(consent: Any) -> None:
    account = await an_account(terms_version='old')

    with pytest.raises(Rejected):
        await accept(Acceptance(consent=consent), account)

    assert (await Account.get()).terms_version == 'old'
