"""The registration doctor: finding customers, opening them on record, what is wrong with each."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from domain import clock
from domain.folding import folded
from domain.proof import ProofFailed
from domain.registration import register
from domain.staff.customers import File, Found, Purpose, found, nobodys_code, opened, seen_again, usual_purpose
from domain.staff.diagnosis import Deed
from domain.staff.listing import Look
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from domain.staff.standing import Shown
from domain.visitor import Visitor
from storage.models import Access, AccessState, AuditEvent, Customer, Letter, RunState, StaffSession
from tests.world import (
    CONTROL_NUMBER,
    PAYER_CODE,
    a_challenge,
    a_customer,
    a_metering_point,
    a_registration,
    an_account,
    an_import,
    an_invoice,
    an_officer,
    parked,
    registered,
)

pytestmark = pytest.mark.usefixtures('db')

WRONG = '202000111'


async def somebody(payer_code: str, name: str, address: str = 'Na Žago 5, Preserje', **columns: Any) -> Customer:
    key = folded(f'{name} {address}')
    return await a_customer(payer_code, name=name, address=address, search_key=key, **columns)


async def rows(by: Officer, typed: str) -> list[Found]:
    return (await found(by, typed, Look())).rows


async def file_of(by: Officer, payer_code: str = PAYER_CODE) -> File:
    customer = await Customer.get(payer_code=payer_code)
    return await opened(by, customer.id, Purpose.PHONE)


async def diagnosis(by: Officer) -> tuple[str, Deed | None]:
    found = (await file_of(by)).diagnosis
    return ' '.join(sentence.said_in('en') for sentence in found.sentences), found.deed


async def with_letter(**columns: object) -> None:
    """The newest one."""
    letter = await Letter.all().order_by('-id').first()
    assert letter
    await Letter.filter(id=letter.id).update(**columns)


async def fail(times: int = 1, **values: Any) -> None:
    for n in range(times):
        given = a_registration(**{'control_number': WRONG, **values})
        with pytest.raises(ProofFailed):
            await register(given, challenge=a_challenge(), by=Visitor(f'198.51.100.{n}'))


@pytest.mark.parametrize(
    'typed', ['123456', '1234', 'cusin', 'ČUŠIN', 'cusin zago', 'Žago  čuš', 'ana@PRIMER', '202000876', 'om-700000',
              'OM 700000', 'billing@primer.si'],
)  # fmt: skip
async def test_a_customer_is_found_by_whatever_is_known_of_him(typed: str) -> None:
    by = await an_officer()
    customer = await somebody(PAYER_CODE, 'Čušin d.o.o.', email='Billing@primer.si')
    await an_invoice(CONTROL_NUMBER, customer)
    await a_metering_point('OM-700000', customer)
    await somebody('999999', 'Nekdo Drug', 'Tržaška 1')
    await registered()

    assert [row.payer_code for row in await rows(by, typed)] == [PAYER_CODE]


@pytest.mark.parametrize('typed', ['%', '%%', '__', '%_%', '@%', 'a', '', "' OR 1=1--", '\\\\', '%@', '_@primer.si'])
async def test_wildcards_and_quotes_find_nobody(typed: str) -> None:
    by = await an_officer()
    await somebody(PAYER_CODE, 'Ana Novak', email='ana@primer.si')

    assert await rows(by, typed) == []


@pytest.mark.parametrize('typed', [None, 5, ['novak'], {'a': 1}, True])
async def test_what_nobody_can_have_typed_finds_nobody(typed: Any) -> None:
    by = await an_officer()
    await somebody(PAYER_CODE, 'Ana Novak')

    assert await rows(by, typed) == []


async def test_a_customer_of_an_import_that_is_still_going_on_is_not_found() -> None:
    by = await an_officer()
    run = await an_import(state=RunState.APPLYING)
    new = await somebody(PAYER_CODE, 'Ana Novak', gone_at=clock.now(), came_with=run.id)
    await somebody('123457', 'Ana Novak', gone_at=clock.now())

    assert [(row.payer_code, row.is_gone) for row in await rows(by, 'novak')] == [('123457', True)]
    with pytest.raises(NotPossible):
        await opened(by, new.id, Purpose.PHONE)


async def test_the_list_says_how_each_access_stands() -> None:
    by = await an_officer()
    people = [await somebody(f'10000{n}', f'Novak {n}') for n in range(6)]
    wanted = {1: AccessState.PENDING, 2: AccessState.ACTIVE, 3: AccessState.HELD, 4: AccessState.ACTIVE}
    for n, state in wanted.items():
        account = await an_account(f'{n}@primer.si', frozen_at=clock.now() if n == 4 else None)
        await Access.create(account=account, customer=people[n], state=state, since=clock.now())
    await an_invoice()
    await parked(payer_code='100005')

    states = [row.access for row in await rows(by, 'novak')]

    assert states == [Shown.NONE, Shown.WAITING, Shown.ACTIVE, Shown.HELD, Shown.FROZEN, Shown.PARKED]


async def test_twenty_thousand_customers_are_searched_while_somebody_types() -> None:
    by = await an_officer()
    await Customer.bulk_create(
        [Customer(payer_code=str(200_000 + n), name=f'Žan {n}', address='A', search_key=f'zan {n} ulica') for n in
         range(20_000)]
    )  # fmt: skip

    for typed in ('zan', 'zan 19', '2000', '202000876', 'nekdo@primer.si'):
        began = time.perf_counter()
        listing = await found(by, typed, Look(page=2))
        assert time.perf_counter() - began < 0.5, typed
        assert len(listing.rows) <= 25


async def test_a_code_that_nobody_has_is_known_once_somebody_has_tried_it() -> None:
    by = await an_officer()
    await an_invoice()

    assert await nobodys_code(by, '999777') is None
    await fail(payer_code='999777')

    assert await nobodys_code(by, '999 777') == '999777'
    assert await nobodys_code(by, PAYER_CODE) is None


async def test_each_opening_is_one_event_with_its_purpose() -> None:
    by = await an_officer()
    customer = await a_customer()

    assert await usual_purpose(by) == Purpose.PHONE
    await opened(by, customer.id, Purpose.COMPLAINT)
    await seen_again(by, customer.id)

    [event] = await AuditEvent.filter(what='customer opened')
    assert (event.actor, event.about) == (by.actor, f'customer:{customer.id}')
    assert event.detail == {'purpose': 'complaint'}
    assert await usual_purpose(by) == Purpose.COMPLAINT


async def test_the_purpose_of_a_former_session_is_forgotten(time_passes: Callable[..., None]) -> None:
    by = await an_officer()
    customer = await a_customer()
    await opened(by, customer.id, Purpose.COMPLAINT)
    time_passes(hours=1)
    other = await an_officer(name='Nov Dan')
    again = Officer(by.staff_id, other.session_id, by.name, by.role, by.address, by.language)
    await StaffSession.filter(id=other.session_id).update(staff_id=by.staff_id)

    assert await usual_purpose(again) == Purpose.PHONE


async def test_nobody_sees_a_customer_whom_he_has_not_opened() -> None:
    by = await an_officer()
    customer = await a_customer()

    with pytest.raises(NotPossible):
        await seen_again(by, customer.id)


async def test_the_tax_number_is_masked() -> None:
    by = await an_officer()
    await a_customer(tax_number_ending='069', tax_number_hmac='x' * 64)

    assert (await file_of(by)).tax_number == '•••••069'


async def test_a_customer_who_has_done_nothing_is_well() -> None:
    by = await an_officer()
    await an_invoice()

    file = await file_of(by)

    assert file.diagnosis.is_well
    assert file.diagnosis.deed is None
    assert [known.is_accepted for known in file.invoices] == [True]


async def test_a_customer_without_an_invoice_needs_a_control_number() -> None:
    by = await an_officer()
    await a_customer()

    assert (await diagnosis(by))[1] == Deed.ISSUE
