"""The steps of an import in the browser, each in a word."""

from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser.person import Person


async def drop_what_waits(page: Page) -> None:
    await page.set_viewport_size({'width': 1280, 'height': 800})
    await page.goto('/uprava/uvoz')
    await expect(page.locator('#import-step, .banner').first).to_be_visible()
    for button in ('#give-up', '#give-up-yes', '#begin-anew'):
        if await page.locator(button).is_visible():
            await page.locator(button).click()


def step(one: Person) -> Locator:
    return one.page.locator('#import-step')


async def drop(one: Person, *files: Path) -> None:
    if await one.page.locator('#begin-anew').count():
        await one.page.locator('#begin-anew').click()
    await one.page.locator('#import-files').set_input_files([*files])
    for file in files:
        await expect(one.page.locator('#files').get_by_text(file.name)).to_be_visible()


async def look(one: Person, *files: Path) -> None:
    await drop(one, *files)
    await one.page.locator('form[name=import-look] [type=submit]').click()


async def apply(one: Person) -> None:
    yes, done = one.page.locator('#apply-yes'), one.page.locator('#begin-anew')
    await one.page.locator('#apply').click()
    await expect(yes.and_(one.page.locator(':visible')).or_(done)).to_be_visible()
    if await yes.is_visible():
        await yes.click()
    await expect(done).to_be_visible()
