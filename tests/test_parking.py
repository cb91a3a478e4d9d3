"""A number newer than our data is not refused: it waits for the next import."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from domain import clock, outbox, parking, registration
from domain.check_mail import progress
from domain.form import TooManyAttempts
from domain.keys import keyed_hash
from domain.letters import subject
from domain.proof import ProofFailed
from domain.session import Session
from domain.visitor import Visitor
from storage.models import (
    Access,
    Account,
    Attempt,
    AttemptLog,
    Customer,
    Invoice,
    Letter,
    ParkedRegistration,
    RunState,
    SessionKind,
)
from tests.test_registration import breaking_after
from tests.world import (
    NEWER,
    all_at_once,
    an_import,
    an_invoice,
    parked,
    registered,
)


@pytest.fixture(autouse=True)
async def payer(db: None, time_passes: Callable[..., None]) -> Customer:
    return (await an_invoice()).customer


async def test_a_number_higher_than_all_is_parked_and_gets_its_letter() -> None:
    session = await parked()

    assert session.kind == SessionKind.REGISTERING
    assert await letters() == [('parked', 'ana@primer.si')]
    row = await ParkedRegistration.get().select_related('account')
    assert (row.payer_code, row.control_number, row.further_proofs, row.ended_at) == ('123456', NEWER, {}, None)
    assert row.account.password_hash.startswith('$argon2id$')
    assert await Access.all().count() == 0
    assert [line.outcome for line in await AttemptLog.all()] == ['parked']


@pytest.mark.parametrize(
    ('room', 'step'),
    [(parking, 'open_account'), (parking, 'write_parked'), (outbox, 'queue'), (registration, 'open_session')],
)
async def test_an_exception_in_the_middle_leaves_nothing(
    room: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(room, step, breaking_after(getattr(room, step)))
        with pytest.raises(ZeroDivisionError):
            await parked()

    tables = (Account, ParkedRegistration, Letter, Attempt, AttemptLog)
    assert [await table.all().count() for table in tables] == [0] * 5
    await parked()


async def test_parallel_submits_of_one_person_make_one_account() -> None:
    done = await all_at_once(*(parked() for _click in range(4)))

    assert [result for result in done if isinstance(result, BaseException)] == []
    assert [await table.all().count() for table in (Account, ParkedRegistration, Letter)] == [1, 1, 1]


async def test_it_costs_what_any_guess_costs() -> None:
    await parked()

    assert sorted(row.count for row in await Attempt.all()) == [1] * 9  # five of proofs, four of letters
    for n in range(4):
        await parked(by=Visitor(f'198.51.100.{n}'), email=f'oseba{n}@primer.si', control_number=f'20200091{n}')
    with pytest.raises(TooManyAttempts):
        await registered(email='se.nekdo@primer.si')


async def test_an_unknown_payer_code_is_parked_alike() -> None:
    sessions = await parked(), await parked(payer_code='999999', email='bojan@primer.si')

    assert [kind for kind, _recipient in await letters()] == ['parked', 'parked']
    assert {letter.customer_id for letter in await Letter.all()} == {None}
    assert {line.outcome for line in await AttemptLog.all()} == {'parked'}
    assert await shown(sessions[0]) == await shown(sessions[1])


@pytest.mark.parametrize('number', ['202000876', '202000875', '000000000'])
async def test_a_number_not_higher_than_all_is_refused(number: str) -> None:
    with pytest.raises(ProofFailed):
        await registered(payer_code='654321', control_number=number)

    assert await ParkedRegistration.all().count() == 0


async def test_as_long_as_there_is_no_invoice_at_all_nothing_is_parked() -> None:
    await Invoice.all().delete()

    with pytest.raises(ProofFailed):
        await parked()


async def test_invoices_of_an_import_that_is_still_applied_do_not_count(payer: Customer) -> None:
    run = await an_import(state=RunState.APPLYING)
    await an_invoice('202000999', payer, came_with=run.id)

    await parked()

    assert await ParkedRegistration.all().count() == 1


async def test_numbers_of_another_length_are_neither_higher_nor_lower(payer: Customer) -> None:
    await an_invoice('99999999', payer)
    await an_invoice('1000000000', payer)

    await parked()
    with pytest.raises(ProofFailed):
        await registered(control_number='100000000')


async def test_the_very_same_again_changes_what_waits() -> None:
    first, second = await parked(), await parked(password='modra hiša v dolini', email='ANA@primer.si')

    assert first.account.id == second.account.id
    assert first.account.password_hash != second.account.password_hash
    assert len(await letters()) == await ParkedRegistration.all().count() == 1


async def test_what_was_asked_is_kept_where_nobody_can_read_it(change_settings: Callable[..., Any]) -> None:
    change_settings(second_proof='amount_due', fallback_proof='none')

    await parked(amount_due='41,25')

    [kept] = (await ParkedRegistration.get()).further_proofs.items()
    assert kept == ('amount_due', keyed_hash('further proof amount_due', '41.25'))


async def test_parked_letters_use_up_nothing_of_those_who_have_proven(change_settings: Callable[..., Any]) -> None:
    change_settings(letters_per_hour=1, proofs_per_day=3, fallback_proof='none')
    for n in range(2):
        await parked(
            by=Visitor(f'198.51.100.{n}'), payer_code='123456', email=f'x{n}@e.si', control_number=f'99999999{n}'
        )

    await registered(email='ana@primer.si')

    assert [kind for kind, _recipient in await letters()] == ['parked', 'parked', 'confirm']


async def test_the_installation_sends_so_many_parked_letters_a_day(
    change_settings: Callable[..., Any], time_passes: Callable[..., None]
) -> None:
    """Even while the fallback is asked, which no parked number can be checked by."""
    change_settings(proofs_per_day=3)
    done = [
        await all_at_once(
            parked(payer_code=f'10000{n}', email=f'x{n}@e.si', amount_due='1', by=Visitor(f'198.51.100.{n}'))
        )
        for n in range(5)
    ]

    assert [type(result) for [result] in done] == [Session] * 3 + [TooManyAttempts] * 2
    await registered(amount_due='41,25')


async def test_nobody_is_flooded_with_parked_letters(time_passes: Callable[..., None]) -> None:
    for n in range(3):
        await parked(payer_code=f'10000{n}', email='zrtev@primer.si', by=Visitor(f'198.51.100.{n}'))
        time_passes(minutes=1)

    with pytest.raises(TooManyAttempts) as refusal:
        await parked(payer_code='100009', email='Zrtev@primer.si', by=Visitor('198.51.100.9'))
    assert refusal.value.until > clock.now() + timedelta(hours=5)


async def shown(session: Session) -> dict[str, Any]:
    """What »Preverite pošto« may show, without what the person typed himself."""
    told = vars(await progress(session))
    letter = told.pop('letter')
    return {**told, 'email': None, 'letter': letter and (letter.state, subject(letter.kind, 'sl'))}


async def letters() -> list[tuple[str, str]]:
    return [(letter.kind, letter.recipient) for letter in await Letter.all().order_by('id')]
