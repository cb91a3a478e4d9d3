import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.attacks.conftest import an_address
from tests.attacks.deeds import TOO_MANY, Payer, letters_to, nobody, outcomes, registered, token_for, try_to_sign_in
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal
from tests.world import link_in

Browsers = Callable[..., Browser]
PAGES = ['/', '/registracija', '/preverite-posto', '/potrditev', '/potrditev/abc', '/pozabljeno-geslo', '/zahtevek',
         '/pogoji', '/zasebnost', '/dostopnost', '/ni-je']  # fmt: skip
OTHERS = [
    '/healthz',
    '/readyz',
    '/favicon.ico',
    '/_nicegui/none.js',
    '/assets/none.css',
    '/_nicegui_ws/socket.io/',
    '/vstop',
]
EVIL = {'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Prefix': '/evil', 'X-Forwarded-Proto': 'gopher',
        'Forwarded': 'host=evil.example', 'X-Original-URL': '/evil', 'X-Rewrite-URL': '/evil'}  # fmt: skip


@pytest.fixture
def http(portal: Portal) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=portal.url, timeout=20) as client:
        yield client


def check_headers(answer: httpx.Response) -> None:
    headers = answer.headers
    assert headers['x-content-type-options'] == 'nosniff'
    assert headers['referrer-policy'] == 'no-referrer'
    assert headers['permissions-policy'].startswith('camera=(self), microphone=()')
    assert headers['cross-origin-opener-policy'] == 'same-origin'
    policy = dict(part.strip().split(' ', 1) for part in headers['content-security-policy'].split(';'))
    assert policy['default-src'] == policy['object-src'] == policy['base-uri'] == policy['frame-ancestors'] == "'none'"
    assert "'unsafe-inline'" not in policy['script-src']
    assert policy['connect-src'] == "'self'"
    assert 'server' not in headers
    assert 'x-powered-by' not in headers
    if 'text/' in headers.get('content-type', '') and 'socket.io' not in answer.url.path:
        assert 'charset=utf-8' in headers['content-type'].lower()


@pytest.mark.parametrize('path', PAGES + OTHERS)
@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST', 'TRACE'])
def test_rule_42_every_answer_carries_the_headers(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)

    check_headers(answer)
    assert answer.headers['cache-control'] == 'no-store' or (method in ('GET', 'HEAD') and path == '/favicon.ico')
    assert answer.status_code < 500


def test_rule_42_static_files_carry_them_too_and_may_be_kept(http: httpx.Client) -> None:
    page = http.get('/').text
    files = set(re.findall(r'(?:src|href)="(/(?:_nicegui|assets)/[^"]+)"', page))

    assert len(files) > 3
    for file in files:
        answer = http.get(file)
        check_headers(answer)
        assert 'no-store' not in answer.headers['cache-control']
        assert answer.status_code == 200


@pytest.mark.parametrize('path', PAGES)
def test_rule_41_every_script_of_a_page_has_the_nonce_of_its_answer(http: httpx.Client, path: str) -> None:
    seen = set()
    for _ in range(3):
        answer = http.get(path)
        [nonce] = re.findall(r"'nonce-([\w-]{20,})'", answer.headers['content-security-policy'])
        assert re.findall(rf'<script(?! nonce="{nonce}")', answer.text) == []
        seen.add(nonce)
    assert len(seen) == 3


def test_rule_41_no_answer_has_a_nonce_that_can_be_known_before(http: httpx.Client) -> None:
    assert "'nonce-{nonce}'" not in http.get('/healthz').headers['content-security-policy']


@pytest.mark.parametrize(
    'host', ['evil.example', 'evil.example:{port}', '127.0.0.1', 'localhost:1', '', '127.0.0.1:{port}.evil.si']
)
@pytest.mark.parametrize('path', ['/', '/registracija', '/_nicegui/none.js', '/vstop'])
def test_rule_46_an_unknown_host_is_refused(portal: Portal, http: httpx.Client, host: str, path: str) -> None:
    answer = http.get(path, headers={'Host': host.format(port=portal.port)})

    assert answer.status_code == 400
    check_headers(answer)


async def test_rule_46_what_a_request_calls_itself_changes_no_link(
    portal: Portal, browsers: Browsers, payer: Payer, mail: MailServer
) -> None:
    browser = browsers(**EVIL)
    await registered(browser, payer)
    token_for(mail, payer.email)
    [letter] = letters_to(mail, payer.email)

    assert link_in(letter).startswith(f'http://localhost:{portal.port}/potrditev/')
    assert 'evil.example' not in str(letter)
    page = (await browser.http.get('/registracija')).text
    assert 'evil.example' not in page
    assert '/evil' not in page


async def test_rule_47_a_client_cannot_choose_its_address_behind_a_proxy(portal: Portal, browsers: Browsers) -> None:
    address = an_address()
    for n in range(21):
        page = await browsers(f'203.0.113.{n}, 127.0.0.1, {address}').open('/')
        await try_to_sign_in(page, nobody(), 'napačno geslo')

    assert TOO_MANY in page.whole_text
    assert outcomes(portal, address, 'sign-in')[:20] == ['wrong name or password'] * 20


@pytest.mark.parametrize('address', ['x' * 5_000, '1.2.3.4\t5', "'; DROP TABLE attempt; --", '::ffff:198.18.0.1', ','])
async def test_rule_47_an_address_that_is_none_does_no_harm(browsers: Browsers, address: str) -> None:
    page = await browsers(address).open('/')
    await try_to_sign_in(page, nobody(), 'napačno geslo')


@pytest.mark.parametrize('path', [
    '/docs', '/redoc', '/openapi.json', '/.git', '/.git/config', '/.env', '/data', '/eportal.db', '/posta', '/metrics',
    '/admin',
    '/_nicegui/..%2f..%2f..%2fapp.py', '/assets/../app.py', '/assets/%2e%2e/%2e%2e/app.py', '/%00', '/%ff',
])  # fmt: skip
def test_rule_69_nothing_lies_about(http: httpx.Client, path: str) -> None:
    answer = http.get(path)

    assert answer.status_code == 404
    assert 'openapi' not in answer.text
    assert 'import typer' not in answer.text
    assert '[core]' not in answer.text


@pytest.mark.parametrize('path', ['//[', '/registracija//['])
def test_rule_69_a_path_that_is_no_address_is_unknown(http: httpx.Client, portal: Portal, path: str) -> None:
    before = len(portal.log)
    assert http.send(httpx.Request('GET', httpx.URL(portal.url).copy_with(raw_path=path.encode()))).status_code == 404
    assert len(portal.log) == before


@pytest.mark.parametrize('method', ['TRACE', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'CONNECT', 'PROPFIND'])
def test_rule_69_methods_that_nobody_needs_are_refused(http: httpx.Client, method: str) -> None:
    assert http.request(method, '/').status_code in (400, 405)


@pytest.mark.parametrize('path', ['/vstop', '/odjava', '/', '/_nicegui_ws/socket.io/?EIO=4&transport=polling'])
def test_rule_58_a_long_body_is_refused_by_its_length(http: httpx.Client, path: str) -> None:
    assert http.post(path, content=b'x' * 6_000_000).status_code == 413


def test_rule_58_a_long_body_without_a_length_is_refused_where_the_limit_is(http: httpx.Client, portal: Portal) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(20):
            yield b'x' * 8_192

    before = len(portal.log)
    answer = http.post('/vstop', content=endless(), headers={'Origin': portal.url})

    assert answer.status_code in (400, 413)
    assert len(portal.log) == before


@pytest.fixture(scope='module')
def production(start_portal: Callable[..., Portal]) -> Portal:
    return start_portal(EPORTAL_PUBLIC_URL='https://eportal.example', EPORTAL_CAPTCHA='image')


def test_rule_34_in_production_cookies_belong_to_this_host_and_https(production: Portal) -> None:
    answer = httpx.get(f'{production.url}/', headers={'Host': 'eportal.example'})
    [cookie] = answer.headers.get_list('set-cookie')

    assert re.fullmatch(r'__Host-eportal-visitor=[\w-]{22}; Path=/; HttpOnly; SameSite=Lax; Secure', cookie)
    assert answer.headers['strict-transport-security'].startswith('max-age=63072000')
    check_headers(answer)


@pytest.mark.parametrize('host', ['127.0.0.1:{port}', 'localhost:{port}', 'evil.example', 'eportal.example.evil.si'])
def test_rule_46_in_production_only_the_public_name_is_answered(production: Portal, host: str) -> None:
    given = {'Host': host.format(port=production.port), 'X-Forwarded-Host': 'eportal.example'}

    assert httpx.get(f'{production.url}/', headers=given).status_code == 400


def test_rule_47_forwarding_headers_of_a_stranger_change_nothing_in_production(production: Portal) -> None:
    answer = httpx.get(f'{production.url}/', headers={'Host': 'eportal.example', **EVIL, 'X-Forwarded-For': '1.2.3.4'})

    assert 'evil.example' not in answer.text
    assert '/evil' not in answer.text


async def test_rule_47_an_address_is_not_believed_from_a_client_that_is_no_proxy(
    browsers: Browsers, production: Portal
) -> None:
    """From loopback, which servers like to trust by themselves."""
    own = 'https://eportal.example'
    for n in range(8):
        browser = browsers(f'203.0.113.{n}', production, Host='eportal.example')
        page = await browser.load('/')
        await page.connect(origin=own)
        await try_to_sign_in(page, Payer('123456', '', ''), 'napačno geslo')

    assert TOO_MANY in page.whole_text
    assert outcomes(production, '127.0.0.1', 'sign-in').count('wrong name or password') >= 5
