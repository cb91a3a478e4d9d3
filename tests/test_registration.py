from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from domain import acceptance, clock, links, outbox, registration, throttle
from domain.activation import activate
from domain.form import Rejected
from domain.links import LinkState
from domain.proof import budgets_of_code
from domain.registration import register
from storage.models import Access, AccessState, Account, Attempt, Letter, Link, Session, SessionKind
from tests.world import HOME, a_challenge, a_customer, a_registration, all_at_once, an_invoice, registered, token_in

pytestmark = pytest.mark.usefixtures('db')


async def test_a_registration_leaves_an_account_an_access_a_link_and_a_letter() -> None:
    invoice = await an_invoice()

    session = await registered()

    account = await Account.get()
    assert (account.email, account.language, account.activated_at) == ('ana@primer.si', 'sl', None)
    assert account.password_hash.startswith('$argon2id$')
    access = await Access.get()
    assert access.state == AccessState.PENDING
    assert (access.proven_by_id, access.pending_for) == (invoice.id, invoice.customer_id)
    assert (await Link.get()).account_id == account.id
    assert [(letter.kind, letter.recipient) for letter in await Letter.all()] == [('confirm', 'ana@primer.si')]
    assert session.kind == SessionKind.REGISTERING


async def test_the_version_of_the_terms_and_its_time_are_kept(change_settings: Callable[..., Any]) -> None:
    change_settings(terms_version='2027-01-01')
    await an_invoice()

    await registered()

    account = await Account.get()
    assert account.terms_version == '2027-01-01'
    assert clock.now() - account.terms_accepted_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ('room', 'step'),
    [
        (throttle, 'give_back'), (acceptance, 'open_account'), (acceptance, '_new_access'), (links, 'issue'),
        (outbox, 'queue'), (registration, 'open_session'), (throttle, 'log'),
    ],
)  # fmt: skip
async def test_an_exception_in_the_middle_leaves_nothing(
    room: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_invoice()
    monkeypatch.setattr(room, step, breaking_after(getattr(room, step)))

    with pytest.raises(ZeroDivisionError):
        await registered()

    assert [await table.all().count() for table in (Account, Access, Link, Letter, Session)] == [0, 0, 0, 0, 0]


async def test_after_an_exception_the_same_form_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    await an_invoice()
    with monkeypatch.context() as broken:
        broken.setattr(outbox, 'queue', breaking_after(outbox.queue))
        with pytest.raises(ZeroDivisionError):
            await registered()

    await registered()

    assert await Letter.all().count() == 1


async def test_a_repeated_submit_makes_one_account_and_one_letter() -> None:
    await an_invoice()

    first, second = await registered(), await registered(email='ANA@primer.si')

    assert first.account.id == second.account.id
    assert [await table.all().count() for table in (Account, Access, Link, Letter)] == [1, 1, 1, 1]


async def test_the_password_typed_last_is_the_one_that_counts() -> None:
    await an_invoice()

    first, second = await registered(), await registered(password='modra hiša v dolini')

    assert second.account.password_hash != first.account.password_hash


async def test_a_repeated_submit_after_a_minute_sends_the_same_link_again(time_passes: Callable[..., None]) -> None:
    await an_invoice()
    await registered()

    time_passes(minutes=1, seconds=1)
    await registered()

    assert await Letter.all().count() == 2
    assert await Link.all().count() == 1


async def test_an_address_like_another_is_not_the_same() -> None:
    await an_invoice()

    first, second = await registered(email='a_a@primer.si'), await registered(email='aba@primer.si')

    assert first.account.id != second.account.id


async def test_the_newest_valid_proof_wins_and_the_older_link_dies() -> None:
    await an_invoice()
    await registered(email='prva@primer.si')
    await registered(email='druga@primer.si')

    older, newer = await token_in('prva@primer.si'), await token_in('druga@primer.si')

    assert await activate(older) == LinkState.REPLACED
    assert await activate(newer) == LinkState.LIVE
    assert (await Account.get(email='prva@primer.si')).closed_at


async def test_parallel_registrations_of_one_person_make_one_account() -> None:
    await an_invoice()

    done = await all_at_once(*(registered() for _click in range(8)))

    assert [result for result in done if isinstance(result, BaseException)] == []
    assert [await table.all().count() for table in (Account, Access, Link, Letter)] == [1, 1, 1, 1]


async def test_of_parallel_registrations_of_one_code_one_waits(change_settings: Callable[..., Any]) -> None:
    change_settings(letters_per_code=20)
    await an_invoice()

    forms = [a_registration(email=f'oseba{n}@primer.si') for n in range(8)]

    done = await all_at_once(*(register(form, challenge=a_challenge(), by=HOME) for form in forms))

    assert [result for result in done if isinstance(result, BaseException)] == []
    assert await Access.filter(state=AccessState.PENDING).count() == 1
    assert await Link.filter(replaced_at=None).count() == 1


async def test_many_people_can_register_at_once() -> None:
    people = [(f'10000{n}', f'20200000{n}', f'oseba{n}@primer.si') for n in range(10)]
    for code, number, _email in people:
        await an_invoice(number, await a_customer(code))

    done = await all_at_once(*(registered(payer_code=c, control_number=n, email=e) for c, n, e in people))

    assert [result for result in done if isinstance(result, BaseException)] == []
    assert await Access.filter(state=AccessState.PENDING).count() == 10


async def test_a_wrong_form_is_refused_before_anything_is_counted() -> None:
    with pytest.raises(Rejected) as refusal:
        await register(a_registration(email='ana', consent='yes'), challenge=a_challenge(), by=HOME)

    assert list(refusal.value.problems) == ['email', 'consent']
    assert await Attempt.all().count() == 0


async def test_a_mistake_in_the_picture_costs_nothing_and_needs_a_new_one() -> None:
    await an_invoice()
    challenge = a_challenge()

    for captcha in ('XXXXX', 'aT4eD'):
        with pytest.raises(Rejected) as refusal:
            await register(a_registration(captcha=captcha), challenge=challenge, by=HOME)
        assert list(refusal.value.problems) == ['captcha']

    spent = [budget.key for budget in budgets_of_code('123456')]
    assert await Attempt.filter(key__in=spent).count() == 0


async def test_numbers_with_spaces_and_dashes_are_understood() -> None:
    await an_invoice()

    session = await registered(payer_code=' 123 456 ', control_number='št. 2020-00876', email=' ana@primer.si\u200b')

    assert session.account.email == 'ana@primer.si'


def breaking_after(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step is done, and then something breaks."""

    async def broken(*args: Any, **values: Any) -> None:
        await step(*args, **values)
        raise ZeroDivisionError

    return broken
