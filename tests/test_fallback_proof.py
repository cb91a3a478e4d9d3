"""The budget of failed proofs is used up: everybody is asked for something more, and nobody is shut out."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from domain import proof
from domain.form import Rejected, TooManyAttempts
from domain.keys import tax_number_hash
from domain.proof import ProofFailed
from domain.registration import register
from domain.setting_types import FurtherProof
from domain.visitor import Visitor
from storage.models import Account, Invoice
from tests.world import HOME, a_challenge, a_customer, a_registration, all_at_once, an_invoice, registered

pytestmark = pytest.mark.usefixtures('db', 'time_passes')
AMOUNT, TAX = FurtherProof.AMOUNT_DUE, FurtherProof.TAX_NUMBER
TAX_NUMBER = '50223054'


async def test_once_somebody_guesses_everybody_is_asked_for_the_fallback_until_the_day_is_over(
    change_settings: Callable[..., Any], time_passes: Callable[..., None]
) -> None:
    change_settings(proofs_per_day=3)
    await an_invoice()
    await guesses(3)

    assert await proof.asked() == (AMOUNT,)
    with pytest.raises(Rejected) as refusal:
        await attempt()
    assert list(refusal.value.problems) == ['amount_due']
    await registered(amount_due='41,25')

    time_passes(days=1)
    assert await proof.asked() == ()
    await registered(email='drugje@primer.si')


async def test_the_fallback_comes_on_top_of_the_second_proof(change_settings: Callable[..., Any]) -> None:
    change_settings(proofs_per_day=1, second_proof='tax_number')
    await an_invoice(customer=await a_customer(tax_number_hmac=tax_number_hash(TAX_NUMBER)))
    with pytest.raises(ProofFailed):
        await attempt(by=Visitor('198.51.100.1'), payer_code='100000', tax_number=TAX_NUMBER)

    assert await proof.asked() == (TAX, AMOUNT)
    with pytest.raises(ProofFailed):
        await attempt(tax_number=TAX_NUMBER, amount_due='1,00')
    await registered(tax_number=TAX_NUMBER, amount_due='41,25')


async def test_with_the_fallback_asked_codes_and_addresses_keep_their_budgets(
    change_settings: Callable[..., Any],
) -> None:
    change_settings(proofs_per_day=1)
    await an_invoice()
    await guesses(1)

    for n in range(5):
        with pytest.raises(ProofFailed):
            await attempt(by=Visitor(f'198.51.100.{n}'), amount_due=f'{n},00')
    with pytest.raises(TooManyAttempts):
        await attempt(amount_due='41,25')
    for n in range(10):
        with pytest.raises(ProofFailed):
            await attempt(payer_code=f'20000{n}', amount_due='1')
    with pytest.raises(TooManyAttempts):
        await attempt(payer_code='300000', amount_due='1')


async def test_guessing_at_once_does_not_slip_through_without_the_fallback(
    change_settings: Callable[..., Any],
) -> None:
    """The page asked for nothing, and neither did the first look: what counts is decided behind the counter's lock."""
    change_settings(proofs_per_day=5)
    guessing = (attempt(by=Visitor(f'198.51.100.{n}'), payer_code=f'1000{n}') for n in range(10, 30))

    done = await all_at_once(*guessing)

    kinds = [type(result) for result in done]
    assert (kinds.count(ProofFailed), kinds.count(Rejected)) == (5, 15)


async def test_staff_are_told_that_the_fallback_is_asked(
    change_settings: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    change_settings(proofs_per_day=2)

    await guesses(2)

    [line] = [line for line in capsys.readouterr().out.splitlines() if 'whole installation' in line]
    assert 'error' in line
    assert 'amount_due' in line


async def test_an_attacker_never_gets_in_and_shuts_nobody_out(change_settings: Callable[..., Any]) -> None:
    """Both sides at once: somebody guesses numbers and amounts all day long, and honest people register meanwhile."""
    change_settings(proofs_per_day=20, letters_per_hour=1000)
    people = [(f'2000{n}', f'2020001{n}', Decimal(n) + Decimal('0.37')) for n in range(10, 30)]
    for code, number, amount in people:
        await an_invoice(number, await a_customer(code), amount=amount)
    await guesses(20)

    attacks, honest = [], []
    for n, (code, number, amount) in enumerate(people):
        robber = Visitor(f'203.0.113.{n}')
        for guess in range(4):  # every second time he even holds the right number
            control_number = number if guess % 2 else f'2020001{(n + guess) % 20 + 10}'
            amount_due = f'{guess + 1},37' if guess else ''
            attacks.append(attempt(robber, payer_code=code, control_number=control_number, email=f'r{n}.{guess}@e.si',
                                   amount_due=amount_due))  # fmt: skip
        honest.append(attempt(Visitor(f'198.18.0.{n}'), payer_code=code, control_number=number, email=f'o{n}@primer.si',
                              amount_due=str(amount).replace('.', ',')))  # fmt: skip
    work = [one for n in range(20) for one in (*attacks[4 * n : 4 * n + 4], honest[n])]

    done = await all_at_once(*work)

    assert {type(result) for n, result in enumerate(done) if n % 5 < 4} == {ProofFailed, Rejected}
    assert [result for n, result in enumerate(done) if n % 5 == 4 and not isinstance(result, str)] == []
    assert {account.email[0] for account in await Account.all()} == {'o'}


async def guesses(how_many: int) -> None:
    """Failed proofs, each of another code from another address; a high invoice, so that none is parked."""
    if not await Invoice.filter(number='999999999').exists():
        await an_invoice('999999999', await a_customer('999999'))
    for n in range(how_many):
        with pytest.raises(ProofFailed):
            await attempt(Visitor(f'198.51.100.{n}'), payer_code=f'1000{n:02}', control_number='202000001')


async def attempt(by: Visitor = HOME, **values: Any) -> str:
    return await register(a_registration(**values), challenge=a_challenge(), by=by)
