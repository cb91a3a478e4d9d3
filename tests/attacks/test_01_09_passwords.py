import unicodedata
from collections.abc import Callable
from time import monotonic

import pytest
from argon2 import PasswordHasher

from tests.attacks.deeds import Payer, accounts, confirmed, register, registered, sign_in, was_let_in
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

LONG = 'č'.join(['dolga pot'] * 13)[:127] + 'x'


async def test_rule_01_seven_characters_are_too_few(portal: Portal, browser: Browser, payer: Payer) -> None:
    page = await register(browser, payer, password='žxqčvkw')

    assert 'manjka še 1 znak' in page.whole_text
    assert accounts(portal, payer.email) == 0


async def test_rule_01_eight_characters_are_enough(portal: Portal, browser: Browser, payer: Payer) -> None:
    await registered(browser, payer, password='žžžžžžžž')

    assert accounts(portal, payer.email) == 1


@pytest.mark.parametrize('length', [64, 128])
async def test_rule_02_long_passwords_are_taken(browser: Browser, payer: Payer, length: int) -> None:
    await registered(browser, payer, password=LONG[-length:])


@pytest.mark.parametrize(('length', 'answer'), [(129, 'največ 128 znakov'), (5_000, 'ni mogoče uporabiti')])
async def test_rule_02_longer_ones_are_refused_before_they_are_hashed(
    portal: Portal, browser: Browser, payer: Payer, length: int, answer: str
) -> None:
    page = await register(browser, payer, password='dž' * (length // 2) + 'x' * (length % 2))

    assert answer in page.text('password-error')
    assert accounts(portal, payer.email) == 0


async def test_rule_02_a_huge_password_costs_only_its_own_socket(
    portal: Portal, browsers: Callable[..., Browser], payer: Payer
) -> None:
    page = await browsers().open('/registracija')
    await page.do('registracija', 'submit', payer.form(password='x' * 900_000))
    await page.until(lambda: not page.socket.connected)

    began = monotonic()
    await browsers().open('/registracija')
    assert monotonic() - began < 1
    assert accounts(portal, payer.email) == 0


@pytest.mark.parametrize('password', ['aaaa bbbb cccc', 'čšžđćččč', '🐢🐇🐢🐇🐢🐇🐢🐇', '        x'])
async def test_rule_03_no_kind_of_character_is_demanded(browser: Browser, payer: Payer, password: str) -> None:
    await registered(browser, payer, password=password)


@pytest.mark.parametrize('wrong', [LONG[:-1] + 'y', LONG[:-1], LONG.upper(), LONG + 'x'])
async def test_rule_04_every_character_counts(browser: Browser, payer: Payer, wrong: str) -> None:
    await registered(browser, payer, password=LONG)

    assert not was_let_in(await sign_in(browser, payer, wrong))
    assert was_let_in(await sign_in(browser, payer, LONG))


async def test_rule_04_a_nul_is_refused_and_does_not_cut(browser: Browser, payer: Payer) -> None:
    page = await register(browser, payer, password='zelena hiša\0 na hribu')
    assert 'ni mogoče uporabiti' in page.text('password-error')

    await registered(browser, payer, password='zelena hiša')
    assert not was_let_in(await sign_in(browser, payer, 'zelena hiša\0 na hribu'))


async def test_rule_05_a_password_is_the_same_in_both_unicode_forms(browser: Browser, payer: Payer) -> None:
    await registered(browser, payer, password=unicodedata.normalize('NFD', 'žabja čeljust'))

    assert was_let_in(await sign_in(browser, payer, unicodedata.normalize('NFC', 'žabja čeljust')))


@pytest.mark.parametrize('password', ['password1', 'Brezovica2024', 'komunala!!', '{payer_code}ab', '{control_number}'])
async def test_rule_06_what_is_guessed_first_is_refused(
    portal: Portal, browser: Browser, payer: Payer, password: str
) -> None:
    page = await register(browser, payer, password=password.format(**vars(payer)))

    assert 'Izberite drug' in page.text('password-error')
    assert accounts(portal, payer.email) == 0


async def test_rule_09_passwords_are_kept_as_argon2id(portal: Portal, browser: Browser, payer: Payer) -> None:
    await registered(browser, payer)

    [[digest]] = portal.rows('SELECT password_hash FROM account WHERE email = ?', payer.email)
    assert digest.startswith('$argon2id$v=19$m=19456,t=2,p=1$')


async def test_rule_09_a_weak_hash_is_replaced_at_sign_in(
    portal: Portal, browser: Browser, payer: Payer, mail: MailServer
) -> None:
    await confirmed(browser, payer, mail)
    weak = PasswordHasher(time_cost=1, memory_cost=8_000, parallelism=1).hash('zelena hiša na hribu')
    portal.rows('UPDATE account SET password_hash = ? WHERE email = ?', weak, payer.email)

    assert was_let_in(await sign_in(browser, payer))

    [[digest]] = portal.rows('SELECT password_hash FROM account WHERE email = ?', payer.email)
    assert digest.startswith('$argon2id$v=19$m=19456,t=2,p=1$')
