"""What a proof rests on: only what can be seen, asked in the same words whatever comes of it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from domain.proof import Claim, ProofFailed, judge
from domain.visitor import Visitor
from storage.models import ImportRun, Invoice, RunState
from storage.proof import look_up
from tests.test_proof import anothers, gone, too_old, unknown, used_up
from tests.world import NEWER, a_customer, an_import, an_invoice, newer_invoices, parked, registered

pytestmark = pytest.mark.usefixtures('db', 'time_passes')


@pytest.mark.parametrize('state', [RunState.APPLYING, RunState.FAILED, RunState.REFUSED])
async def test_invoices_of_an_import_that_is_not_applied_prove_nothing(state: RunState) -> None:
    run = await an_import(state=state)
    await an_invoice('202000999', (await an_invoice()).customer, came_with=run.id)
    await an_invoice('202009999', await a_customer('654321'))

    assert await outcome('202000999') == 'no such pair'
    await ImportRun.all().update(state=RunState.APPLIED)
    assert await outcome('202000999') == 'proven'


async def test_invoices_of_an_import_that_is_not_applied_make_none_too_old() -> None:
    run = await an_import(state=RunState.APPLYING)
    customer = (await an_invoice()).customer
    await newer_invoices(customer, 6)
    await Invoice.exclude(number='202000876').update(came_with=run.id)

    assert await outcome('202000876') == 'proven'
    await ImportRun.all().update(state=RunState.APPLIED)
    assert await outcome('202000876') == 'invoice too old'


async def test_it_tells_by_which_import_it_knows() -> None:
    await an_invoice()
    assert (await look_up('123456', '202000876')).newest_run is None

    run = await an_import()
    await an_import(state=RunState.APPLYING)

    assert (await look_up('123456', '202000876')).newest_run == run.id


@pytest.mark.parametrize('second_proof', ['none', 'metering_point', 'amount_due', 'tax_number'])
async def test_all_causes_of_a_failure_ask_the_database_the_same(
    second_proof: str, change_settings: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    for n, cause in enumerate((gone, too_old, used_up, unknown, anothers)):
        await cause(f'20000{n}', f'20200000{n}')
    await an_invoice('202000005', await a_customer('200005'))
    change_settings(second_proof=second_proof, fallback_proof='none')
    further = {'metering_point': 'X1', 'amount_due': '1', 'tax_number': '15012557'}

    asked = []
    for n in range(5 + (second_proof != 'none')):
        with questions(caplog) as heard, pytest.raises(ProofFailed):
            await registered(
                payer_code=f'20000{n}', control_number=f'20200000{n}', by=Visitor(f'198.51.100.{n}'), **further
            )
        asked.append(heard)

    assert len(asked[0]) > 10
    assert all(heard == asked[0] for heard in asked)


async def test_a_parked_number_asks_the_database_the_same_for_known_and_unknown_codes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await an_invoice()
    asked = []
    for n, code in enumerate(('123456', '999999')):
        with questions(caplog) as heard:
            await parked(payer_code=code, control_number=NEWER, email=f'oseba{n}@primer.si')
        asked.append(heard)

    assert len(asked[0]) > 10
    assert asked[0] == asked[1]


@contextmanager
def questions(caplog: pytest.LogCaptureFixture) -> Iterator[list[object]]:
    """The statements meanwhile, without their values."""
    heard: list[object] = []
    caplog.clear()
    with caplog.at_level(logging.DEBUG, 'tortoise.db_client'):
        yield heard
    heard += [record.args[0] for record in caplog.records if isinstance(record.args, tuple)]


async def outcome(control_number: str) -> str:
    return (await judge(Claim('123456', control_number, {}), ())).outcome
