"""An administrator loads this month's files in the browser, in both languages, with the keyboard, on a phone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.billing import ALL_SAMPLES, csv_file, customer, customers
from tests.browser.clerk import let_clerk_in
from tests.browser.importing import apply, drop, drop_what_waits, look, step
from tests.browser.person import DESK, PHONE, Person
from tests.browser.places import a_portal
from tests.browser.test_accessibility import is_accessible
from tests.mail_server import MailServer
from tests.portal import Portal

pytestmark = pytest.mark.asyncio(loop_scope='session')

People = Callable[..., Awaitable[Person]]
STRANGE = 'KODICA;OPIS;ULICA'


@pytest.fixture(scope='module')
def portal(mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One of its own: a complete list of customers makes those of other modules gone."""
    with a_portal(tmp_path_factory, mail, EPORTAL_UPLOAD_AT_MOST='1') as running:
        yield running


@pytest_asyncio.fixture(loop_scope='session')
async def staff(person: People, portal: Portal) -> AsyncIterator[People]:
    """`await staff('Ema Kos')` stands before the import; what nobody has finished is dropped at the end."""
    last: list[Person] = []

    async def somebody(
        name: str = 'Marija Kos', role: str = 'administrator', size: tuple[int, int] = DESK, language: str = 'sl'
    ) -> Person:
        one = await person(size, language)
        await let_clerk_in(portal, one.context, one.home, role, name)
        await one.open('/uprava/uvoz')
        last.append(one)
        return one

    yield somebody
    await drop_what_waits(last[0].page)


def text_in(file: Path) -> str:
    return file.read_text(encoding='utf-8-sig')


async def test_this_months_files_are_loaded(staff: People, portal: Portal) -> None:
    marija = await staff()
    await look(marija, *ALL_SAMPLES)
    await expect(step(marija)).to_be_focused()
    report = marija.page.locator('.counts')
    await expect(report.get_by_role('row', name='stranke')).to_contain_text('300')
    await expect(report.get_by_role('row', name='računi')).to_contain_text('1800')
    await expect(marija.page.locator('.told').get_by_text('Jožica Jerančič')).to_be_visible()
    assert portal.rows('SELECT count(*) FROM customer WHERE came_with IS NOT NULL') == [(0,)]

    await apply(marija)

    await expect(marija.page.locator('#guessability')).to_contain_text('EPORTAL_SECOND_PROOF')
    await expect(marija.page.get_by_text('/backups/eportal-')).to_be_visible()
    newest = marija.page.locator('.listing tbody tr').first
    await expect(newest).to_contain_text('Marija Kos')
    await expect(newest).to_contain_text('stranke.csv')
    assert portal.rows('SELECT count(*) FROM customer WHERE came_with IS NOT NULL AND gone_at IS NULL') == [(300,)]
    assert list((portal.folder / 'uploads').iterdir()) == []


async def test_the_same_files_again_change_nothing(staff: People) -> None:
    marija = await staff(language='en')
    await look(marija, *ALL_SAMPLES)
    await apply(marija)
    await look(marija, *ALL_SAMPLES)
    await expect(marija.page.locator('#apply')).to_have_text('Note it and finish')

    await apply(marija)

    await expect(marija.page.locator('.state.done')).to_contain_text('Nothing has changed')


async def test_unknown_columns_are_told_once(staff: People, tmp_path: Path) -> None:
    marija = await staff(language='en')
    await look(marija, csv_file(tmp_path, STRANGE, '200001;Žiga Čuk;Na Žago 1', name='izpis.csv'))
    await expect(step(marija)).to_have_text('Say what the columns hold')
    await expect(marija.page.locator('#column-2')).to_have_value('street')
    await is_accessible(marija.page)
    await marija.page.locator('#column-0').select_option('payer_code')
    await marija.page.locator('#column-1').select_option('name')
    await marija.page.locator('#profile').fill('Mesečni')
    await marija.page.locator('form[name=import-columns] [type=submit]').click()
    await apply(marija)

    await drop(marija, csv_file(tmp_path, STRANGE, '200001;Žiga Čuček;Na Žago 1', name='izpis.csv'))
    await marija.page.locator('select#profile').select_option('Mesečni')
    await marija.page.locator('form[name=import-look] [type=submit]').click()

    await expect(marija.page.get_by_text('Žiga Čuk → Žiga Čuček')).to_be_visible()


async def test_a_doubt_is_confirmed_again_by_what_would_happen(staff: People, tmp_path: Path, portal: Portal) -> None:
    marija = await staff(language='en')
    await look(marija, customers(tmp_path, *[customer(str(300_000 + n)) for n in range(40)], name='vse.csv'))
    await apply(marija)
    await look(marija, customers(tmp_path, customer('300000'), name='nekaj.csv'))

    await expect(marija.page.locator('.banner').last).to_contain_text('would vanish')
    await is_accessible(marija.page)
    await marija.page.locator('#apply').click()

    question = marija.page.locator('.asking:visible')
    await expect(question).to_contain_text('39 payers are marked as gone')
    await expect(marija.page.locator('#apply-yes')).to_be_focused()
    await question.get_by_role('button', name='Cancel').click()
    assert portal.rows("SELECT count(*) FROM customer WHERE payer_code LIKE '3000%' AND gone_at IS NOT NULL") == [(0,)]


async def test_what_is_wrong_comes_as_a_table(staff: People, tmp_path: Path) -> None:
    marija = await staff()
    rows = [customer('=1+1', 'Špela'), *[customer(str(400_000 + n)) for n in range(40)]]
    await look(marija, customers(tmp_path, *rows, name='vse.csv'))
    await expect(marija.page.locator('#problems')).to_be_visible()

    async with marija.page.expect_download() as downloading:
        await marija.page.locator('#download-problems').click()
    table = text_in(await (await downloading.value).path())

    assert "'=1+1" in table
    assert 'ŠIFRA PLAČNIKA' in table


async def test_files_can_be_dropped_and_removed_and_too_big_ones_are_told(staff: People, tmp_path: Path) -> None:
    marija = await staff(language='en')
    await marija.page.evaluate("""() => {
        const files = new DataTransfer();
        files.items.add(new File(['a;b'], 'spuščena.csv'));
        files.items.add(new File([new Uint8Array(1_100_000)], 'velika.csv'));
        files.items.add(new File([], 'prazna.csv'));
        const zone = document.querySelector('[data-drop]');
        zone.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
    }""")
    marija.expects('400')

    await expect(marija.page.locator('#files')).to_contain_text('spuščena.csv')
    sending = marija.page.locator('[data-sending]')
    await expect(sending).to_contain_text('velika.csvis too big: all files together may have 1 MB')
    await expect(sending).to_contain_text('prazna.csvis empty')
    await is_accessible(marija.page)
    await marija.page.get_by_role('button', name='Remove spuščena.csv').click()
    await expect(marija.page.locator('#files li')).to_have_count(0)
    await expect(marija.page.locator('form[name=import-look]')).to_have_count(0)


async def test_it_waits_for_who_leaves_and_another_administrator_sees_whose_it_is(
    staff: People, tmp_path: Path
) -> None:
    marija, ema = await staff(language='en'), await staff('Ema Kos', language='en')
    await look(marija, customers(tmp_path, customer('500001'), name='vse.csv'))
    await expect(ema.page.get_by_text('Marija Kos is importing')).to_be_visible()
    await expect(ema.page.locator('#apply')).to_have_count(0)

    await marija.page.locator('[data-desk="/uprava/pregled"]').click()
    await expect(marija.heading).to_have_text('Overview')
    await marija.page.go_back()

    await expect(marija.page.locator('#apply')).to_be_visible()
    await expect(step(ema)).to_have_text('Looked at: nothing is written yet')
    await ema.page.locator('#give-up').click()
    await expect(ema.page.locator('.asking:visible')).to_contain_text('Marija Kos')
    await ema.page.locator('#give-up-yes').click()
    await expect(marija.page.locator('#import-files')).to_be_visible()


async def test_a_clerk_does_not_get_in(staff: People, portal: Portal) -> None:
    ivo = await staff('Ivo Kos', 'clerk')

    await expect(ivo.page.locator('.banner')).to_be_visible()
    assert await ivo.page.locator('#import-files, .listing, [data-desk="/uprava/uvoz"]').count() == 0
    assert portal.rows("SELECT count(*) FROM audit_event WHERE what = 'refused' AND actor LIKE 'staff:%'") != [(0,)]


async def test_the_keyboard_is_enough(staff: People, tmp_path: Path) -> None:
    marija = await staff()
    await drop(marija, customers(tmp_path, customer('500001'), name='vse.csv'))
    await marija.page.locator('#import-files').focus()
    for _press in range(6):
        await marija.page.keyboard.press('Tab')
        if await marija.page.evaluate('document.activeElement.type') == 'submit':
            break
    await marija.page.keyboard.press('Enter')
    await expect(marija.page.locator('#apply')).to_be_visible()
    await expect(step(marija)).to_be_focused()
    for _press in range(4):
        await marija.page.keyboard.press('Tab')
        if await marija.page.evaluate('document.activeElement.id') == 'apply':
            break
    await marija.page.keyboard.press('Enter')
    await expect(marija.page.locator('#apply-yes')).to_be_focused()
    await marija.page.keyboard.press('Enter')

    await expect(marija.page.locator('#begin-anew')).to_be_visible()
    await expect(step(marija)).to_be_focused()


@pytest.mark.parametrize('language', ['sl', 'en'])
async def test_every_step_is_accessible(staff: People, tmp_path: Path, language: str) -> None:
    marija = await staff(size=PHONE, language=language)
    await is_accessible(marija.page)
    await drop(marija, customers(tmp_path, customer('600001'), customer('1'), name=f'vse-{language}.csv'))
    await marija.page.locator('summary').click()
    await is_accessible(marija.page)
    await marija.page.locator('form[name=import-look] [type=submit]').click()
    await expect(marija.page.locator('#apply')).to_be_visible()
    await is_accessible(marija.page)
    await apply(marija)
    await is_accessible(marija.page)
