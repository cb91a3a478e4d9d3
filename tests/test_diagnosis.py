"""What the registration doctor says is wrong, and the one deed that it offers first."""

from collections.abc import Callable

import pytest

from domain import clock
from domain.activation import decline, look_up
from domain.sign_in import WrongNameOrPassword
from domain.staff.diagnosis import Deed
from storage.models import Account, Customer, LetterState
from tests.test_customer_desk import diagnosis, fail, file_of, with_letter
from tests.world import PAYER_CODE, an_invoice, an_officer, confirmed, parked, registered, signed_in, token_in

pytestmark = pytest.mark.usefixtures('db')


@pytest.mark.parametrize(
    ('reply', 'sentence', 'deed'),
    [
        ('550 5.1.1 <ana@primer.si>: User unknown', 'The address does not exist.', Deed.CORRECT),
        ('552 5.2.2 mailbox full', 'The mailbox is full.', Deed.CORRECT),
        ('its link has ended meanwhile', 'Its link had ended', Deed.SEND),
    ],
)
async def test_a_refused_message_says_why_and_what_helps(reply: str, sentence: str, deed: Deed) -> None:
    by = await an_officer()
    await an_invoice()
    await registered()
    await with_letter(state=LetterState.REFUSED, last_reply=reply)

    words, offered = await diagnosis(by)

    assert 'the message was refused' in words
    assert sentence in words
    assert offered == deed


async def test_a_message_that_waits_for_the_mail_server_needs_no_deed() -> None:
    by = await an_officer()
    await an_invoice()
    await registered()
    await with_letter(attempts=3, last_reply='SMTPConnectError: Error connecting: Connect call failed')

    words, deed = await diagnosis(by)

    assert 'The mail server cannot be reached.' in words
    assert deed is None


async def test_a_message_that_was_not_opened_can_be_sent_again() -> None:
    by = await an_officer()
    await an_invoice()
    await registered()
    await with_letter(state=LetterState.SENT, sent_at=clock.now())

    words, deed = await diagnosis(by)
    assert 'has not been opened' in words
    assert deed == Deed.SEND

    await look_up(await token_in('ana@primer.si'))
    assert 'was not pressed' in (await diagnosis(by))[0]


async def test_who_chose_this_was_not_me_is_told_to_staff() -> None:
    by = await an_officer()
    await an_invoice()
    await registered()
    await decline(await token_in('ana@primer.si'))

    assert '“This was not me”' in (await diagnosis(by))[0]


async def test_wrong_numbers_lead_to_a_control_number_and_the_pause_is_lifted_first() -> None:
    by = await an_officer()
    await an_invoice()
    await fail()

    words, deed = await diagnosis(by)
    assert 'no such invoice number' in words
    assert deed == Deed.ISSUE

    await fail(4)
    words, deed = await diagnosis(by)
    assert 'pauses until' in words
    assert deed == Deed.LIFT


async def test_an_active_access_is_well_and_a_frozen_one_is_unfrozen() -> None:
    by = await an_officer()
    await an_invoice()
    await confirmed()
    await signed_in()

    file = await file_of(by)
    assert file.diagnosis.is_well
    assert set(file.diagnosis.others) == {Deed.FREEZE, Deed.CLOSE, Deed.END_SESSIONS}

    await Account.all().update(frozen_at=clock.now())
    assert (await diagnosis(by))[1] == Deed.UNFREEZE


async def test_a_paused_sign_in_is_lifted(change_settings: Callable[..., object]) -> None:
    by = await an_officer()
    change_settings(sign_in_failures=1)
    await an_invoice()
    await confirmed()
    with pytest.raises(WrongNameOrPassword):
        await signed_in('napačno geslo')

    words, deed = await diagnosis(by)

    assert 'Signing in from 192.0.2.7 pauses' in words
    assert deed == Deed.LIFT


async def test_a_parked_registration_gets_a_control_number() -> None:
    by = await an_officer()
    await an_invoice()
    await parked()

    words, deed = await diagnosis(by)

    assert 'waits for newer billing data' in words
    assert deed == Deed.ISSUE


async def test_nobody_can_register_for_a_customer_who_is_gone() -> None:
    by = await an_officer()
    await an_invoice()
    await Customer.filter(payer_code=PAYER_CODE).update(gone_at=clock.now())

    words, deed = await diagnosis(by)

    assert 'no longer list this customer' in words
    assert deed is None
