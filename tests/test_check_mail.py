"""»Preverite pošto«: the letter once more, another address, and what the page may say."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain import clock
from domain.activation import activate
from domain.check_mail import NewAddress, correct_address, progress, resend, resend_after_expiry
from domain.form import Rejected, TooManyAttempts
from domain.links import LinkState
from domain.proof import ProofFailed
from storage.models import Account, Letter, LetterState, Link, SessionKind
from tests.world import a_customer, an_invoice, confirmed, registered, token_in, token_of

pytestmark = pytest.mark.usefixtures('db')


async def test_a_resend_keeps_the_link(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    session = await registered()

    time_passes(minutes=1)
    await resend(session)

    letters = await Letter.all().select_related('link')
    assert len({token_of(letter) for letter in letters}) == 1
    assert len({letter.message_id for letter in letters}) == 2


async def test_a_resend_after_expiry_makes_a_new_link(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    await registered()
    old = await token_in('ana@primer.si')
    await Link.all().update(valid_until=clock.now() + timedelta(hours=72))

    time_passes(hours=72)
    await resend_after_expiry(old)

    assert await activate(old) == LinkState.REPLACED
    assert await activate(await token_in('ana@primer.si')) == LinkState.LIVE


async def test_a_resend_for_an_unknown_or_finished_link_sends_nothing() -> None:
    await an_invoice()
    await confirmed()
    used = await token_in('ana@primer.si')

    for token in (used, 'A' * 43, '', None, 7, ['A' * 43]):
        await resend_after_expiry(token)

    assert await Letter.all().count() == 1


async def test_a_browser_whose_registration_is_over_sends_nothing() -> None:
    await an_invoice()
    session = await confirmed()

    with pytest.raises(ProofFailed):
        await resend(session)

    assert await Letter.all().count() == 1


async def test_a_corrected_address_gets_a_new_link_and_the_old_one_dies() -> None:
    await an_invoice()
    session = await registered(email='nekdo@drug.si')
    old = await token_in('nekdo@drug.si')

    await correct_address(NewAddress(email='ana@primer.si'), session=session)

    assert await activate(old) == LinkState.REPLACED
    assert (await Letter.get(recipient='nekdo@drug.si')).state == LetterState.WITHDRAWN
    assert await activate(await token_in('ana@primer.si')) == LinkState.LIVE
    assert (await Account.get()).email == 'ana@primer.si'


@pytest.mark.parametrize('kind', [SessionKind.UNCONFIRMED, SessionKind.CUSTOMER])
async def test_only_the_browser_that_proved_the_numbers_corrects_the_address(kind: SessionKind) -> None:
    await an_invoice()
    session = await registered()
    session.kind = kind

    with pytest.raises(ProofFailed):
        await correct_address(NewAddress(email='tat@primer.si'), session=session)

    assert (await Account.get()).email == 'ana@primer.si'


async def test_a_wrong_new_address_is_refused() -> None:
    await an_invoice()
    session = await registered()

    with pytest.raises(Rejected):
        await correct_address(NewAddress(email='ana@primer.si,evil@e.si'), session=session)

    assert await Letter.all().count() == 1


async def test_a_replaced_registration_corrects_nothing() -> None:
    await an_invoice()
    session = await registered(email='prva@primer.si')
    await registered(email='druga@primer.si')

    with pytest.raises(ProofFailed):
        await correct_address(NewAddress(email='tretja@primer.si'), session=session)


async def test_one_address_gets_one_letter_a_minute(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    session = await registered()

    with pytest.raises(TooManyAttempts) as refusal:
        await resend(session)
    assert refusal.value.until == clock.now() + timedelta(minutes=1)

    time_passes(minutes=1)
    await resend(session)
    assert await Letter.all().count() == 2


async def test_one_address_gets_one_letter_a_minute_whatever_the_code() -> None:
    await an_invoice()
    await an_invoice('202000999', await a_customer('123457'))
    await registered()

    with pytest.raises(TooManyAttempts):
        await registered(payer_code='123457', control_number='202000999', email='ANA@primer.si')


async def test_one_code_gets_three_letters_in_six_hours(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    session = await registered(email='a@primer.si')
    for address in ('b@primer.si', 'c@primer.si'):
        await correct_address(NewAddress(email=address), session=session)

    with pytest.raises(TooManyAttempts):
        await correct_address(NewAddress(email='d@primer.si'), session=session)
    assert (await Account.get()).email == 'c@primer.si'

    time_passes(hours=6)
    await correct_address(NewAddress(email='d@primer.si'), session=session)
    assert await Letter.all().count() == 4


async def test_the_installation_sends_so_many_letters_an_hour(change_settings: Callable[..., Any]) -> None:
    change_settings(letters_per_hour=2)
    for n in range(3):
        await an_invoice(f'20200000{n}', await a_customer(f'10000{n}'))
    for n in range(2):
        await registered(payer_code=f'10000{n}', control_number=f'20200000{n}', email=f'oseba{n}@primer.si')

    with pytest.raises(TooManyAttempts):
        await registered(payer_code='100002', control_number='202000002', email='oseba2@primer.si')

    assert await Letter.all().count() == 2


async def test_the_page_tells_how_the_letter_fares(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    session = await registered()

    waiting = await progress(session)
    assert waiting.letter
    assert (waiting.email, waiting.letter.state, waiting.letter_valid_until) == ('ana@primer.si', 'queued', None)
    assert waiting.may_resend_at == clock.now() + timedelta(minutes=1)
    assert (waiting.may_correct, waiting.confirmed, waiting.superseded) == (True, False, False)

    await Letter.all().update(state=LetterState.SENT, sent_at=clock.now())
    assert (await progress(session)).letter_valid_until == clock.now() + timedelta(hours=72)


async def test_the_page_learns_that_another_registration_took_its_place() -> None:
    await an_invoice()
    session = await registered(email='prva@primer.si')

    await registered(email='druga@primer.si')

    assert (await progress(session)).superseded
