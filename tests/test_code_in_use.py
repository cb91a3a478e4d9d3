"""A valid proof for a code that somebody holds: the same page, another letter, nothing to confirm."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from domain.activation import activate
from domain.registration import NewAddress, correct_address, progress, resend
from domain.session import Session
from storage.models import Access, AccessState, Account, Customer, Letter, LetterState, Link, SessionKind
from tests.world import HOME, a_customer, an_invoice, confirmed, newer_invoices, registered, token_in

OTHER_CODE, OTHER_NUMBER = '654321', '202000999'


@pytest.fixture(autouse=True)
async def holder(db: None) -> AsyncIterator[Account]:
    """Ana holds the code; a newer invoice still proves it."""
    invoice = await an_invoice()
    session = await confirmed()
    await an_invoice('202000877', invoice.customer)
    yield session.account


async def test_the_browser_is_let_in_just_like_for_a_free_code() -> None:
    session = await for_the_held_code(email='bojan@primer.si')

    assert session.kind == SessionKind.REGISTERING
    assert session.account.email == 'bojan@primer.si'
    assert await Access.filter(state=AccessState.HELD).count() == 1


async def test_the_typed_address_and_the_holder_are_told() -> None:
    await for_the_held_code(email='bojan@primer.si')

    assert await letters() == [('already', 'bojan@primer.si'), ('notice', 'ana@primer.si')]


async def test_the_holder_herself_is_told_once() -> None:
    await Letter.all().delete()
    await for_the_held_code(email='Ana@primer.si')

    assert await letters() == [('already', 'Ana@primer.si')]


async def test_a_repeated_submit_writes_to_nobody_again() -> None:
    first = await for_the_held_code(email='bojan@primer.si')
    second = await for_the_held_code(email='bojan@primer.si')

    assert first.account.id == second.account.id
    assert len(await letters()) == 2


async def test_there_is_nothing_to_confirm(holder: Account) -> None:
    await for_the_held_code(email='bojan@primer.si')

    assert await Link.filter(account__email='bojan@primer.si').count() == 0
    assert (await Access.get(first_holder_of=(await Customer.get()).id)).account_id == holder.id


async def test_a_resend_writes_the_same_letter_and_does_not_tell_the_holder_again(
    time_passes: Callable[..., None],
) -> None:
    session = await for_the_held_code(email='bojan@primer.si')
    time_passes(minutes=2)

    await resend(session)

    assert [kind for kind, _recipient in await letters()] == ['already', 'already', 'notice']


async def test_a_corrected_address_is_told_the_same() -> None:
    session = await for_the_held_code(email='bojna@primer.si')

    await correct_address(NewAddress(email='bojan@primer.si'), session=session)

    assert ('already', 'bojan@primer.si') in await letters()
    assert await Link.filter(account=session.account).count() == 0


@pytest.mark.parametrize('step', ['just registered', 'sent', 'refused', 'sent again', 'corrected', 'registered anew'])
async def test_the_page_never_tells_a_free_code_from_a_held_one(step: str, time_passes: Callable[..., None]) -> None:
    await an_invoice(OTHER_NUMBER, await a_customer(OTHER_CODE))
    held, free = await for_the_held_code(email='b@primer.si'), await for_the_free_code(email='b2@primer.si')

    told_of_held = await told_after(step, held, for_the_held_code, 'c@primer.si', time_passes)
    told_of_free = await told_after(step, free, for_the_free_code, 'c2@primer.si', time_passes)

    assert told_of_held == told_of_free
