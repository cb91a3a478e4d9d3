from collections.abc import Callable
from typing import Any

import pytest

from domain import clock, passwords
from domain.activation import activate
from domain.form import Rejected, TooManyAttempts
from domain.session import session_of
from domain.sign_in import SignIn, WrongNameOrPassword, sign_in
from domain.visitor import Visitor
from storage.models import Account, AttemptLog, Session, SessionKind
from tests.world import (
    HOME,
    PASSWORD,
    PAYER_CODE,
    all_at_once,
    an_invoice,
    confirmed,
    registered,
    signed_in,
    token_in,
)

pytestmark = pytest.mark.usefixtures('db')


async def test_after_the_confirmation_the_chosen_password_signs_in() -> None:
    await an_invoice()
    await confirmed()

    session = await signed_in()

    assert session.kind == SessionKind.CUSTOMER
    assert session.account.email == 'ana@primer.si'


async def test_before_the_confirmation_the_right_password_shows_only_how_the_letter_fares() -> None:
    await an_invoice()
    await registered()

    assert (await signed_in()).kind == SessionKind.UNCONFIRMED
    assert (await Account.get()).last_sign_in_at is None


async def test_before_the_confirmation_a_wrong_password_shows_nothing() -> None:
    await an_invoice()
    await registered()

    with pytest.raises(WrongNameOrPassword):
        await signed_in('popolnoma napačno')


async def test_a_session_from_before_the_confirmation_does_not_become_a_customers() -> None:
    await an_invoice()
    await registered()
    session = await signed_in()

    await activate(await token_in('ana@primer.si'))

    assert (await Session.get(id=session.id)).kind == SessionKind.UNCONFIRMED


async def test_one_refusal_serves_unknown_wrong_closed_and_frozen() -> None:
    refusals = [await refusal_of(SignIn(payer_code='999999', password=PASSWORD))]
    await an_invoice()
    await confirmed()
    refusals.append(await refusal_of(SignIn(payer_code=PAYER_CODE, password='popolnoma napačno')))
    for column in ('closed_at', 'frozen_at'):
        await Account.all().update(closed_at=None, frozen_at=None)
        await Account.all().update(**{column: clock.now()})
        refusals.append(await refusal_of(SignIn(payer_code=PAYER_CODE, password=PASSWORD)))

    assert {(type(refusal), refusal.args) for refusal in refusals} == {(WrongNameOrPassword, ())}


async def test_an_unknown_name_costs_the_work_of_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    true_work = passwords._context.verify_and_update
    monkeypatch.setattr(
        passwords._context, 'verify_and_update', lambda p, h: compared.append(h) or true_work(p, h), raising=True
    )

    await refusal_of(SignIn(payer_code='999999', password=PASSWORD))

    assert compared == [await passwords.dummy_hash()]


async def test_somebody_whose_code_another_holds_does_not_get_in() -> None:
    invoice = await an_invoice()
    await confirmed()
    await an_invoice('202000877', invoice.customer)
    await registered(control_number='202000877', email='bojan@primer.si', password='bojanovo dolgo geslo')

    with pytest.raises(WrongNameOrPassword):
        await signed_in('bojanovo dolgo geslo')
    assert (await signed_in()).account.email == 'ana@primer.si'


async def test_the_customer_sees_when_he_was_here_before(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    await confirmed()

    first = await signed_in()
    assert (await Account.get()).previous_sign_in_at is None
    time_passes(days=3)
    await signed_in()

    assert (await Account.get()).previous_sign_in_at == first.started_at


async def test_every_sign_in_has_its_own_token() -> None:
    await an_invoice()
    await confirmed()
    form = SignIn(payer_code=PAYER_CODE, password=PASSWORD)

    tokens = {await sign_in(form, by=HOME) for _time in range(3)}

    assert len(tokens) == 3
    assert not tokens & set(await Session.all().values_list('token_hash', flat=True))


async def test_the_password_is_compared_whole_and_with_its_case() -> None:
    await an_invoice()
    longest = 'čas' + 'x7 ' * 41 + 'ab'
    await confirmed(password=longest)

    for wrong in (longest[:-1] + 'c', longest[:-1], longest.swapcase(), longest + '\0'):
        with pytest.raises((WrongNameOrPassword, Rejected)):
            await signed_in(wrong)

    assert await signed_in(longest)


async def test_a_password_typed_in_parts_is_the_same() -> None:
    await an_invoice()
    await confirmed(password='zelena his\u030ca na hribu', repeated='zelena hiša na hribu')

    assert await signed_in('zelena hiša na hribu')
    assert await signed_in('zelena his\u030ca na hribu')


async def test_a_password_that_is_too_long_costs_no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, 'verified', None)

    with pytest.raises(Rejected) as refusal:
        await signed_in('x' * 129)

    assert list(refusal.value.problems) == ['password']


async def test_five_wrong_passwords_bring_a_pause_that_a_right_one_does_not_shorten(
    time_passes: Callable[..., None],
) -> None:
    await an_invoice()
    await confirmed()
    for _try in range(5):
        await refusal_of(SignIn(payer_code=PAYER_CODE, password='napačno geslo'))

    with pytest.raises(TooManyAttempts):
        await signed_in()

    time_passes(seconds=30)
    assert await signed_in()


async def test_the_pause_is_for_the_address_of_the_guesser_only() -> None:
    await an_invoice()
    await confirmed()
    for _try in range(5):
        await refusal_of(SignIn(payer_code=PAYER_CODE, password='napačno geslo'), Visitor('198.51.100.4'))

    assert await signed_in()


async def test_parallel_guesses_do_not_overshoot(monkeypatch: pytest.MonkeyPatch) -> None:
    await an_invoice()
    await confirmed()
    looked_at: list[Any] = []
    true_work = passwords.verified
    monkeypatch.setattr(passwords, 'verified', lambda *args: looked_at.append(args) or true_work(*args))

    done = await all_at_once(*(signed_in(f'napačno geslo {n}') for n in range(20)))

    assert len(looked_at) == 5
    assert [type(result) for result in done].count(TooManyAttempts) == 15


async def test_a_failure_is_told_to_staff_without_the_typed_name() -> None:
    await refusal_of(SignIn(payer_code='moje geslo v napačnem polju', password=PASSWORD))

    [line] = await AttemptLog.all()
    assert (line.what, line.about, line.outcome) == ('sign-in', None, 'wrong name or password')


async def refusal_of(form: SignIn, by: Visitor = HOME) -> WrongNameOrPassword:
    with pytest.raises(WrongNameOrPassword) as refusal:
        await session_of(await sign_in(form, by=by))
    return refusal.value
