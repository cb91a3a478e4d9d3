"""What the page may load and run; the fixture `person` watches every other test for the same."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.person import Person
from tests.browser.test_navigation import PAGES

pytestmark = pytest.mark.asyncio(loop_scope='session')
Somebody = Callable[..., Awaitable[Person]]

INJECT = """(code) => new Promise(done => {
  document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective), {once: true});
  const script = document.createElement('script');
  script.textContent = code;
  document.body.append(script);
  setTimeout(() => done('nothing was blocked'), 1000);
})"""


async def test_an_injected_inline_script_does_not_run(ana: Person) -> None:
    ana.expects('Content Security Policy')
    page = await ana.open('/registracija')

    blocked = await page.evaluate(INJECT, 'window.injected = true')

    assert blocked == 'script-src-elem'
    assert await page.evaluate('window.injected') is None


async def test_no_page_breaks_the_policy_or_fetches_anything_from_elsewhere(ana: Person) -> None:
    for address in PAGES:
        await ana.open(address)
        await ana.page.wait_for_timeout(200)

    assert ana.troubles == []
    assert {request.url.split('/')[2] for request in ana.requests if request.url.startswith('http')} == {
        ana.home.removeprefix('http://')
    }


async def test_the_nonce_is_new_with_every_page(ana: Person) -> None:
    policies = [(await ana.page.goto('/')).headers['content-security-policy'] for _load in range(2)]

    assert policies[0] != policies[1]
    assert "script-src 'self' 'nonce-" in policies[0]
    assert "default-src 'none'" in policies[0]


async def test_the_first_visit_is_small_enough_to_be_told(ana: Person) -> None:
    await ana.open('/')
    await ana.page.wait_for_load_state('networkidle')
    sizes = [await request.sizes() for request in ana.requests if request.url.startswith('http')]

    total = sum(size['responseBodySize'] + size['responseHeadersSize'] for size in sizes)
    print(f'first visit: {len(sizes)} requests, {total / 1024:.0f} KiB')


async def test_without_javascript_the_page_says_what_is_needed_and_whom_to_call(person: Somebody) -> None:
    ana = await person(java_script_enabled=False)

    await ana.page.goto('/registracija')

    for paragraph, words in enumerate(('ePortal potrebuje JavaScript', 'ePortal needs JavaScript')):
        shown = ana.page.locator('.noscript').nth(paragraph)
        await expect(shown).to_be_visible()
        assert words in (said := await shown.inner_text())
        assert '01 363 30 20' in said
