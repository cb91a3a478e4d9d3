import asyncio
import base64
import io
from collections.abc import Callable

import pytest
from PIL import Image

from domain import clock
from domain.captcha import ALPHABET, Challenge
from domain.form import Rejected
from domain.settings import Settings
from tests.attacks.deeds import Payer, accounts, payers, was_let_in
from tests.page import Browser, Page
from tests.portal import Portal
from tests.world import a_challenge

Browsers = Callable[..., Browser]


@pytest.fixture(scope='module')
def portal(start_portal: Callable[..., Portal]) -> Portal:
    return start_portal(EPORTAL_CAPTCHA='image', EPORTAL_TRUSTED_PROXIES='127.0.0.1')


def pictures(page: Page) -> list[bytes]:
    """All that the page was shown, the first and later ones."""
    sources = [page.answer.text, repr(page.frames)]
    found = [part.split('"')[0].split("'")[0] for source in sources for part in source.split('image/png;base64,')[1:]]
    return [base64.b64decode(part.replace('\\u002f', '/').replace('&quot;', '').rstrip('\\')) for part in found]


@pytest.mark.parametrize(
    'answer', [None, '', ' ', [], ['aT4eD'], {}, {'captcha': ''}, 0, True, 'aT4eD', '?', '*', 'a' * 999]
)
async def test_rule_52_no_answer_fits_a_picture_that_was_not_read(
    portal: Portal, browser: Browser, payer: Payer, answer: object
) -> None:
    page = await browser.open('/registracija')
    await page.submit('registracija', payer.form(captcha=answer))

    assert not was_let_in(page)
    assert page.text('captcha-error')
    assert accounts(portal, payer.email) == 0


async def test_rule_52_leaving_the_field_out_is_no_answer(portal: Portal, browser: Browser, payer: Payer) -> None:
    page = await browser.open('/registracija')
    form = payer.form()
    del form['captcha']
    await page.submit('registracija', form)

    assert page.text('captcha-error')
    assert accounts(portal, payer.email) == 0


async def test_rule_52_every_wrong_answer_brings_another_picture(browser: Browser, payer: Payer) -> None:
    page = await browser.open('/registracija')
    for _ in range(4):
        await page.submit('registracija', payer.form(captcha='?????'))
    await page.do('new-picture', 'click')
    await page.until(lambda: len(pictures(page)) == 6)

    assert len(set(pictures(page))) == 6
    assert all(Image.open(io.BytesIO(picture)).size == (240, 80) for picture in pictures(page))
    assert all(not Image.open(io.BytesIO(picture)).info for picture in pictures(page))


async def test_rule_52_nothing_sent_names_the_picture(browsers: Browsers, portal: Portal) -> None:
    """Two pages differ in nothing but ids and the picture itself: no room for the answer, not even hashed."""
    pages = [await browsers().open('/registracija') for _ in range(2)]
    for page in pages:
        await page.do('new-picture', 'click')
        await page.until(lambda page=page: len(pictures(page)) == 2)

    left, right = (differing(page) for page in pages)
    assert left == right
    assert {cookie.name for cookie in pages[0].browser.http.cookies.jar} == {'eportal-visitor'}


def differing(page: Page) -> dict[str, object]:
    """Every property of every element, with pictures and random ids taken out."""
    return {
        number: [
            element.get('tag'), element.get('text'), element.get('class'),
            {name: value for name, value in element.get('props', {}).items() if 'base64,' not in str(value)},
        ]
        for number, element in page.elements.items()
    }  # fmt: skip


async def test_rule_52_an_answer_of_another_page_does_not_count(browsers: Browsers, portal: Portal) -> None:
    payer = payers(portal)
    pages = [await browsers().open('/registracija') for _ in range(3)]
    await asyncio.gather(*(page.submit('registracija', payer.form(captcha='AAAAA')) for page in pages))

    assert not any(was_let_in(page) for page in pages)


@pytest.mark.parametrize('first', ['wrong', '', None, ['aT4eD'], 'AT4ED'])
def test_rule_52_a_wrong_answer_uses_the_picture_up(settings: Settings, first: object) -> None:
    challenge = a_challenge('aT4eD')
    with pytest.raises(Rejected):
        challenge.judge(first)

    with pytest.raises(Rejected):
        challenge.judge('aT4eD')


def test_rule_52_a_right_answer_uses_it_up_as_well(settings: Settings) -> None:
    challenge = a_challenge('aT4eD')
    challenge.judge(' aT4 eD ')

    with pytest.raises(Rejected):
        challenge.judge('aT4eD')


@pytest.mark.parametrize(('seconds', 'fits'), [(599, True), (601, False)])
def test_rule_52_a_picture_lives_ten_minutes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, seconds: int, fits: bool
) -> None:
    challenge = a_challenge('aT4eD')
    shown = clock.monotonic()
    monkeypatch.setattr(clock, 'monotonic', lambda: shown + seconds)

    if fits:
        challenge.judge('aT4eD')
    else:
        with pytest.raises(Rejected):
            challenge.judge('aT4eD')


def test_rule_52_no_two_signs_are_alike(settings: Settings) -> None:
    assert not set('l1IO0ocCkKpPsSuUvVwWxXzZ6b9gq') & set(ALPHABET)
    texts = {Challenge()._text for _ in range(20)}
    assert len(texts) == 20
    assert all(len(text) == 5 and set(text) <= set(ALPHABET) for text in texts)
