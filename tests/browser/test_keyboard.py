"""The whole way without a mouse: Tab, Enter, Space, and always visible where the focus is."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.person import Person
from tests.mail_server import MailServer
from tests.world import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope='session')

LONGEST_WAY = 40  # presses of Tab to anything on any page
FOCUSED = r"""() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    id: /^c\d+$/.test(element.id) ? '' : element.id, text: element.ariaLabel || element.innerText,
    visible: box.width > 0 && (element.contains(seen) || seen?.contains(element)),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, top: element === document.body,
  };
}"""


async def tab_to(page: Page, wanted: str) -> None:
    """By Tab alone, to the element of this id or text; every stop on the way shows itself."""
    for _press in range(LONGEST_WAY):
        await page.keyboard.press('Tab')
        stop = await page.evaluate(FOCUSED)
        if stop['top']:
            continue
        assert stop['ring'], stop
        assert stop['visible'], stop
        if wanted in (stop['id'], stop['text']):
            return
    raise AssertionError(f'{wanted} cannot be reached')


async def test_the_whole_way_needs_no_mouse(ana: Person, mail: MailServer) -> None:
    page, press, write = await ana.open('/'), ana.page.keyboard.press, ana.page.keyboard.type
    await tab_to(page, 'Registracija za nove uporabnike')
    await press('Enter')
    await expect(ana.heading).to_be_focused()
    for name, value in ana.right_entries.items():
        await tab_to(page, name)
        await write(value)
    await tab_to(page, 'consent')
    await press('Space')
    await tab_to(page, 'Registriraj')
    await press('Enter')
    await expect(ana.heading).to_have_text('Preverite pošto')
    await ana.open(await ana.link(mail))
    await tab_to(page, 'confirm')
    await press('Space')
    await expect(ana.heading).to_have_text('Registracija je potrjena')
    await expect(ana.heading).to_be_focused()
    await tab_to(page, 'Prijava')
    await press('Enter')
    await expect(ana.heading).to_have_text('Prijava')
    await expect(ana.heading).to_be_focused()
    await tab_to(page, 'payer_code')
    await write(ana.payer_code)
    await tab_to(page, 'password')
    await write(PASSWORD)
    await press('Enter')
    await expect(ana.heading).to_have_text('Pozdravljeni')
    await tab_to(page, 'sign-out')
    await press('Space')
    await expect(ana.heading).to_have_text('Prijava')


@pytest.mark.parametrize('address', ['/', '/registracija', '/pogoji'])
async def test_tab_goes_round_every_page_without_a_trap(ana: Person, address: str) -> None:
    page = await ana.open(address)
    stops: list[str] = []

    for _press in range(LONGEST_WAY):
        await page.keyboard.press('Tab')
        stop = await page.evaluate(FOCUSED)
        stops.append(stop['id'] or stop['text'])
        if stop['text'] == 'Varstvo podatkov':
            break

    assert stops[0] == 'Na vsebino'
    assert stops[-1] == 'Varstvo podatkov'  # the last link of the foot
    assert len(stops) == len(set(stops)), stops


async def test_the_first_stop_skips_to_the_content(ana: Person) -> None:
    page = await ana.open('/registracija')

    await page.keyboard.press('Tab')
    await expect(page.get_by_role('link', name='Na vsebino')).to_be_in_viewport()
    await page.keyboard.press('Enter')

    await expect(ana.heading).to_be_focused()
