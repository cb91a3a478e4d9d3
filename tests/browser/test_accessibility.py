"""Every page in every state: axe finds nothing, and neither do the checks for what axe misses."""

from collections.abc import Awaitable, Callable

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.person import DESK, PHONE, Person
from tests.mail_server import MailServer

pytestmark = pytest.mark.asyncio(loop_scope='session')

PLAIN = ('/', '/registracija', '/preverite-posto', '/potrditev', '/pozabljeno-geslo', '/zahtevek', '/pogoji',
         '/zasebnost', '/dostopnost', '/te-strani-ni')  # fmt: skip
RULES = {'runOnly': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], 'preload': False,
         'resultTypes': ['violations']}  # fmt: skip
COLOURS = {'runOnly': ['color-contrast'], 'preload': False, 'resultTypes': ['violations']}  # all that the dark changes
NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, summary')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('[aria-hidden=true]'))
  .filter(e => !(e.ariaLabel || e.innerText || e.labels?.length || e.getAttribute('aria-labelledby')))
  .map(e => e.outerHTML)"""
SMALL = """() => [...document.querySelectorAll('button, a[href], input, summary')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('[aria-hidden=true], .skip'))
  .filter(e => !(getComputedStyle(e).display === 'inline' && e.closest('p, li, .check')))
  .filter(e => { const box = e.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
  .map(e => e.outerHTML.slice(0, 90))"""
WIDER = '() => document.documentElement.scrollWidth - innerWidth'
DESCRIBED = """() => [...document.querySelectorAll('[aria-invalid=true]')].map(e =>
  e.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id))
  .filter(e => e?.classList.contains('error') && e.innerText).length)"""


async def is_accessible(page: Page) -> None:
    """On the phone and at the desk, in the light and in the dark."""
    for (width, height), scheme, rules in ((PHONE, 'light', RULES), (DESK, 'light', RULES), (DESK, 'dark', COLOURS)):
        await page.set_viewport_size({'width': width, 'height': height})
        await page.emulate_media(color_scheme=scheme)
        found = await Axe().run(page, options=rules)
        assert found.violations_count == 0, f'{page.url} {width} {scheme}\n{found.generate_report()}'
    await page.emulate_media(color_scheme='light')
    assert await page.evaluate(NAMELESS) == []
    assert set(await page.evaluate(DESCRIBED)) <= {1}
    for width in (1280, 640, 320):  # 640 stands for 1280 at 200 %
        await page.set_viewport_size({'width': width, 'height': 740})
        assert await page.evaluate(WIDER) <= 0, f'{page.url} at {width}'
        assert await page.evaluate(SMALL) == [], f'{page.url} at {width}'


@pytest.mark.parametrize('address', PLAIN)
async def test_every_page_is_accessible_as_it_opens(ana: Person, address: str) -> None:
    ana.expects('404')
    await is_accessible(await ana.open(address))


@pytest.mark.parametrize('address', ['/', '/registracija'])
async def test_every_form_is_accessible_with_errors(ana: Person, address: str) -> None:
    page = await ana.open(address)
    await ana.submit.click()
    await expect(ana.summary).to_be_visible()

    await is_accessible(page)


async def test_the_registration_is_accessible_with_everything_unfolded(ana: Person) -> None:
    page = await ana.open('/registracija')
    await page.locator('summary').click()
    await ana.field('email').fill('ana@gmial.com')
    await ana.field('password').fill('zelena hiša')
    await ana.field('repeated').fill('zelena hiša')
    await page.get_by_role('button', name='Pokaži: Geslo', exact=True).click()
    await expect(page.get_by_text('Gesli se ujemata.')).to_be_visible()

    await is_accessible(page)


async def test_the_terms_within_the_form_are_accessible(ana: Person) -> None:
    page = await ana.open('/registracija')
    await page.get_by_role('button', name='Splošnimi pogoji').click()
    await expect(page.get_by_role('region', name='Splošni pogoji')).to_be_visible()

    await is_accessible(page)


async def test_a_refusal_is_accessible(ana: Person) -> None:
    await ana.sign_in('ni pravo geslo')
    await expect(ana.summary).to_be_visible()

    await is_accessible(ana.page)


async def test_the_way_to_access_is_accessible(ana: Person, mail: MailServer) -> None:
    await ana.register()
    await ana.letter_is_sent()
    await ana.page.locator('#correct').click()
    await ana.page.locator('form [type=submit]').click()
    await expect(ana.error('email')).not_to_be_empty()
    await is_accessible(ana.page)
    await ana.open(await ana.link(mail))
    await expect(ana.page.locator('#confirm')).to_be_visible()
    await is_accessible(ana.page)
    await ana.page.locator('#confirm').click()
    await expect(ana.heading).to_have_text('Registracija je potrjena')
    await is_accessible(ana.page)
    await ana.sign_in()
    await ana.is_signed_in()
    await is_accessible(ana.page)


@pytest.mark.parametrize('language', ['sl', 'en'])
async def test_the_page_says_its_language(person: Callable[..., Awaitable[Person]], language: str) -> None:
    ana = await person(PHONE, language)

    page = await ana.open('/')

    assert (await page.locator('html').get_attribute('lang') or '').startswith(language)
