"""What an installation asks beside the two numbers, and how people write it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from domain import clock, proof
from domain.form import Rejected, problem
from domain.further_proof import normal_amount, normal_metering_point, normal_tax_number
from domain.keys import tax_number_hash
from domain.proof import ProofFailed
from domain.registration import Registration, register
from domain.setting_types import FurtherProof
from storage.models import Account, Attempt, AttemptLog, Customer
from tests.world import (
    HOME,
    a_challenge,
    a_customer,
    a_metering_point,
    a_registration,
    an_invoice,
    registered,
)

AMOUNT, POINT, TAX = FurtherProof.AMOUNT_DUE, FurtherProof.METERING_POINT, FurtherProof.TAX_NUMBER
RIGHT = {AMOUNT: '41,25', POINT: 'OM-700000', TAX: '50223054'}
WRONG = {AMOUNT: '41,26', POINT: 'OM-700001', TAX: '15012557'}
each_kind = pytest.mark.parametrize('kind', [AMOUNT, POINT, TAX])
with_database = pytest.mark.usefixtures('db', 'time_passes')


@pytest.mark.parametrize(
    ('typed', 'amount'),
    [
        ('129,70', '129.70'), ('129,7', '129.70'), ('129.70', '129.70'), ('129', '129.00'), ('1.234,56', '1234.56'),
        ('1,234.56', '1234.56'), ('1.234', '1234.00'), ('1 234,56 €', '1234.56'), ('€129,70', '129.70'),
        ('12.345.678,9', '12345678.90'), ('129,70 EUR', '129.70'), ('\u200b129,70\u00a0', '129.70'), ('0', '0.00'),
        ('-12,30', '-12.30'), ('−12,30', '-12.30'), ('-0', '0.00'), ('０１２９,7', '129.70'),
    ],
)  # fmt: skip
def test_an_amount_is_understood_as_people_write_it(typed: str, amount: str) -> None:
    assert normal_amount(typed) == amount


@pytest.mark.parametrize('typed', ['abc', '12,345,6', '1.2.3', '129,', ',5', '12,3456', '--5', '1e5', '٣', '9' * 30])
def test_what_is_no_amount_is_told_how_to_write_one(typed: str) -> None:
    sentence = problem(Registration(amount_due=typed, asked=(AMOUNT,)), 'amount_due')

    assert sentence
    assert sentence.said_in('sl') == 'Znesek vpišite v evrih in centih, na primer 129,70.'


@pytest.mark.parametrize('typed', ['OM-700000', 'om 700 000', ' Om–700-000\u200b', 'OM700000'])
def test_a_metering_point_is_the_same_in_any_writing(typed: str) -> None:
    assert normal_metering_point(typed) == 'OM700000'


@pytest.mark.parametrize('typed', ['50223054', 'SI50223054', 'si 5022 3054', 'SI 5022-3054', '5022.3054'])
def test_a_tax_number_is_the_same_in_any_writing(typed: str) -> None:
    assert normal_tax_number(typed) == '50223054'


@pytest.mark.parametrize(
    ('typed', 'beginning'),
    [
        ('', 'Vpišite še davčno številko'), ('5022305', 'Davčna številka ima 8 števk'), ('5022305x', 'Davčna številka'),
        ('50223055', 'V davčni številki je napaka'), ('02230549', 'V davčni številki je napaka'),
    ],
)  # fmt: skip
def test_a_mistyped_tax_number_is_found_out_at_the_form(typed: str, beginning: str) -> None:
    sentence = problem(Registration(tax_number=typed, asked=(TAX,)), 'tax_number')

    assert sentence
    assert sentence.said_in('sl').startswith(beginning)


@pytest.mark.parametrize('typed', ['Starj ulica', 'x' * 41 + '1'])
def test_what_cannot_be_a_metering_point_is_found_out_at_the_form(typed: str) -> None:
    assert problem(Registration(metering_point=typed, asked=(POINT,)), 'metering_point')


@each_kind
def test_what_is_not_asked_is_passed_over(kind: FurtherProof) -> None:
    assert problem(Registration(**{kind.value: 'kar koli'}), kind) is None
    assert problem(Registration(), kind) is None
    assert problem(Registration(asked=(kind,)), kind)


@with_database
async def test_nothing_more_is_asked_unless_somebody_wants_it() -> None:
    assert await proof.asked() == ()


@with_database
@each_kind
async def test_everybody_is_asked_for_the_second_proof(kind: FurtherProof, change_settings: Callable[..., Any]) -> None:
    asking(change_settings, kind)
    await a_payer()

    with pytest.raises(Rejected) as refusal:
        await attempt()

    assert await proof.asked() == (kind,)
    assert list(refusal.value.problems) == [kind]
    assert await Attempt.all().count() == 0


@with_database
@each_kind
async def test_the_right_second_proof_opens(kind: FurtherProof, change_settings: Callable[..., Any]) -> None:
    asking(change_settings, kind)
    await a_payer()

    await registered(**{kind.value: RIGHT[kind]})

    assert sorted(row.count for row in await Attempt.all()) == [0] * 5 + [1] * 3  # proofs, letters
    assert await outcomes() == ['proven']


@with_database
@each_kind
async def test_a_wrong_second_proof_is_a_failed_proof(kind: FurtherProof, change_settings: Callable[..., Any]) -> None:
    asking(change_settings, kind)
    await a_payer()

    with pytest.raises(ProofFailed) as refusal:
        await attempt(**{kind.value: WRONG[kind]})

    assert refusal.value.args == ()
    assert await outcomes() == ['second proof wrong']
    assert {row.count for row in await Attempt.all()} == {1}
    assert await Account.all().count() == 0


@with_database
@each_kind
async def test_a_second_proof_alone_proves_nothing(kind: FurtherProof, change_settings: Callable[..., Any]) -> None:
    asking(change_settings, kind)
    await a_payer()

    with pytest.raises(ProofFailed):
        await attempt(control_number='202000001', **{kind.value: RIGHT[kind]})

    assert await outcomes() == ['no such pair']


@with_database
async def test_any_metering_point_of_the_payer_will_do_unless_it_is_gone(change_settings: Callable[..., Any]) -> None:
    asking(change_settings, POINT)
    customer = await a_payer()
    await a_metering_point('om 7-2', customer)
    await a_metering_point('OM-73', customer, gone_at=clock.now())
    await a_metering_point('OM-74', await a_customer('654321'))

    await registered(metering_point='OM72')
    for others in ('OM-73', 'OM-74'):
        with pytest.raises(ProofFailed):
            await attempt(metering_point=others)


@with_database
async def test_a_payer_whose_tax_number_nobody_knows_cannot_prove_it(change_settings: Callable[..., Any]) -> None:
    asking(change_settings, TAX)
    await a_payer()
    await Customer.all().update(tax_number_hmac=None)

    with pytest.raises(ProofFailed):
        await attempt(tax_number=RIGHT[TAX])


@with_database
async def test_the_amount_is_that_of_the_same_invoice(change_settings: Callable[..., Any]) -> None:
    asking(change_settings, AMOUNT)
    customer = await a_payer()
    await an_invoice('202000877', customer, amount=Decimal('50.00'))

    with pytest.raises(ProofFailed):
        await attempt(amount_due='50,00')
    await registered(control_number='202000877', amount_due='50')


@with_database
async def test_what_a_page_claims_to_be_asked_is_not_believed(change_settings: Callable[..., Any]) -> None:
    asking(change_settings, AMOUNT)
    await a_payer()

    for claimed in ((), (TAX,), (POINT, TAX)):
        with pytest.raises(Rejected) as refusal:
            await attempt(asked=claimed, tax_number=RIGHT[TAX], metering_point=RIGHT[POINT])
        assert list(refusal.value.problems) == ['amount_due']


def asking(change_settings: Callable[..., Any], kind: FurtherProof) -> None:
    change_settings(second_proof=kind, fallback_proof='none')


async def a_payer() -> Customer:
    """Of whom everything is known."""
    customer = await a_customer(tax_number_hmac=tax_number_hash(RIGHT[TAX]), tax_number_ending='054')
    await an_invoice(customer=customer)
    await a_metering_point(RIGHT[POINT], customer)
    return customer


async def attempt(**values: Any) -> str:
    return await register(a_registration(**values), challenge=a_challenge(), by=HOME)


async def outcomes() -> list[str]:
    return [line.outcome for line in await AttemptLog.all().order_by('id')]
