"""»Preverite pošto« for a number that is parked: the same as for any other."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.activation import activate
from domain.check_mail import NewAddress, correct_address, progress, resend
from domain.form import TooManyAttempts
from domain.letters import subject
from domain.parking import settle
from domain.proof import ProofFailed
from domain.session import Session
from storage.models import (
    Account,
    Customer,
    Letter,
    LetterState,
)
from tests.world import (
    all_at_once,
    an_invoice,
    another_import,
    imported,
    parked,
    registered,
    token_in,
)


@pytest.fixture(autouse=True)
async def payer(db: None, time_passes: Callable[..., None]) -> Customer:
    return (await an_invoice()).customer


async def test_the_page_never_tells_a_parked_number_from_a_proven_one(time_passes: Callable[..., None]) -> None:
    proven, waiting = await registered(email='b1@primer.si'), await parked(email='b2@primer.si')
    assert await shown(proven) == await shown(waiting)

    time_passes(minutes=2)
    for session in (proven, waiting):
        await resend(session)
    assert await shown(proven) == await shown(waiting)
    for number, session in enumerate((proven, waiting)):
        await correct_address(NewAddress(email=f'c{number}@primer.si'), session=session)
    assert await shown(proven) == await shown(waiting)
    outcomes = [await all_at_once(resend(proven)), await all_at_once(resend(waiting))]
    assert [type(result) for [result] in outcomes] == [TooManyAttempts] * 2


async def test_the_letters_run_out_alike_for_a_parked_number_and_a_proven_one(
    time_passes: Callable[..., None],
) -> None:
    outcomes = []
    for session in (await registered(email='b1@primer.si'), await parked(email='b2@primer.si')):
        done = []
        for _minute in range(4):
            time_passes(minutes=1)
            done += await all_at_once(resend(session))
        outcomes.append([type(result) for result in done])

    assert outcomes[0] == outcomes[1]
    assert TooManyAttempts in outcomes[0]


async def test_a_corrected_address_gets_the_parked_letter(payer: Customer) -> None:
    session = await parked(email='naan@primer.si')

    await correct_address(NewAddress(email='ana@primer.si'), session=session)

    assert await letters() == [('parked', 'naan@primer.si'), ('parked', 'ana@primer.si')]
    assert (await Letter.get(recipient='naan@primer.si')).state == LetterState.WITHDRAWN
    await imported(payer)
    await settle()
    assert (await letters())[-1] == ('confirm', 'ana@primer.si')


async def test_no_address_is_flooded_by_correcting(time_passes: Callable[..., None]) -> None:
    session = await parked(email='a@primer.si')
    for name in ('b', 'c'):
        await correct_address(NewAddress(email=f'{name}@primer.si'), session=session)

    with pytest.raises(TooManyAttempts):
        await correct_address(NewAddress(email='d@primer.si'), session=session)


async def test_the_page_goes_on_by_itself_after_the_import(payer: Customer) -> None:
    session = await parked()
    await imported(payer)
    await settle()

    known = await progress(session)
    assert known.letter
    assert (known.letter.kind, known.superseded, known.confirmed) == ('confirm', False, False)
    await activate(await token_in('ana@primer.si'))
    assert (await progress(session_again(session, await Account.get()))).confirmed


async def test_the_page_ends_when_nothing_came_of_it() -> None:
    session = await parked()
    for _month in range(2):
        await another_import()
        await settle()

    assert (await progress(session)).superseded
    with pytest.raises(ProofFailed):
        await resend(session)
    with pytest.raises(ProofFailed):
        await correct_address(NewAddress(email='b@primer.si'), session=session)


def session_again(session: Session, account: Account) -> Session:
    session.account = account
    return session


async def shown(session: Session) -> dict[str, Any]:
    """What »Preverite pošto« may show, without what the person typed himself."""
    told = vars(await progress(session))
    letter = told.pop('letter')
    return {**told, 'email': None, 'letter': letter and (letter.state, subject(letter.kind, 'sl'))}


async def letters() -> list[tuple[str, str]]:
    return [(letter.kind, letter.recipient) for letter in await Letter.all().order_by('id')]
