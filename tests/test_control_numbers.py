"""A control number that staff issued (manual, 1.2): good in the ordinary field, once, and for one payer."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import control_numbers, links
from domain.activation import activate
from domain.form import TooManyAttempts
from domain.links import LinkState
from domain.proof import ProofFailed
from domain.registration import register
from domain.visitor import Visitor
from storage.models import (
    Access,
    AccessState,
    Account,
    Attempt,
    AttemptLog,
    Customer,
    Invoice,
    IssuedControlNumber,
    ParkedRegistration,
)
from tests.world import (
    HOME,
    a_challenge,
    a_customer,
    a_registration,
    all_at_once,
    an_import,
    an_invoice,
    confirmed,
    registered,
    token_in,
)

pytestmark = pytest.mark.usefixtures('time_passes')


@pytest.fixture
async def customer(db: None) -> Customer:
    """Without any invoice."""
    return await a_customer()


@pytest.fixture
async def issued(customer: Customer) -> IssuedControlNumber:
    return await control_numbers.issue(customer)


async def test_it_opens_the_registration_like_an_invoice(issued: IssuedControlNumber) -> None:
    await registered(control_number=typed(issued))

    access = await Access.get()
    assert (access.state, access.proven_by_id, access.proven_by_issued_id) == (AccessState.PENDING, None, issued.id)
    assert await outcomes() == ['proven']
    assert {row.count for row in await Attempt.exclude(count=1)} == {0}


async def test_it_is_as_long_as_an_invoice_number_and_never_a_real_one(customer: Customer) -> None:
    numbers = set()
    for _n in range(50):
        numbers.add(typed(await control_numbers.issue(customer)))
    [clash] = list(numbers)[:1]
    await an_invoice(clash, customer)

    later = {typed(await control_numbers.issue(customer)) for _n in range(50)}

    assert len(numbers) == 50
    assert all(len(number) == 9 and number.isdigit() and number[0] != '0' for number in numbers | later)
    assert clash not in later


async def test_a_number_that_an_invoice_has_is_drawn_again(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = ['202000876', '202000877']
    await an_invoice('202000876', customer)
    monkeypatch.setattr(control_numbers, 'number', lambda _identity: drawn.pop(0) if len(drawn) > 1 else drawn[0])

    await control_numbers.issue(customer)

    assert (await IssuedControlNumber.get()).number_hash == control_numbers.number_hash('123456', '202000877')


async def test_it_is_kept_as_a_hash_with_its_payer_code(issued: IssuedControlNumber) -> None:
    kept = repr(await IssuedControlNumber.all().values())

    assert typed(issued) not in kept
    assert links.token(issued.id) not in kept
    assert control_numbers.number_hash('654321', typed(issued)) != issued.number_hash


async def test_the_confirmation_uses_it_up(issued: IssuedControlNumber) -> None:
    session = await confirmed(control_number=typed(issued))

    row = await IssuedControlNumber.get()
    assert (row.spent_by_id, row.used_at is None) == (session.account.id, False)
    assert await refusal(email='drugi@primer.si', control_number=typed(issued)) == 'issued number used up'


async def test_of_two_registrations_only_the_confirmed_one_spends_it(issued: IssuedControlNumber) -> None:
    await registered(email='prvi@primer.si', control_number=typed(issued))
    await registered(email='drugi@primer.si', control_number=typed(issued))
    assert (await IssuedControlNumber.get()).used_at is None

    first, second = await token_in('prvi@primer.si'), await token_in('drugi@primer.si')

    assert await activate(first) == LinkState.REPLACED
    assert await activate(second) == LinkState.LIVE
    assert (await IssuedControlNumber.get()).spent_by_id == (await Account.get(email='drugi@primer.si')).id


async def test_it_expires_after_three_weeks(issued: IssuedControlNumber, time_passes: Callable[..., None]) -> None:
    time_passes(days=20, hours=23, minutes=59)
    await registered(control_number=typed(issued))

    time_passes(minutes=1)

    assert await refusal(email='drugi@primer.si', control_number=typed(issued)) == 'issued number expired'


async def test_a_newer_one_cancels_it(issued: IssuedControlNumber, customer: Customer) -> None:
    newer = await control_numbers.issue(customer)

    assert await refusal(control_number=typed(issued)) == 'issued number cancelled'
    await registered(control_number=typed(newer))


async def test_it_is_good_for_its_own_payer_only(issued: IssuedControlNumber) -> None:
    await a_customer('654321')

    assert await refusal(payer_code='654321', control_number=typed(issued)) == 'no such pair'


async def test_who_is_a_customer_no_longer_cannot_use_it(issued: IssuedControlNumber) -> None:
    await Customer.all().update(gone_at=issued.issued_at)

    assert await refusal(control_number=typed(issued)) == 'no such pair'


async def test_all_endings_fail_alike(customer: Customer, time_passes: Callable[..., None]) -> None:
    cancelled = await control_numbers.issue(customer)
    used = await control_numbers.issue(customer)
    await confirmed(control_number=typed(used))
    expired = await control_numbers.issue(await a_customer('222222'))
    time_passes(days=21)
    codes = ['123456', '123456', '222222']

    done = [
        *await all_at_once(*(attempt(payer_code=code, control_number=typed(row)) for code, row in zip(
            codes, (cancelled, used, expired), strict=True))),
        *await all_at_once(attempt(payer_code='333333', control_number='100000001')),
    ]  # fmt: skip

    assert {(type(result), result.args) for result in done} == {(ProofFailed, ())}


async def test_it_is_never_parked_though_it_is_higher_than_all(
    customer: Customer, issued: IssuedControlNumber, time_passes: Callable[..., None]
) -> None:
    await an_invoice('100000000', await a_customer('654321'))
    await an_import()

    await registered(control_number=typed(issued))
    time_passes(days=21)

    assert await refusal(email='x@primer.si', control_number=typed(issued)) == 'issued number expired'
    assert await ParkedRegistration.all().count() == 0
    await registered(email='y@primer.si', control_number='999999999')
    assert await ParkedRegistration.all().count() == 1


async def test_a_wrong_number_costs_what_it_costs_everybody(issued: IssuedControlNumber) -> None:
    await an_invoice('999999999', await a_customer('654321'))
    for n in range(5):
        with pytest.raises(ProofFailed):
            await attempt(Visitor(f'198.51.100.{n}'), control_number=f'10000000{n}')

    with pytest.raises(TooManyAttempts):
        await attempt(control_number=typed(issued))


async def test_a_code_in_use_gets_the_letter_that_says_so(customer: Customer) -> None:
    await an_invoice(customer=customer)
    await confirmed()
    later = await control_numbers.issue(customer)

    await registered(email='drugi@primer.si', control_number=typed(later))

    access = await Access.get(account__email='drugi@primer.si')
    assert (access.state, access.proven_by_issued_id) == (AccessState.HELD, later.id)
    assert (await IssuedControlNumber.get()).used_at is None
    assert (await Invoice.get()).spent_by_id


def typed(issued: IssuedControlNumber) -> str:
    return control_numbers.number(issued.id)


async def attempt(by: Visitor = HOME, **values: Any) -> str:
    return await register(a_registration(**values), challenge=a_challenge(), by=by)


async def refusal(**values: Any) -> str:
    """What staff read about it."""
    with pytest.raises(ProofFailed) as refused:
        await attempt(**values)
    assert refused.value.args == ()
    return (await outcomes())[-1]


async def outcomes() -> list[str]:
    return [line.outcome for line in await AttemptLog.filter(what='registration').order_by('id')]
