import asyncio
from collections.abc import Callable
from random import randrange

import pytest

from domain.throttle import HOUR, Budget
from tests.attacks.conftest import an_address
from tests.attacks.deeds import (
    TOO_MANY,
    WRONG_PAIR,
    WRONG_SIGN_IN,
    Payer,
    confirmed,
    nobody,
    outcomes,
    payers,
    register,
    registered,
    sign_in,
    try_to_register,
    try_to_sign_in,
    was_let_in,
)
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]


async def test_rule_10_200_sign_ins_at_once_do_not_overshoot(
    portal: Portal, browsers: Browsers, payer: Payer, mail: MailServer
) -> None:
    address = an_address()
    await confirmed(browsers(), payer, mail)
    lines = Budget('rows of the log', address, 0, HOUR).key  # of what is told to staff, not of tries
    before = {*counters(portal), lines}
    pages = [await browsers(address).open('/') for _ in range(8)]

    wrong = {'payer_code': payer.payer_code, 'password': 'napačno geslo'}
    await asyncio.gather(*(page.do('prijava', 'submit', wrong) for page in pages for _ in range(25)))
    for page in pages:
        await page.until(lambda page=page: page.scripts.count('eportal.ready("prijava")') == 25, 20)

    assert outcomes(portal, address, 'sign-in').count('wrong name or password') <= 5
    assert all(count <= 5 for key, count in counters(portal).items() if key not in before)
    right = await sign_in(browsers(address), payer)
    assert TOO_MANY in right.whole_text
    assert not was_let_in(right)


async def test_rule_10_a_pause_is_the_same_for_a_name_that_nobody_has(browsers: Browsers, payer: Payer) -> None:
    home, texts = browsers(), []
    for name in (payer, nobody()):
        page = await home.open('/')
        for _ in range(5):
            await try_to_sign_in(page, name, 'napačno geslo')
            assert WRONG_SIGN_IN in page.whole_text
        await try_to_sign_in(page, name, 'napačno geslo')
        texts.append(page.whole_text)

    assert TOO_MANY in texts[0]
    assert texts[0] == texts[1]


async def test_rule_11_one_try_each_on_many_names_is_counted_by_address(portal: Portal, browsers: Browsers) -> None:
    address = an_address()
    home = browsers(address)
    await home.open('/')  # one cookie for all that follow
    answers = await asyncio.gather(*(sign_in(home, nobody(), 'napačno geslo') for _ in range(25)))

    assert outcomes(portal, address, 'sign-in').count('wrong name or password') == 20
    assert sum(TOO_MANY in page.whole_text for page in answers) == 5


async def test_rule_12_an_attacker_does_not_lock_the_owner_out(
    browsers: Browsers, payer: Payer, mail: MailServer
) -> None:
    home, attacker = browsers(), browsers()
    await confirmed(home, payer, mail)
    page = await attacker.open('/')
    for _ in range(7):
        await try_to_sign_in(page, payer, 'napačno geslo')
    assert TOO_MANY in page.whole_text

    assert was_let_in(await sign_in(home, payer))


async def test_rule_13_own_good_sign_ins_do_not_launder_bad_ones(
    portal: Portal, browsers: Browsers, payer: Payer, mail: MailServer
) -> None:
    address = an_address()
    home = browsers(address)
    await confirmed(home, payer, mail)
    page = await home.open('/')
    for _ in range(2):
        for _ in range(9):
            await try_to_sign_in(page, nobody(), 'napačno geslo')
        assert was_let_in(await sign_in(home, payer))

    for _ in range(3):
        await try_to_sign_in(page, nobody(), 'napačno geslo')
    assert TOO_MANY in page.whole_text
    assert outcomes(portal, address, 'sign-in').count('wrong name or password') == 20


async def test_rule_11_failed_proofs_of_a_code_end_after_five(portal: Portal, browsers: Browsers, payer: Payer) -> None:
    refusals = []
    for somebody in (payer, nobody()):
        page = await browsers().open('/registracija')
        for n in range(5):
            await try_to_register(page, somebody, control_number=str(100_000_000 + n))
            assert WRONG_PAIR in page.text('summary')
        await try_to_register(page, somebody)
        refusals.append(page.text('summary'))

    assert TOO_MANY in refusals[0]
    assert refusals[0] == refusals[1]


async def test_rule_11_parallel_proofs_do_not_overshoot(portal: Portal, browsers: Browsers, payer: Payer) -> None:
    address = an_address()
    guesses = [register(browsers(address), payer, control_number=str(randrange(10**8)).zfill(9)) for _ in range(12)]
    answers = await asyncio.gather(*guesses)

    assert outcomes(portal, address, 'registration').count('no such pair') == 5
    assert sum(TOO_MANY in page.whole_text for page in answers) == 7


async def test_rule_11_proofs_from_one_address_end_after_ten(portal: Portal, browsers: Browsers) -> None:
    page = await browsers().open('/registracija')
    for _ in range(10):
        await try_to_register(page, nobody())
    assert WRONG_PAIR in page.text('summary')

    await try_to_register(page, nobody())
    assert TOO_MANY in page.text('summary')


async def test_rule_11_a_neighbour_in_the_same_ipv6_network_is_the_same_client(browsers: Browsers) -> None:
    for n in range(10):
        await register(browsers(f'2001:db8:0:7::{n + 1:x}'), nobody())

    assert TOO_MANY in (await register(browsers('2001:db8:0:7:ffff::1'), nobody())).whole_text
    assert WRONG_PAIR in (await register(browsers('2001:db8:0:8::1'), nobody())).whole_text


@pytest.mark.parametrize('mistake', [{'captcha': 'narobe'}, {'password': 'kratko'}, {'consent': False}, {'email': 'x'}])
async def test_rule_11_a_mistake_in_the_form_costs_nothing(
    browser: Browser, portal: Portal, mistake: dict[str, object]
) -> None:
    payer = payers(portal)
    page = await browser.open('/registracija')
    for _ in range(6):
        await try_to_register(page, payer, control_number='100000000', **mistake)

    await registered(browser, payer)


def counters(portal: Portal) -> dict[str, int]:
    return dict(portal.rows('SELECT key, count FROM attempt'))
