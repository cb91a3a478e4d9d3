import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from passlib.context import CryptContext

from domain import clock, passwords
from domain.form import TooManyAttempts, problem, problems
from domain.passwords import dummy_hash, hashed, strength, verified
from domain.registration import Registration
from storage.models import Account
from tests.world import a_registration, all_at_once, an_invoice, confirmed, signed_in

OLD = CryptContext(schemes=['argon2'], argon2__memory_cost=1024, argon2__time_cost=1, argon2__parallelism=1)


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the true parameters count."""
    monkeypatch.setattr(passwords, '_dummy', [])


def with_password(password: str, **values: Any) -> Registration:
    return a_registration(password=password, repeated=password, **values)


def said(form: Registration) -> str | None:
    sentence = problem(form, 'password')
    return sentence.said_in('sl') if sentence else None


@pytest.mark.parametrize(
    'password',
    [
        'žžžžžžžž', 'kdo bi to uganil', 'aaaa bbbb cccc', '🐈🐕🐈🐕🐈🐕🐈🐕', '        ', 'x' * 127 + 'y', 'Gumbnica7',
        '12345 konjev teče', 'vodapitna',
    ],
)  # fmt: skip
def test_any_eight_characters_that_are_not_guessed_first_are_a_password(password: str) -> None:
    assert said(with_password(password)) is None


@pytest.mark.parametrize(
    ('password', 'sentence'),
    [
        ('', 'Izberite geslo.'),
        ('žžžžžžž', 'Geslo naj ima vsaj 8 znakov; manjka še 1 znak.'),
        ('krt', 'Geslo naj ima vsaj 8 znakov; manjka jih še 5.'),
        ('z\u030c' * 7, 'Geslo naj ima vsaj 8 znakov; manjka še 1 znak.'),
        ('x' * 129, 'Geslo ima lahko največ 128 znakov.'),
        ('x' * 1000, 'Geslo ima lahko največ 128 znakov.'),
    ],
)
def test_a_password_too_short_or_too_long_is_told_by_how_much(password: str, sentence: str) -> None:
    assert said(with_password(password)) == sentence


@pytest.mark.parametrize(
    'password', ['password', 'Password', 'PASSWORD', '12345678', 'qwertyui', 'iloveyou', 'trustno1']
)
def test_a_common_password_is_refused(password: str) -> None:
    assert str(said(with_password(password))).startswith('To geslo je med tistimi, ki jih poskusijo najprej.')


@pytest.mark.parametrize(
    'password', ['brezovica', 'Brezovica1', 'komunala2026', 'ePortal!!!', '0voda0000', 'JKP_12345', 'geslo123']
)
def test_a_word_of_this_site_with_ornaments_is_refused(password: str) -> None:
    assert str(said(with_password(password))).startswith('To geslo je med tistimi, ki jih poskusijo najprej.')


@pytest.mark.parametrize('password', ['x123456yz', 'a202000876', 'x202000876y', 'ananovak', 'Ana.Novak1', '00123456'])
def test_a_password_of_the_persons_own_numbers_or_address_is_refused(password: str) -> None:
    form = with_password(password, email='ana.novak@primer.si' if '.' in password else 'ananovak@primer.si')

    assert str(said(form)).startswith('Geslo je sestavljeno iz vaših številk ali naslova.')


@pytest.mark.parametrize('password', ['mojih 123456 razlogov', 'ananovak ima dva psa'])
def test_a_long_password_may_contain_them(password: str) -> None:
    assert said(with_password(password, email='ananovak@primer.si')) is None


def test_an_empty_form_does_not_call_every_password_ones_own() -> None:
    form = Registration(password='kdo bi to uganil', repeated='kdo bi to uganil')

    assert 'password' not in problems(form)


@pytest.mark.parametrize(
    ('password', 'score', 'advice'),
    [
        ('', 0, 'Prekratko'), ('krt', 0, 'Prekratko'), ('aaaaaaaa', 0, 'Zelo šibko geslo'),
        ('zelena hiša na hribu ob potoku', 4, 'Zelo dobro geslo'), ('x' * 128, 0, 'Zelo šibko geslo'),
    ],
)  # fmt: skip
def test_advice_says_how_easily_it_is_guessed(password: str, score: int, advice: str) -> None:
    found, sentence = strength(password)

    assert (found, sentence.said_in('sl')) == (score, advice)


async def test_a_hash_is_argon2id_with_the_parameters_of_owasp() -> None:
    digest = await hashed('zelena hiša')

    assert digest.startswith('$argon2id$v=19$m=19456,t=2,p=1$')
    assert await hashed('zelena hiša') != digest
    assert await verified('zelena hiša', digest) == (True, None)
    assert await verified('zelena hisa', digest) == (False, None)


async def test_a_hash_with_weaker_parameters_is_upgraded() -> None:
    right, better = await verified('zelena hiša', OLD.hash('zelena hiša'))

    assert right
    assert better
    assert better.startswith('$argon2id$v=19$m=19456,t=2,p=1$')
    assert await verified('zelena hiša', better) == (True, None)


async def test_the_upgrade_happens_when_somebody_signs_in(db: None) -> None:
    await an_invoice()
    await confirmed()
    await Account.all().update(password_hash=OLD.hash('zelena hiša na hribu'))

    await signed_in()

    assert (await Account.get()).password_hash.startswith('$argon2id$v=19$m=19456,t=2,p=1$')
    assert await signed_in()


async def test_without_a_hash_nothing_is_right_and_the_work_is_the_same() -> None:
    assert await verified('zelena hiša', None) == (False, None)
    assert (await dummy_hash()).startswith('$argon2id$v=19$m=19456,t=2,p=1$')
    assert await dummy_hash() == await dummy_hash()


async def test_beyond_a_full_queue_the_portal_asks_to_come_again(
    monkeypatch: pytest.MonkeyPatch, time_passes: Callable[..., None]
) -> None:
    monkeypatch.setattr(passwords, 'QUEUE_AT_MOST', 3)

    done = await all_at_once(*(hashed('zelena hiša') for _person in range(5)))

    refused = [result for result in done if isinstance(result, TooManyAttempts)]
    assert [refusal.until for refusal in refused] == [clock.now() + timedelta(seconds=30)] * 2
    assert await hashed('zelena hiša')


async def test_hashing_does_not_stop_the_event_loop() -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.001)

    heart = asyncio.create_task(beat())
    await hashed('zelena hiša')
    heart.cancel()

    assert beats > 2
