"""Freezing, closing and ending sessions by staff: effective at once."""

import pytest

from domain import links
from domain.session import session_of
from domain.sign_in import SignIn, WrongNameOrPassword, sign_in
from domain.staff import access_deeds
from domain.staff.not_possible import NotPossible
from storage.models import (
    Access,
    AccessState,
    Account,
    Letter,
    LetterState,
    Link,
    ParkedRegistration,
    Session,
)
from tests.test_customer_deeds import somebody_has_access, somebody_waits
from tests.world import (
    HOME,
    PASSWORD,
    PAYER_CODE,
    an_invoice,
    confirmed,
    parked,
    signed_in,
)

pytestmark = pytest.mark.usefixtures('db')


async def test_freezing_ends_sessions_at_once_and_nobody_signs_in_until_it_is_undone() -> None:
    by, customer = await somebody_has_access()

    token = await sign_in(SignIn(payer_code=PAYER_CODE, password=PASSWORD), by=HOME)
    assert await session_of(token)

    assert await access_deeds.freeze(by, customer.id) >= 1

    assert await session_of(token) is None
    with pytest.raises(WrongNameOrPassword):
        await signed_in()

    await access_deeds.unfreeze(by, customer.id)
    assert await session_of(token) is None
    await signed_in()


async def test_ending_sessions_signs_out_everywhere_and_leaves_the_access() -> None:
    by, customer = await somebody_has_access()
    sessions = [await signed_in(), await signed_in()]

    assert await access_deeds.end_sessions(by, customer.id) >= 2

    assert await Session.filter(id__in=[session.id for session in sessions], ended_at=None).count() == 0
    await signed_in()


async def test_closing_an_access_frees_the_code() -> None:
    by, customer = await somebody_has_access()
    await signed_in()
    await an_invoice('202000877', customer)

    await access_deeds.close(by, customer.id)

    assert (await Access.get()).state == AccessState.ENDED
    assert (await Account.get()).closed_at
    assert await Session.filter(ended_at=None).count() == 0
    with pytest.raises(WrongNameOrPassword):
        await signed_in()
    await confirmed(control_number='202000877', email='druga@primer.si')
    assert await Access.filter(state=AccessState.ACTIVE).count() == 1


async def test_closing_what_waits_kills_its_link_and_its_letter() -> None:
    by, customer = await somebody_waits()
    await parked(email='drug@primer.si')

    await access_deeds.close(by, customer.id)

    assert await Letter.filter(state=LetterState.QUEUED).count() == 0
    assert links.state(await Link.get()) == links.LinkState.REPLACED
    assert (await ParkedRegistration.get()).outcome == 'closed by staff'
    assert await Account.filter(closed_at=None).count() == 0
    with pytest.raises(NotPossible):
        await access_deeds.close(by, customer.id)
