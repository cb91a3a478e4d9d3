"""What staff do for a customer: each deed helps, is on record, and is refused to everybody else."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import clock
from domain.check_mail import NewAddress
from domain.form import Rejected, TooManyAttempts
from domain.settings import settings
from domain.sign_in import WrongNameOrPassword
from domain.staff import access_deeds, customer_deeds, customers, letters_desk, timeline, what_if
from domain.staff.customer_deeds import Way
from domain.staff.customers import Purpose, opened
from domain.staff.letters_desk import take_back
from domain.staff.listing import Look
from domain.staff.not_possible import NotPossible
from domain.staff.permission import NotAllowed, Officer, Stranger
from domain.staff.what_if import Trial
from storage.models import (
    Account,
    AuditEvent,
    Customer,
    IssuedControlNumber,
    Letter,
    LetterState,
    Link,
)
from tests.test_customer_desk import fail, with_letter
from tests.world import (
    PASSWORD,
    PAYER_CODE,
    a_customer,
    an_invoice,
    an_officer,
    confirmed,
    parked,
    registered,
    signed_in,
    token_in,
)

pytestmark = pytest.mark.usefixtures('db')

FORM, LOOK = NewAddress(email='nova@primer.si'), Look()
SERVICES: list[tuple[Any, ...]] = [
    (customers.found, 'novak', LOOK), (customers.nobodys_code, '999999'), (customers.usual_purpose,),
    (customers.opened, 1, Purpose.PHONE), (customers.seen_again, 1), (timeline.timeline, 1),
    (timeline.timeline_of_code, '999999', Purpose.PHONE), (what_if.asked_now,), (what_if.what_if, Trial()),
    (customer_deeds.send_again, 1), (customer_deeds.correct_address, 1, FORM), (customer_deeds.lift_pause, 1),
    (customer_deeds.issue_number, 1, Way.SHOWN), (customer_deeds.withdraw_number, 1), (access_deeds.freeze, 1),
    (access_deeds.unfreeze, 1), (access_deeds.end_sessions, 1), (access_deeds.close, 1),
    (letters_desk.letters, 'all', '', LOOK), (letters_desk.stuck,), (letters_desk.send_again, 1),
    (letters_desk.take_back, 1),
]  # fmt: skip
DEEDS: list[tuple[Any, ...]] = [service for service in SERVICES if service[0].__module__.endswith('_deeds')]


async def officer_with(customer: Customer) -> Officer:
    """Somebody of the staff who has opened this customer."""
    by = await an_officer()
    await opened(by, customer.id, Purpose.PHONE)
    return by


async def recorded(what: str) -> AuditEvent:
    [event] = await AuditEvent.filter(what=what)
    return event


async def somebody_waits() -> tuple[Officer, Customer]:
    customer = (await an_invoice()).customer
    await registered()
    return await officer_with(customer), customer


async def somebody_has_access() -> tuple[Officer, Customer]:
    customer = (await an_invoice()).customer
    await confirmed()
    return await officer_with(customer), customer


@pytest.mark.parametrize('service', SERVICES, ids=lambda service: service[0].__qualname__)
async def test_a_stranger_is_refused_and_that_is_on_record(service: tuple[Any, ...]) -> None:
    await an_invoice()

    with pytest.raises(NotAllowed):
        await service[0](Stranger('192.0.2.9', 'account:7'), *service[1:])

    [event] = await AuditEvent.all()
    assert (event.actor, event.what) == ('account:7', 'refused')


@pytest.mark.parametrize('service', DEEDS, ids=lambda service: service[0].__qualname__)
async def test_a_deed_needs_a_customer_who_exists_and_was_opened(service: tuple[Any, ...]) -> None:
    customer = (await an_invoice()).customer
    by = await an_officer()
    act, _known, *more = service

    for customer_id in (customer.id, customer.id + 1, str(customer.id), True, None, [customer.id]):
        with pytest.raises(NotPossible):
            await act(by, customer_id, *more)
    assert await AuditEvent.all().count() == 0


async def test_the_letter_is_sent_again_after_the_time_to_take_it_back() -> None:
    by, customer = await somebody_waits()
    await with_letter(state=LetterState.SENT, sent_at=clock.now())

    letter = await customer_deeds.send_again(by, customer.id)

    assert letter.due_at >= clock.now() + settings().undo_for * 0.9
    assert letter.recipient == 'ana@primer.si'
    assert (await recorded('registration letter sent again')).about == f'customer:{customer.id}'

    await take_back(by, letter.id)
    assert (await Letter.get(id=letter.id)).state == LetterState.WITHDRAWN
    with pytest.raises(NotPossible):
        await take_back(by, letter.id)


async def test_of_several_letters_that_wait_only_the_newest_goes_out() -> None:
    by, customer = await somebody_waits()

    for _time in range(3):
        await customer_deeds.send_again(by, customer.id)

    assert await Letter.filter(state=LetterState.QUEUED).count() == 1


async def test_a_clerk_does_not_use_up_the_customers_letters_but_cannot_flood_either() -> None:
    by, customer = await somebody_waits()

    for _time in range(customer_deeds.LETTERS_PER_HOUR):
        await customer_deeds.send_again(by, customer.id)

    with pytest.raises(TooManyAttempts):
        await customer_deeds.send_again(by, customer.id)


async def test_a_corrected_address_gets_a_new_link_and_the_old_one_dies() -> None:
    by, customer = await somebody_waits()
    old = await token_in('ana@primer.si')

    letter = await customer_deeds.correct_address(by, customer.id, NewAddress(email=' nova@primer.si '))

    assert (letter.recipient, (await Account.get()).email) == ('nova@primer.si', 'nova@primer.si')
    assert await token_in('nova@primer.si') != old
    assert await Link.filter(replaced_at=None).count() == 1
    event = await recorded('registration address corrected')
    assert '@' not in str(event.detail)


@pytest.mark.parametrize('email', ['', 'ana', 'a@x.si,b@y.si', None, 5, 'x' * 300 + '@y.si'])
async def test_a_badly_formed_address_is_rejected(email: Any) -> None:
    by, customer = await somebody_waits()

    with pytest.raises(Rejected):
        await customer_deeds.correct_address(by, customer.id, NewAddress(email=email))
    assert (await Account.get()).email == 'ana@primer.si'


async def test_the_address_of_a_confirmed_access_is_not_for_staff_to_change() -> None:
    by, customer = await somebody_has_access()

    with pytest.raises(NotPossible):
        await customer_deeds.correct_address(by, customer.id, FORM)
    assert (await Account.get()).email == 'ana@primer.si'


async def test_the_address_of_a_parked_registration_can_be_corrected() -> None:
    customer = (await an_invoice()).customer
    await parked()
    by = await officer_with(customer)

    letter = await customer_deeds.correct_address(by, customer.id, FORM)

    assert (letter.kind, letter.recipient) == ('parked', 'nova@primer.si')


async def test_lifting_the_pause_lets_the_customer_register_at_once() -> None:
    customer = (await an_invoice()).customer
    await fail(5)
    by = await officer_with(customer)
    with pytest.raises(TooManyAttempts):
        await registered()

    lifted = await customer_deeds.lift_pause(by, customer.id)

    assert [counter.what for counter in lifted] == ['proofs per code and day']
    assert (await recorded('pause lifted')).detail == {'counters': ['proofs per code and day']}
    await registered()


async def test_lifting_the_pause_lets_the_customer_sign_in_at_once(change_settings: Callable[..., object]) -> None:
    change_settings(sign_in_failures=1)
    by, customer = await somebody_has_access()
    with pytest.raises(WrongNameOrPassword):
        await signed_in('napačno geslo')
    with pytest.raises(TooManyAttempts):
        await signed_in()

    await customer_deeds.lift_pause(by, customer.id)

    await signed_in(PASSWORD)


async def test_an_issued_number_is_shown_or_sent_to_addresses_on_file_only() -> None:
    customer = await a_customer(email='billing@primer.si')
    by = await officer_with(customer)

    shown = await customer_deeds.issue_number(by, customer.id, 'shown')
    sent = await customer_deeds.issue_number(by, customer.id, 'billing')

    assert (shown.letter, shown.facts['payer_code']) == (None, PAYER_CODE)
    assert sent.letter
    assert sent.letter.recipient == 'billing@primer.si'
    for way in ('registration', 'tuj@primer.si', '', None):
        with pytest.raises(NotPossible):
            await customer_deeds.issue_number(by, customer.id, way)  # type: ignore[arg-type]
    assert await AuditEvent.filter(what='control number issued').count() == 2
    assert await IssuedControlNumber.filter(cancelled_at=None).count() == 1


async def test_an_issued_number_opens_the_registration_and_a_withdrawn_one_does_not() -> None:
    customer = await a_customer()
    by = await officer_with(customer)
    issued = await customer_deeds.issue_number(by, customer.id, 'shown')
    await customer_deeds.withdraw_number(by, customer.id)

    await fail(control_number=str(issued.facts['control_number']))
    again = await customer_deeds.issue_number(by, customer.id, 'shown')

    assert await registered(control_number=str(again.facts['control_number']))


async def test_no_number_is_issued_while_somebody_has_access() -> None:
    by, customer = await somebody_has_access()

    with pytest.raises(NotPossible):
        await customer_deeds.issue_number(by, customer.id, 'shown')
