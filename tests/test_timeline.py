"""One timeline of all that happened to a customer, for staff: in plain words, the newest first."""

from collections.abc import Callable

import pytest

from domain import outbox, throttle
from domain.activation import activate, decline, look_up
from domain.form import Rejected, TooManyAttempts
from domain.registration import register
from domain.sign_in import WrongNameOrPassword
from domain.staff import access_deeds
from domain.staff.customers import Purpose
from domain.staff.events import Kind
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from domain.staff.timeline import timeline, timeline_of_code
from storage.models import AttemptLog, AuditEvent, Customer, Invoice
from tests.mail_server import MailServer
from tests.test_customer_deeds import officer_with
from tests.test_customer_desk import fail
from tests.world import (
    HOME,
    PAYER_CODE,
    a_challenge,
    a_registration,
    a_request,
    an_import,
    an_invoice,
    an_officer,
    confirmed,
    registered,
    signed_in,
    token_in,
)

pytestmark = pytest.mark.usefixtures('db')


async def told(by: Officer, customer: Customer, *kinds: Kind) -> list[str]:
    """The sentences, the oldest first."""
    events = await timeline(by, customer.id)
    return [event.sentence.said_in('en') for event in reversed(events) if not kinds or event.kind in kinds]


async def test_a_registration_is_told_from_the_first_mistake_to_the_session(
    mail: MailServer, time_passes: Callable[..., None]
) -> None:
    customer = (await an_invoice()).customer
    by = await officer_with(customer)
    time_passes(minutes=1)
    with pytest.raises(Rejected):
        await register(a_registration(captcha='xxxxx'), challenge=a_challenge(), by=HOME)
    time_passes(minutes=1)
    await fail()
    time_passes(minutes=1)
    await registered()
    time_passes(minutes=1)
    await outbox.deliver_due()
    time_passes(minutes=1)
    token = await token_in('ana@primer.si')
    await look_up(token, HOME)
    time_passes(minutes=1)
    await activate(token, HOME)
    time_passes(minutes=1)
    with pytest.raises(WrongNameOrPassword):
        await signed_in('napačno geslo')
    time_passes(minutes=1)
    await signed_in()
    time_passes(minutes=1)
    await access_deeds.end_sessions(by, customer.id)

    assert await told(by, customer) == [
        'Marija Kos: opened the customer (phone call)',
        'The characters from the picture were wrong.',
        'Registration failed: no such invoice number belongs to this payer code.',
        'Registered: the two numbers belong together.',
        'Confirmation of the registration, to ana@primer.si. Handed over to the mail server.',
        'The link in the message was opened.',
        'Registration confirmed by the link.',
        'Sign-in failed: wrong password.',
        'Signed in, with the address ana@primer.si.',
        'Marija Kos: ended the sessions',
    ]


async def test_what_the_mail_server_said_stands_beneath_in_its_own_words(mail: MailServer) -> None:
    customer = (await an_invoice()).customer
    by = await officer_with(customer)
    mail.answers['RCPT'] = ['550 5.1.1 User unknown']
    await registered()
    await outbox.deliver_due()

    [event] = [event for event in await timeline(by, customer.id) if event.kind == Kind.LETTER]

    assert 'The address does not exist.' in event.sentence.said_in('en')
    assert event.below == '550 5.1.1 User unknown'


async def test_the_log_of_thirty_days_is_gone_but_the_steps_are_known() -> None:
    customer = (await an_invoice()).customer
    await confirmed()
    await AttemptLog.all().delete()
    by = await officer_with(customer)

    sentences = await told(by, customer, Kind.REGISTRATION)

    assert 'Registration with the address ana@primer.si.' in sentences
    assert 'Registration of ana@primer.si confirmed.' in sentences


async def test_all_accounts_of_a_customer_are_told() -> None:
    customer = (await an_invoice()).customer
    await confirmed()
    by = await officer_with(customer)
    await access_deeds.close(by, customer.id)
    await an_invoice('202000877', customer)
    await confirmed(control_number='202000877', email='druga@primer.si')

    words = ' '.join(await told(by, customer))

    assert 'to ana@primer.si' in words
    assert 'to druga@primer.si' in words
    assert 'Access or registration of ana@primer.si ended.' in words


async def test_imports_requests_and_pauses_are_told() -> None:
    customer = (await an_invoice()).customer
    run = await an_import()
    await Invoice.all().update(came_with=run.id)
    await Customer.all().update(came_with=run.id)
    request = await a_request(customer=customer)
    await fail(5)
    by = await officer_with(customer)

    words = await told(by, customer)

    assert f'Import no. {run.id} brought the customer; invoices in it: 1.' in words
    assert f'Request {request.reference} came.' in words
    assert any(sentence.startswith('Registration pauses until') for sentence in words)


async def test_the_attempts_on_a_code_that_nobody_has_can_be_opened_and_that_is_on_record() -> None:
    await an_invoice()
    await fail(payer_code='999777')
    by = await an_officer()

    [event] = await timeline_of_code(by, '999777', Purpose.PHONE)

    assert 'Registration failed' in event.sentence.said_in('en')
    assert (await AuditEvent.get()).what == 'attempts on unknown code opened'
    assert '999777' not in str((await AuditEvent.get()).detail)
    for code in (PAYER_CODE, '99', None, '99977a'):
        with pytest.raises(NotPossible):
            await timeline_of_code(by, code, Purpose.PHONE)  # type: ignore[arg-type]


async def test_nobody_reads_the_timeline_of_a_customer_whom_he_has_not_opened() -> None:
    customer = (await an_invoice()).customer
    by = await an_officer()

    with pytest.raises(NotPossible):
        await timeline(by, customer.id)


async def test_a_declined_link_and_a_paused_sign_in_are_told(change_settings: Callable[..., object]) -> None:
    change_settings(sign_in_failures=1)
    customer = (await an_invoice()).customer
    await registered()
    await decline(await token_in('ana@primer.si'), HOME)
    by = await officer_with(customer)
    with pytest.raises(WrongNameOrPassword):
        await signed_in('napačno geslo')
    with pytest.raises(TooManyAttempts):
        await signed_in('napačno geslo')

    words = await told(by, customer)

    assert any('“This was not me”' in sentence for sentence in words)
    assert 'Sign-in refused: too many failures, so it pauses.' in words


async def test_known_and_unknown_names_leave_the_same_lines() -> None:
    """Trust, rule 16: what is written down must not make one of them slower."""
    await an_invoice()
    await confirmed()
    await AttemptLog.all().delete()

    for code in (PAYER_CODE, '999777'):
        with pytest.raises(WrongNameOrPassword):
            await signed_in('napačno geslo', payer_code=code)

    assert await AttemptLog.filter(what='sign-in').values_list('about', 'outcome') == [
        (PAYER_CODE, 'wrong name or password'), ('999777', 'wrong name or password'),
    ]  # fmt: skip


async def test_lines_that_cost_nothing_do_not_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, 'LOGGED_PER_ADDRESS_HOUR', 3)

    for _time in range(5):
        await throttle.log_within_reason('registration', PAYER_CODE, HOME, 'picture wrong')

    assert await AttemptLog.all().count() == 3
