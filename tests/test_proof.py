from collections.abc import Callable
from typing import Any

import pytest

from domain import clock
from domain.form import TooManyAttempts
from domain.proof import ProofFailed
from domain.registration import register
from domain.visitor import Visitor
from storage.models import Account, Attempt, AttemptLog, Customer, Invoice, Letter
from tests.world import (
    HOME,
    a_challenge,
    a_customer,
    a_registration,
    all_at_once,
    an_invoice,
    confirmed,
    newer_invoices,
    registered,
)

pytestmark = pytest.mark.usefixtures('db', 'time_passes')
WRONG = '202000001'


async def test_the_number_of_a_persons_own_invoice_proves_the_code() -> None:
    await an_invoice()

    assert await outcome_of() == 'proven'


@pytest.mark.parametrize(
    ('newer', 'outcome'), [(0, 'proven'), (5, 'proven'), (6, 'invoice too old'), (9, 'invoice too old')]
)
async def test_the_last_six_invoices_prove_it(newer: int, outcome: str) -> None:
    invoice = await an_invoice()
    await newer_invoices(invoice.customer, newer)

    assert await outcome_of() == outcome


async def test_an_invoice_is_used_up_by_a_confirmed_registration() -> None:
    await an_invoice()
    await confirmed()

    assert await outcome_of(email='druga@primer.si') == 'invoice used up'


async def test_an_attempted_registration_uses_nothing_up() -> None:
    await an_invoice()
    await registered()

    assert await outcome_of(email='druga@primer.si') == 'proven'


async def test_an_invoice_of_another_person_proves_nothing() -> None:
    await an_invoice()
    await an_invoice('202000999', await a_customer('654321'))

    assert await outcome_of(payer_code='654321') == 'no such pair'


async def test_an_unknown_code_or_number_proves_nothing() -> None:
    await an_invoice()

    assert await outcome_of(payer_code='999999') == 'no such pair'
    assert await outcome_of(control_number=WRONG) == 'no such pair'


async def test_who_is_a_customer_no_longer_proves_nothing() -> None:
    await an_invoice()
    await Customer.all().update(gone_at=clock.now())

    assert await outcome_of() == 'no such pair'


async def test_all_causes_end_in_one_exception_that_tells_nothing() -> None:
    for n, cause in enumerate((gone, too_old, used_up, unknown, anothers)):
        await cause(f'20000{n}', f'20200000{n}')
    refusals = [
        await refusal_of(payer_code=f'20000{n}', control_number=f'20200000{n}', email=f'x{n}@primer.si')
        for n in range(5)
    ]

    assert {(type(refusal), refusal.args) for refusal in refusals} == {(ProofFailed, ())}
    tried = AttemptLog.filter(what='registration').exclude(outcome='proven')
    outcomes = await tried.order_by('id').values_list('outcome', flat=True)
    assert outcomes == ['no such pair', 'invoice too old', 'invoice used up', 'no such pair', 'no such pair']


async def test_a_failed_proof_leaves_nothing_but_its_count_and_its_log() -> None:
    await an_invoice()

    await refusal_of(control_number=WRONG)

    assert (await Account.all().count(), await Letter.all().count()) == (0, 0)
    assert {row.count for row in await Attempt.all()} == {1}
    [line] = await AttemptLog.all()
    assert (line.what, line.about, line.address, line.outcome) == (
        'registration', '123456', HOME.address, 'no such pair',
    )  # fmt: skip


async def test_a_code_stands_five_failures_a_day_from_wherever_they_come(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    for n in range(5):
        await refusal_of(by=Visitor(f'198.51.100.{n}'), control_number=WRONG)

    with pytest.raises(TooManyAttempts):
        await attempt()

    time_passes(days=1)
    assert await outcome_of() == 'proven'


async def test_a_used_up_budget_looks_alike_for_unknown_codes() -> None:
    await an_invoice()
    refusals = []
    for code in ('123456', '999999'):
        for n in range(5):
            await refusal_of(by=Visitor(f'198.51.100.{n}'), payer_code=code, control_number=WRONG)
        with pytest.raises(TooManyAttempts) as refusal:
            await attempt(payer_code=code)
        refusals.append(refusal.value.until)

    assert refusals[0] == refusals[1]


async def test_a_code_stands_fifteen_failures_a_month(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    for n in range(15):
        if n % 5 == 0:
            time_passes(days=1)
        await refusal_of(by=Visitor(f'198.51.100.{n}'), control_number=WRONG)
    time_passes(days=1)

    with pytest.raises(TooManyAttempts):
        await attempt()

    time_passes(days=27)
    assert await outcome_of() == 'proven'


async def test_an_address_stands_ten_failures_an_hour_and_thirty_a_day(time_passes: Callable[..., None]) -> None:
    for hour in range(3):
        for n in range(10):
            await refusal_of(payer_code=f'1{hour}00{n:02}', control_number=WRONG)
        with pytest.raises(TooManyAttempts):
            await attempt(payer_code='999999', control_number=WRONG)
        time_passes(hours=1)

    with pytest.raises(TooManyAttempts):
        await attempt(payer_code='999999', control_number=WRONG)
    await refusal_of(by=Visitor('198.51.100.4'), payer_code='999999', control_number=WRONG)


async def test_all_addresses_of_one_household_count_together(change_settings: Callable[..., Any]) -> None:
    change_settings(proofs_per_address_hour=2)
    for n in range(2):
        await refusal_of(by=Visitor(f'2001:db8:1:2::{n}'), payer_code=f'10000{n}')

    with pytest.raises(TooManyAttempts):
        await attempt(by=Visitor('2001:db8:1:2:ffff::1'), payer_code='999999')


async def test_without_a_fallback_the_installation_stands_so_many_failures_a_day(
    change_settings: Callable[..., Any],
) -> None:
    change_settings(proofs_per_day=3, fallback_proof='none')
    await an_invoice()
    for n in range(3):
        await refusal_of(by=Visitor(f'198.51.100.{n}'), payer_code=f'10000{n}')

    with pytest.raises(TooManyAttempts):
        await attempt()


async def test_staff_see_that_a_budget_was_used_up(change_settings: Callable[..., Any]) -> None:
    change_settings(proofs_per_day=1, fallback_proof='none')
    await refusal_of()

    with pytest.raises(TooManyAttempts):
        await attempt()

    assert (await AttemptLog.all().order_by('-id').first()).outcome == 'budget used up'


async def test_a_success_costs_nothing(change_settings: Callable[..., Any]) -> None:
    change_settings(proofs_per_address_hour=1, proofs_per_day=1)
    for n in range(3):
        await an_invoice(f'20200000{n}', await a_customer(f'10000{n}'))

    for n in range(3):
        await attempt(payer_code=f'10000{n}', control_number=f'20200000{n}', email=f'oseba{n}@primer.si')


async def test_parallel_guesses_do_not_overshoot() -> None:
    guesses = (attempt(by=Visitor(f'198.51.100.{n}'), control_number=f'20200{n:04}') for n in range(20))

    done = await all_at_once(*guesses)

    kinds = [type(result) for result in done]
    assert (kinds.count(ProofFailed), kinds.count(TooManyAttempts)) == (5, 15)


async def attempt(by: Visitor = HOME, **values: Any) -> str:
    return await register(a_registration(**values), challenge=a_challenge(), by=by)


async def refusal_of(by: Visitor = HOME, **values: Any) -> ProofFailed:
    with pytest.raises(ProofFailed) as refusal:
        await attempt(by, **values)
    return refusal.value


async def outcome_of(**values: Any) -> str:
    """What staff read about it; a proof that is accepted raises nothing."""
    done = await all_at_once(attempt(**values))
    line = await AttemptLog.all().order_by('-id').first()
    assert line
    assert isinstance(done[0], ProofFailed) == (line.outcome != 'proven')
    return line.outcome


async def gone(code: str, number: str) -> None:
    await an_invoice(number, await a_customer(code, gone_at=clock.now()))


async def too_old(code: str, number: str) -> None:
    customer = await a_customer(code)
    await an_invoice(number, customer)
    await newer_invoices(customer, 6)


async def used_up(code: str, number: str) -> None:
    await an_invoice(number, await a_customer(code))
    await confirmed(payer_code=code, control_number=number)


async def unknown(_code: str, _number: str) -> None:
    """Neither is in the database."""


async def anothers(code: str, number: str) -> None:
    await a_customer(code)
    await Invoice.filter(number='202000000').update(number=number)
