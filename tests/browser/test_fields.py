"""Single fields: what they forgive, suggest, show and tell the browser."""

import pytest
from playwright.async_api import expect

from tests.browser.person import Person
from tests.world import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope='session')

PLAIN = {'spellcheck': 'false', 'autocapitalize': 'off'}
ATTRIBUTES = {
    '/registracija': {
        'payer_code': {'autocomplete': 'username', 'inputmode': 'numeric', **PLAIN},
        'email': {'autocomplete': 'email', 'type': 'email', **PLAIN},
        'control_number': {'autocomplete': 'off', 'inputmode': 'numeric', **PLAIN},
        'password': {'autocomplete': 'new-password', 'type': 'password', **PLAIN},
        'repeated': {'autocomplete': 'new-password', 'type': 'password', **PLAIN},
        'captcha': {'autocomplete': 'off', **PLAIN},
    },
    '/': {
        'payer_code': {'autocomplete': 'username', 'inputmode': 'numeric', **PLAIN},
        'password': {'autocomplete': 'current-password', 'type': 'password', **PLAIN},
    },
}


@pytest.mark.parametrize('address', ATTRIBUTES)
async def test_the_fields_tell_the_browser_what_belongs_into_them(ana: Person, address: str) -> None:
    await ana.open(address)

    for name, wanted in ATTRIBUTES[address].items():
        given = {attribute: await ana.field(name).get_attribute(attribute) for attribute in wanted}
        assert given == wanted, name


async def test_numbers_forgive_what_people_copy_along(ana: Person) -> None:
    code, number = ana.payer_code, ana.control_number

    await ana.register(
        payer_code=f' št. {code[:3]} {code[3:]}', control_number=f'{number[:3]}-{number[3:6]}\u00ad-{number[6:]}.',
        email=f'  {ana.email} ',
    )  # fmt: skip

    await expect(ana.page.get_by_text(ana.email, exact=True)).to_be_visible()


async def test_text_can_be_pasted_into_every_field(ana: Person) -> None:
    await ana.context.grant_permissions(['clipboard-read', 'clipboard-write'])
    page = await ana.open('/registracija')

    for name in ATTRIBUTES['/registracija']:
        await page.evaluate('text => navigator.clipboard.writeText(text)', f'prilepljeno {name}')
        await ana.field(name).focus()
        await page.keyboard.press('Control+V')
        await expect(ana.field(name)).to_have_value(f'prilepljeno {name}')


async def test_a_password_is_shown_and_hidden_by_keyboard_and_hidden_by_sending(ana: Person) -> None:
    page = await ana.open('/registracija')
    presses = ('Space', 'text', 'true'), ('Enter', 'password', 'false'), ('Space', 'text', 'true')
    for name, title in {'password': 'Geslo', 'repeated': 'Ponovi geslo'}.items():
        field, button = ana.field(name), page.get_by_role('button', name=f'Pokaži: {title}', exact=True)
        await field.fill('skrivnost')
        await field.press('Tab')
        await expect(button).to_be_focused()
        for key, kind, pressed in presses:
            await page.keyboard.press(key)
            await expect(field).to_have_attribute('type', kind)
            await expect(button).to_have_attribute('aria-pressed', pressed)

    await ana.submit.click()

    await expect(ana.summary).to_be_visible()
    for name in ('password', 'repeated'):
        await expect(ana.field(name)).to_have_attribute('type', 'password')
        await expect(ana.field(name)).to_have_value('skrivnost')


async def test_a_mistyped_mail_domain_is_corrected_by_one_tap(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.field('email').fill('ana@gmial.com')
    await ana.leave('email')

    await page.get_by_role('button', name='Ste mislili ana@gmail.com?').click()

    await expect(ana.field('email')).to_have_value('ana@gmail.com')


async def test_a_suggestion_that_was_taken_disappears(ana: Person) -> None:
    page = await ana.open('/registracija')
    await ana.field('email').fill('ana@gmial.com')
    await ana.leave('email')

    await page.get_by_role('button', name='Ste mislili').click()

    await expect(page.get_by_role('button', name='Ste mislili')).to_have_count(0, timeout=2000)
    await expect(ana.field('email')).to_be_focused()


async def test_the_suggestion_blocks_nobody(ana: Person) -> None:
    ana.email = f'ana.{ana.payer_code}@gmial.com'

    await ana.register()

    await expect(ana.page.get_by_text(ana.email, exact=True)).to_be_visible()


async def test_the_match_of_the_passwords_reacts_to_either_field(ana: Person) -> None:
    page = await ana.open('/registracija')
    match = page.get_by_text('Gesli se ujemata.')
    await ana.field('password').fill(PASSWORD)
    await ana.field('repeated').fill(PASSWORD)
    await expect(match).to_be_visible()

    await ana.field('password').fill(PASSWORD + '!')

    await expect(match).to_be_hidden()
    await ana.field('repeated').fill(PASSWORD + '!')
    await expect(match).to_be_visible()


async def test_a_corrected_password_clears_the_error_at_its_repetition(ana: Person) -> None:
    await ana.open('/registracija')
    await ana.field('password').fill(PASSWORD + '?')
    await ana.field('repeated').fill(PASSWORD)
    await ana.leave('repeated')
    await expect(ana.error('repeated')).to_have_text('Gesli se razlikujeta.')

    await ana.field('password').fill(PASSWORD)

    await expect(ana.error('repeated')).to_be_empty()


async def test_an_address_of_thirty_characters_is_seen_whole(ana: Person) -> None:
    await ana.open('/registracija')

    await ana.field('email').fill('janez.novak.brezovica@siol.net')

    assert await ana.field('email').evaluate('input => input.scrollWidth <= input.clientWidth')


MISTAKES = (
    ('payer_code', 'abc', 'Šifra uporabnika ima samo števke, na primer 123456.'),
    ('control_number', '12', 'Številka računa ima 9 števk, vpisanih je 2.'),
    ('email', 'ana@', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
    ('email', 'špela@primer.si', 'Vpišite elektronski naslov brez č, š, ž in drugih posebnih znakov.'),
    ('password', 'kratko1', 'Geslo naj ima vsaj 8 znakov; manjka še 1 znak.'),
    ('password', 'krat', 'Geslo naj ima vsaj 8 znakov; manjkajo še 4 znaki.'),
    ('password', 'password', 'To geslo je med tistimi, ki jih poskusijo najprej.'),
    ('password', 'x' * 129, 'Geslo ima lahko največ 128 znakov.'),
)


async def test_each_mistake_has_its_own_sentence(ana: Person) -> None:
    await ana.open('/registracija')

    for name, typed, sentence in MISTAKES:
        await ana.field(name).fill(typed)
        await ana.leave(name)
        await expect(ana.error(name)).to_contain_text(sentence)
        await expect(ana.field(name)).to_have_attribute('aria-invalid', 'true')
