"""»Kaj bi se zgodilo«: staff learn why two numbers fail, at no cost to the customer and without any change."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain import control_numbers
from domain.form import Rejected
from domain.setting_types import FurtherProof
from domain.staff.what_if import Prospect, Trial, asked_now, what_if
from storage.models import (
    Account,
    Attempt,
    AttemptLog,
    AuditEvent,
    Customer,
    IssuedControlNumber,
    Letter,
    ParkedRegistration,
    RunState,
    Session,
)
from tests.test_customer_desk import fail
from tests.world import (
    CONTROL_NUMBER,
    NEWER,
    PAYER_CODE,
    a_customer,
    an_import,
    an_invoice,
    an_officer,
    confirmed,
    newer_invoices,
    registered,
)

pytestmark = pytest.mark.usefixtures('db')


async def tried(payer_code: str = PAYER_CODE, control_number: str = CONTROL_NUMBER, **more: str) -> tuple[bool, str]:
    by = await an_officer(name=f'Uradnik {await AuditEvent.all().count()}')
    prospect: Prospect = await what_if(by, Trial(payer_code=payer_code, control_number=control_number, **more))
    return prospect.would_work, ' '.join(sentence.said_in('en') for sentence in prospect.sentences)


async def test_a_free_code() -> None:
    await an_invoice()

    works, words = await tried('123 456', 'št. 202000876')

    assert works
    assert 'The code is free' in words


async def test_a_code_in_use_names_its_holder() -> None:
    customer = (await an_invoice()).customer
    await confirmed()
    await an_invoice('202000877', customer, issued_on=date(2020, 2, 28))

    words = (await tried(control_number='202000877'))[1]

    assert 'The code is in use, by ana@primer.si since' in words


async def test_a_registration_that_waits_already() -> None:
    await an_invoice()
    await registered()

    assert 'A registration of ana@primer.si waits already' in (await tried())[1]


async def test_a_number_newer_than_the_data() -> None:
    await an_invoice()

    works, words = await tried(control_number=NEWER)

    assert not works
    assert 'newer than our data' in words


async def test_a_number_that_is_too_old() -> None:
    customer = (await an_invoice()).customer
    await newer_invoices(customer, 6)

    assert await tried() == (False, 'This invoice is too old: only the last 6 invoices are accepted.')


async def test_a_number_that_is_used_up_says_by_whom() -> None:
    await an_invoice()
    await confirmed()

    works, words = await tried()

    assert not works
    assert 'The registration of ana@primer.si' in words


async def test_a_number_of_another_payer_says_whose() -> None:
    await an_invoice()
    await an_invoice('202000500', await a_customer('654321', name='Peter Kos'))

    assert 'belongs to another payer: Peter Kos (654321)' in (await tried(control_number='202000500'))[1]
    assert 'belongs to Peter Kos (654321)' in (await tried('111111', '202000500'))[1]


async def test_unknown_numbers() -> None:
    await an_invoice()

    assert 'Neither the payer code nor the number is known.' in (await tried('111111', '202000111'))[1]
    assert 'no invoice has this number' in (await tried(control_number='202000111'))[1]


async def test_an_invoice_of_an_import_that_is_going_on_is_not_known_yet() -> None:
    customer = (await an_invoice()).customer
    run = await an_import(state=RunState.APPLYING)
    await an_invoice('202000500', customer, came_with=run.id)
    await an_invoice('202000501', await a_customer('654321'), came_with=run.id)

    assert 'no invoice has this number' in (await tried(control_number='202000500'))[1]
    assert 'no invoice has this number' in (await tried(control_number='202000501'))[1]


async def test_issued_numbers_say_what_has_become_of_them(time_passes: Callable[..., None]) -> None:
    customer = (await an_invoice()).customer
    issued = await control_numbers.issue(customer)
    number = control_numbers.number(issued.id)

    assert (await tried(control_number=number))[0]
    time_passes(days=22)
    assert 'has expired' in (await tried(control_number=number))[1]
    await control_numbers.cancel(customer)
    assert 'withdrawn' in (await tried(control_number=number))[1]


async def test_what_else_is_asked_is_checked_where_it_is_given(change_settings: Callable[..., object]) -> None:
    change_settings(second_proof=FurtherProof.AMOUNT_DUE, fallback_proof=FurtherProof.NONE)
    await an_invoice()

    assert await asked_now(await an_officer()) == (FurtherProof.AMOUNT_DUE,)
    assert (await tried(amount_due='41,25'))[0]
    assert (await tried(amount_due='41,26')) == (False, 'The numbers belong together, but the amount due is wrong.')
    assert 'It was not checked.' in (await tried())[1]


async def test_a_used_up_budget_would_refuse_even_the_right_numbers() -> None:
    await an_invoice()
    await fail(5)

    works, words = await tried()

    assert not works
    assert 'Registration pauses until' in words


async def test_it_costs_nothing_and_changes_nothing_but_the_record() -> None:
    await an_invoice()
    tables: list[Any] = [Account, Attempt, AttemptLog, Letter, ParkedRegistration, Session, IssuedControlNumber]

    for number in (CONTROL_NUMBER, NEWER, '202000111') * 3:
        await tried(control_number=number)

    assert [await table.all().count() for table in tables] == [0] * len(tables)
    event = await AuditEvent.filter(what='numbers tried out').first()
    assert event
    assert event.about == f'customer:{(await Customer.get()).id}'
    assert '202000' not in str(event.detail)


@pytest.mark.parametrize('value', ['', '12', None, 5, ['123456'], 'x' * 2000])
async def test_what_no_invoice_can_have_is_rejected(value: Any) -> None:
    by = await an_officer()

    with pytest.raises(Rejected) as refusal:
        await what_if(by, Trial(payer_code=value, control_number=value))

    assert list(refusal.value.problems) == ['payer_code', 'control_number']
