"""Only an administrator's files reach the disk, counted while they come, under names of ours."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta

import httpx
import pytest

from domain.billing.problem import Problem
from domain.billing.report import Report
from domain.language import _
from tests.attacks.conftest import BEHIND_A_PROXY
from tests.attacks.deeds import Payer, confirmed, payers, sign_in
from tests.attacks.uploads import MEGABYTE, UPLOADS, Body, answer_of, let_in, lying_about, memory, refused
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

Http = Callable[..., httpx.AsyncClient]


@pytest.fixture(scope='module')
def desk(start_portal: Callable[..., Portal]) -> Portal:
    """It takes two megabytes of uploads."""
    return start_portal(**BEHIND_A_PROXY, EPORTAL_UPLOAD_AT_MOST='2')


@pytest.fixture
def sends(desk: Portal) -> Iterator[Http]:
    """Somebody who sends files, with this role's cookie."""

    def somebody(role: str | None = 'administrator', **headers: str) -> httpx.AsyncClient:
        cookies = {'eportal-uprava': let_in(desk, role)} if role else {}
        given = {'Origin': desk.url, 'X-File-Name': 'stranke.csv', 'X-Forwarded-For': '198.18.200.7', **headers}
        return httpx.AsyncClient(base_url=desk.url, headers=given, cookies=cookies, timeout=30, trust_env=False)

    yield somebody
    for left in (desk.folder / 'uploads').glob('*'):
        left.unlink()


async def test_rule_58_an_administrator_of_our_own_page_brings_a_file(desk: Portal, sends: Http) -> None:
    async with sends() as marija:
        answer = await marija.post(UPLOADS, content=Body(MEGABYTE))

    assert answer.status_code == 204
    [name] = lying_about(desk)
    assert (desk.folder / 'uploads' / name).stat().st_size >= MEGABYTE


@pytest.mark.parametrize('role', [None, 'clerk'])
async def test_rule_58_nobody_else_is_let_in_before_the_body_is_read(
    desk: Portal, sends: Http, role: str | None
) -> None:
    before, body = len(refused(desk)), Body(50 * MEGABYTE)
    async with sends(role) as somebody:
        status = await answer_of(somebody, body)

    assert status == 403
    assert body.sent < 20 * MEGABYTE
    assert lying_about(desk) == []
    [(actor, detail)] = refused(desk)[before:]
    assert actor == 'nobody' if role is None else actor.startswith('staff:')
    assert 'upload' in detail


async def test_rule_55_a_customers_cookie_opens_nothing_and_is_on_record(
    desk: Portal, browsers: Callable[..., Browser], mail: MailServer
) -> None:
    ana: Payer = payers(desk)
    browser = browsers(at=desk)
    await confirmed(browser, ana, mail)
    await browser.enter(await sign_in(browser, ana))
    before = len(refused(desk))

    answers = [
        await browser.http.post(UPLOADS, content=b'x', headers={'Origin': desk.url}),
        await browser.http.get('/uprava/uvoz/napake.csv'),
    ]
    token = next(cookie.value for cookie in browser.http.cookies.jar if cookie.name == 'eportal')
    stolen = await browser.http.post(
        UPLOADS, content=b'x', headers={'Origin': desk.url, 'Cookie': f'eportal-uprava={token}'}
    )

    assert [answer.status_code for answer in (*answers, stolen)] == [403, 403, 403]
    actors = [actor for actor, _detail in refused(desk)[before:]]
    assert [actor.split(':')[0] for actor in actors] == ['account', 'account', 'nobody']
    assert lying_about(desk) == []


async def test_rule_55_a_page_of_somebody_else_sends_nothing_in_an_administrators_name(
    desk: Portal, sends: Http
) -> None:
    before = len(refused(desk))
    for origin in ('https://evil.example', 'null', ''):
        async with sends(Origin=origin) as marija:
            assert (await marija.post(UPLOADS, content=b'x')).status_code == 403

    assert [actor for actor, _detail in refused(desk)[before:]] == ['nobody'] * 3
    assert lying_about(desk) == []


async def test_rule_30_a_session_that_has_idled_away_brings_nothing(desk: Portal, sends: Http) -> None:
    async with sends(None) as marija:
        marija.cookies.set('eportal-uprava', let_in(desk, 'administrator', seen=timedelta(minutes=16)))

        assert (await marija.post(UPLOADS, content=b'x')).status_code == 403


async def test_rule_57_from_a_network_that_is_not_listed_there_is_no_such_page(
    start_portal: Callable[..., Portal],
) -> None:
    portal = start_portal(EPORTAL_STAFF_NETWORKS='10.0.0.0/8')
    headers = {'Origin': portal.url, 'Cookie': f'eportal-uprava={let_in(portal, "administrator")}'}
    async with httpx.AsyncClient(base_url=portal.url, headers=headers, trust_env=False) as marija:
        assert (await marija.post(UPLOADS, content=b'x')).status_code == 404
        assert (await marija.get('/uprava/uvoz/napake.csv')).status_code == 404
    assert lying_about(portal) == []


async def test_rule_58_too_much_is_refused_wherever_it_goes_and_takes_no_memory(desk: Portal, sends: Http) -> None:
    before = memory(desk)
    async with sends() as marija:
        told = [await marija.post(path, content=b'x' * 6 * MEGABYTE) for path in ('/vstop', UPLOADS)]
        elsewhere = await marija.post('/vstop', content=Body(6 * MEGABYTE))
        chunked, body = await marija.post(UPLOADS, content=Body(3 * MEGABYTE)), Body(100 * MEGABYTE)
        endless = await answer_of(marija, body)

    assert [answer.status_code for answer in (*told, elsewhere, chunked)] == [413] * 4
    assert endless == 413
    assert lying_about(desk) == []
    assert memory(desk) - before < 25


async def test_rule_58_nothing_and_half_of_something_leave_nothing(desk: Portal, sends: Http) -> None:
    async with sends() as marija:
        assert (await marija.post(UPLOADS, content=b'')).status_code == 400
        assert (await marija.post(UPLOADS, content=Body(0))).status_code == 400
        with pytest.raises(httpx.HTTPError):
            await marija.post(UPLOADS, content=broken())
    for _try in range(100):
        if not lying_about(desk):
            break
        await asyncio.sleep(0.05)

    assert lying_about(desk) == []


async def broken() -> AsyncIterator[bytes]:
    yield b'x' * 65_536
    raise httpx.WriteError('the line is cut')


async def test_rule_58_a_form_with_two_hundred_parts_is_a_file_like_any_other(desk: Portal, sends: Http) -> None:
    """There is no parser that it could tire."""
    parts = {f'f{n}': (f'{n}.csv', b'x' * 100) for n in range(200)}
    async with sends() as marija:
        assert (await marija.post(UPLOADS, files=parts)).status_code == 204

    assert len(lying_about(desk)) == 1


@pytest.mark.parametrize(
    'name',
    ['..%5C..%5Cx', '../../x', '%2e%2e%2fx', 'a' * 300, '%00', '%0d%0aSet-Cookie: x=1', '/etc/passwd', '', '%F0%9F',
     'C:%5Cx.csv', '.', '..', 'con.csv', '%E2%80%AEvsc.exe'],
)  # fmt: skip
async def test_rule_61_a_name_is_never_part_of_a_path(desk: Portal, sends: Http, name: str) -> None:
    async with sends(**{'X-File-Name': name}) as marija:
        answer = await marija.post(UPLOADS, content=b'x')

    assert answer.status_code == 204
    assert [re.fullmatch('[0-9a-f]{32}', stored) is not None for stored in lying_about(desk)] == [True]
    assert 'set-cookie' not in answer.headers
    assert {file.name for file in desk.folder.parent.iterdir()} & {'x', 'passwd'} == set()


async def test_rule_61_the_folder_is_for_the_portal_alone(desk: Portal, sends: Http) -> None:
    async with sends() as marija:
        await marija.post(UPLOADS, content=b'x')

    folder = desk.folder / 'uploads'
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]


@pytest.mark.parametrize('way', ['get', 'head', 'put', 'delete'])
async def test_rule_40_only_a_post_brings_a_file(desk: Portal, sends: Http, way: str) -> None:
    async with sends() as marija:
        answer = await getattr(marija, way)(UPLOADS)

    assert answer.status_code in (303, 404, 405)
    assert lying_about(desk) == []


@pytest.mark.parametrize('beginning', ['=', '+', '-', '@', '\t', '\r', '\0'])
def test_rule_62_no_cell_of_the_report_is_a_formula(beginning: str) -> None:
    cell = beginning + 'cmd|" /C calc"!A0'
    report = Report([], {}, [Problem(cell, 1, cell, cell, _('is no date'))], 0, 1, 1)

    rows = list(csv.reader(io.StringIO(report.as_csv('en'), newline=''), delimiter=';'))

    assert [rows[1][n][0] for n in (0, 2, 3)] == ["'"] * 3
