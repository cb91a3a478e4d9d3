"""A valid proof for a code that somebody holds: the same page, another letter, nothing to confirm."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import clock
from domain.check_mail import NewAddress, correct_address, progress, resend
from domain.session import Session
from storage.models import Access, AccessState, Account, Customer, Letter, LetterState, Link, SessionKind
from tests.world import a_customer, all_at_once, an_invoice, confirmed, registered


@pytest.fixture(autouse=True)
async def holder(db: None, time_passes: Callable[..., None]) -> Account:
    """Ana has held the code since yesterday; a newer invoice still proves it."""
    invoice = await an_invoice()
    session = await confirmed()
    await an_invoice('202000877', invoice.customer)
    time_passes(days=1)
    return session.account


async def test_the_browser_is_let_in_just_like_for_a_free_code() -> None:
    session = await for_the_held_code(email='bojan@primer.si')

    assert session.kind == SessionKind.REGISTERING
    assert session.account.email == 'bojan@primer.si'
    assert await Access.filter(state=AccessState.HELD).count() == 1


async def test_the_typed_address_and_the_holder_are_told() -> None:
    await for_the_held_code(email='bojan@primer.si')

    assert await letters() == [('already', 'bojan@primer.si'), ('notice', 'ana@primer.si')]


async def test_the_holder_herself_is_told_once() -> None:
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


@pytest.mark.parametrize('state', LetterState)
async def test_the_page_never_tells_a_held_code_from_a_free_one(state: LetterState) -> None:
    held, free = await for_the_held_code(email='b1@primer.si'), await for_a_free_code(email='b2@primer.si')
    await Letter.filter(kind__not='notice').update(state=state, sent_at=clock.now() if state == 'sent' else None)

    assert await shown(held) == await shown(free)


async def test_a_corrected_address_never_tells_a_held_code_from_a_free_one() -> None:
    held, free = await for_the_held_code(email='b1@primer.si'), await for_a_free_code(email='b2@primer.si')

    await correct_address(NewAddress(email='c1@primer.si'), session=held)
    await correct_address(NewAddress(email='c2@primer.si'), session=free)

    assert await shown(held) == await shown(free)


async def test_a_newer_registration_never_tells_a_held_code_from_a_free_one() -> None:
    held, free = await for_the_held_code(email='b1@primer.si'), await for_a_free_code(email='b2@primer.si')

    await for_the_held_code(email='c1@primer.si')
    await for_a_free_code(email='c2@primer.si')

    assert await shown(held) == await shown(free)


async def test_the_letters_run_out_alike_for_a_held_code_and_a_free_one() -> None:
    outcomes = []
    for register_one in (for_the_held_code, for_a_free_code):
        done = [await all_at_once(register_one(email=f'{n}{register_one.__name__}@primer.si')) for n in range(5)]
        outcomes.append([type(result) for [result] in done])

    assert outcomes[0] == outcomes[1]


async def shown(session: Session) -> dict[str, Any]:
    """What »Preverite pošto« may show, without what the person typed himself."""
    told = vars(await progress(session))
    letter = told.pop('letter')
    return {**told, 'email': None, 'letter': letter and letter.state}


async def letters() -> list[tuple[str, str]]:
    """Those that the registrations after the holder's own wrote."""
    written = await Letter.exclude(kind='confirm').order_by('kind', 'id')
    return [(letter.kind, letter.recipient) for letter in written]


async def for_the_held_code(email: str) -> Session:
    return await registered(control_number='202000877', email=email)


async def for_a_free_code(email: str) -> Session:
    if not await Customer.filter(payer_code='654321').exists():
        await an_invoice('202000999', await a_customer('654321'))
    return await registered(payer_code='654321', control_number='202000999', email=email)
