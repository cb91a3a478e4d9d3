"""A number newer than the data: what a stranger sees and gets does not hang on the payer code."""

import asyncio
from collections.abc import Callable

from tests.attacks.deeds import (
    PASSWORD,
    TOO_MANY,
    WRONG_PAIR,
    WRONG_SIGN_IN,
    Payer,
    canonical,
    confirmed,
    letters_to,
    nobody,
    outcomes,
    payers,
    register,
    sign_in,
    try_to_register,
    was_let_in,
)
from tests.mail_server import MailServer
from tests.page import Browser, Page
from tests.portal import Portal
from tests.world import text_of

Browsers = Callable[..., Browser]


async def test_a_parked_number_looks_alike_for_known_and_unknown_codes(
    portal: Portal, browsers: Browsers, mail: MailServer
) -> None:
    used = payers(portal)
    await confirmed(browsers(), used, mail)
    strangers = [
        Payer(code, '999999990', f'tujec{code}@e.si')
        for code in (payers(portal).payer_code, used.payer_code, nobody().payer_code)
    ]
    frames, pages, words = [], [], []
    for stranger in strangers:
        home = browsers()
        page = await register(home, stranger)
        frames.append(canonical(page).replace(await page.script('eportal.enter('), ''))
        await home.enter(page)
        pages.append(await settled(await home.open('/preverite-posto'), stranger.email))
        words.append([text_of(letter) for letter in letters_to(mail, stranger.email)])

    assert len(set(frames)) == len(set(pages)) == 1
    assert words[0] == words[1] == words[2]
    assert len(words[0]) == 1
    opened = "SELECT DISTINCT kind FROM session JOIN account ON account.id = account_id WHERE email LIKE 'tujec%'"
    assert portal.rows(opened) == [('registering',)]


async def test_a_parked_number_lets_nobody_sign_in(portal: Portal, browsers: Browsers, payer: Payer) -> None:
    for code in (payer.payer_code, nobody().payer_code):
        stranger = Payer(code, '999999991', f'vlomilec{code}@e.si')
        assert was_let_in(await register(browsers(), stranger))

        page = await sign_in(browsers(), stranger, PASSWORD)

        assert WRONG_SIGN_IN in page.whole_text
        assert not was_let_in(page)


async def test_parked_numbers_are_paid_for_like_any_guess(portal: Portal, browsers: Browsers, payer: Payer) -> None:
    refusals = []
    for somebody in (payer, nobody()):
        for n in range(5):
            stranger = Payer(somebody.payer_code, f'99999998{n}', f'tat{n}.{somebody.email}')
            assert was_let_in(await register(browsers(), stranger))
        page = await register(browsers(), somebody, control_number='100000001')
        refusals.append(page.text('summary'))

    assert TOO_MANY in refusals[0]
    assert refusals[0] == refusals[1]


async def test_an_address_parks_ten_numbers_an_hour(portal: Portal, browsers: Browsers) -> None:
    home = browsers('198.19.0.1')
    for n in range(10):
        assert was_let_in(await register(home, Payer(nobody().payer_code, f'99999997{n}', f'deset{n}@e.si')))

    page = await home.open('/registracija')
    await try_to_register(page, Payer(nobody().payer_code, '999999970', 'enajst@e.si'))

    assert TOO_MANY in page.text('summary')
    assert outcomes(portal, '198.19.0.1', 'registration').count('parked') == 10


async def test_a_stranger_who_parks_with_the_owners_address_stands_in_nobodys_way(
    browsers: Browsers, payer: Payer
) -> None:
    """Parked with the owner's own address and a number of the stranger's choice: the owner still gets his access."""
    stranger = browsers()
    page = await register(stranger, Payer(payer.payer_code, '999999992', payer.email))
    await stranger.enter(page)
    home = browsers()
    page = await home.open('/registracija')
    await page.until(lambda: page.named('payer_code'))
    await asyncio.sleep(2.1)  # one letter to one address every two seconds here
    await try_to_register(page, payer)
    assert was_let_in(page), page.whole_text

    page = await stranger.open('/preverite-posto')
    await page.until(lambda: 'Ničesar ni treba potrditi' in page.whole_text)
    assert WRONG_PAIR not in page.whole_text


async def settled(page: Page, email: str) -> str:
    """The words of the page once its letter is handed over."""
    await page.until(lambda: 'Oddano poštnemu strežniku' in page.whole_text, 10)
    before, after = page.whole_text.split('Oddano poštnemu strežniku', 1)
    return before.replace(email, 'x@primer.si') + after.split('Povezava velja')[0][10:]
