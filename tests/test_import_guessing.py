"""How well an invoice number follows from the payer code is measured with each import and told in words."""

import random
from pathlib import Path

import pytest

from domain.billing.guessing import FEWEST, Guessability, measured
from storage.models import ImportRun
from tests.billing import ALL_SAMPLES, customer, customers, imported, invoice, invoices

IN_ORDER = list(range(202_000_001, 202_000_301))


@pytest.mark.parametrize('numbers', [IN_ORDER, IN_ORDER[::-1]])
def test_numbers_in_order_are_guessed(numbers: list[int]) -> None:
    found = measured(numbers)

    assert found
    assert abs(found.correlation) == found.chance == 1.0
    assert 'within 5 tries. Set EPORTAL_SECOND_PROOF' in found.sentence.said_in('en')


@pytest.mark.parametrize(('numbers', 'chance'), [
    ([number * 3 for number in IN_ORDER], 1.0), ([number * 10 + number * 7 % 10 for number in IN_ORDER], 0.1),
])  # fmt: skip
def test_numbers_in_order_with_gaps_or_a_check_digit_are_guessed(numbers: list[int], chance: float) -> None:
    found = measured(numbers)

    assert found
    assert found.correlation == 1.0
    assert found.chance >= chance


def test_a_few_disorders_do_not_hide_an_order() -> None:
    numbers = IN_ORDER.copy()
    random.Random(1).shuffle(moved := numbers[::10])
    numbers[::10] = moved

    found = measured(numbers)

    assert found
    assert 0.7 < found.chance < 0.9


def test_numbers_in_no_order_are_not_guessed() -> None:
    random.Random(1).shuffle(numbers := IN_ORDER.copy())

    found = measured(numbers)

    assert found
    assert abs(found.correlation) < 0.2
    assert found.chance < 0.05
    assert 'a little' in Guessability(300, 0.1, 0.1).sentence.said_in('en')
    assert 'do not follow' in Guessability(300, 0.0, 0.01).sentence.said_in('en')


def test_too_few_say_nothing() -> None:
    assert measured(IN_ORDER[: FEWEST - 1]) is None
    assert measured([202_000_001] * FEWEST) is not None


@pytest.mark.usefixtures('billing', 'reading_here')
async def test_it_is_kept_with_the_run() -> None:
    run = await imported(*ALL_SAMPLES)

    assert (await ImportRun.get(id=run.id)).guessability == run.guessability
    assert run.guessability == {'invoices': 300, 'correlation': 0.98, 'chance': 0.996}


@pytest.mark.usefixtures('billing', 'reading_here')
async def test_it_is_that_of_the_newest_billing_run(tmp_path: Path) -> None:
    codes = [str(code) for code in range(200_001, 200_041)]
    random.Random(1).shuffle(numbers := list(range(202_000_001, 202_000_041)))
    newest = [invoice(str(number), code) for number, code in zip(numbers, codes, strict=True)]
    older = [invoice(str(201_000_001 + n), code).replace('2020', '2019', 1) for n, code in enumerate(codes)]
    older = [line.replace('31.01.2020', '31.12.2019') for line in older]
    single = invoice('203000001', codes[0]).replace('31.01.2020', '01.02.2020')

    run = await imported(customers(tmp_path, *map(customer, codes)), invoices(tmp_path, *older, *newest, single))

    assert run.guessability['invoices'] == 40
    assert abs(run.guessability['correlation']) < 0.5
