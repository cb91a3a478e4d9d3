"""The link in an answer (manual, 1.2): opens the registration filled in, and nothing more is asked there."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import control_numbers, links
from domain.form import Rejected
from domain.proof import ProofFailed
from storage.models import Attempt, AttemptLog, Customer, IssuedControlNumber
from tests.test_control_numbers import attempt, customer, issued, outcomes, typed
from tests.world import a_customer, an_invoice, confirmed, registered

__all__ = ['customer', 'issued']
pytestmark = pytest.mark.usefixtures('time_passes')


@pytest.mark.parametrize('kind', ['amount_due', 'metering_point', 'tax_number'])
async def test_whoever_opened_the_link_is_asked_nothing_more(
    kind: str, issued: IssuedControlNumber, change_settings: Callable[..., Any]
) -> None:
    change_settings(second_proof=kind, fallback_proof='none')

    await registered(control_number=f' {typed(issued)} ', invitation=links.token(issued.id))

    assert await outcomes() == ['proven']


async def test_without_the_link_a_missing_proof_tells_no_number_from_another(
    issued: IssuedControlNumber, change_settings: Callable[..., Any]
) -> None:
    change_settings(second_proof='amount_due', fallback_proof='none')
    await an_invoice('999999999', await a_customer('654321'))

    for invitation in ('', 'x' * 43, links.token(issued.id)[:-1] + '-', None, 7, ['x']):
        for number in (typed(issued), '100000001'):
            with pytest.raises(Rejected) as rejection:
                await attempt(control_number=number, invitation=invitation)
            assert list(rejection.value.problems) == ['amount_due']
    assert (await Attempt.all().count(), await AttemptLog.all().count()) == (0, 0)

    with pytest.raises(ProofFailed):
        await attempt(control_number='100000001', amount_due='1')
    await attempt(control_number=typed(issued), amount_due='1')  # staff have checked who this is


async def test_the_link_helps_with_its_own_two_numbers_only(
    issued: IssuedControlNumber, change_settings: Callable[..., Any]
) -> None:
    change_settings(second_proof='amount_due', fallback_proof='none')
    await an_invoice(customer=await a_customer('654321'))

    with pytest.raises(Rejected) as rejection:
        await attempt(payer_code='654321', control_number='202000876', invitation=links.token(issued.id))

    assert list(rejection.value.problems) == ['amount_due']


@pytest.mark.parametrize('ended', ['used', 'cancelled', 'expired'])
async def test_the_link_ends_with_its_number(
    ended: str, issued: IssuedControlNumber, customer: Customer, time_passes: Callable[..., None]
) -> None:
    assert await control_numbers.invited(links.token(issued.id))

    if ended == 'used':
        await confirmed(control_number=typed(issued))
    elif ended == 'cancelled':
        await control_numbers.cancel(customer)
    else:
        time_passes(days=21)

    assert await control_numbers.invited(links.token(issued.id)) is None
