import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.attacks.conftest import BEHIND_A_PROXY
from tests.attacks.staff import DESKS, a_member, desk, let_in, opening
from tests.attacks.wire import polled, wire
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]


@pytest.fixture(scope='module')
def listed(start_portal: Callable[..., Portal]) -> Portal:
    """The admin page is for 10.9.0.0/16 only."""
    return start_portal(**BEHIND_A_PROXY, EPORTAL_STAFF_NETWORKS='10.9.0.0/16, 2001:db8:9::/48')


ADDRESSES = (*DESKS, '/uprava/', '/uprava/prijava', '/uprava/nastavitev/' + 'x' * 43, '/uprava/odjava',
             '/uprava/ni', '/uprava/uvoz/datoteka')  # fmt: skip


def plain(answer: httpx.Response) -> tuple[Any, ...]:
    """Without what differs between any two pages: ids, nonces, the address itself."""
    text = re.sub(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|nonce="[^"]*"', '', answer.text)
    return answer.status_code, text, sorted(answer.headers.keys()), answer.headers.get('content-type')


@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'])
async def test_rule_57_elsewhere_the_administration_is_an_unknown_address(
    listed: Portal, browsers: Browsers, method: str
) -> None:
    outside = browsers(at=listed)
    let_in(listed, outside, a_member(listed, 'administrator'))
    await outside.http.get('/')  # its visitor is known from here on
    own = {'Origin': listed.url}
    unknown = plain(await outside.http.request(method, '/ni-te-strani', headers=own))

    for path in ADDRESSES:
        assert plain(await outside.http.request(method, path, headers=own)) == unknown, path
    assert method in ('PUT', 'OPTIONS') or unknown[0] == 404


async def test_rule_57_from_a_listed_network_it_is_there(listed: Portal, browsers: Browsers) -> None:
    for address in ('10.9.1.1', '2001:db8:9::7'):
        inside = browsers(address, at=listed)
        assert (await inside.http.get('/uprava/prijava')).status_code == 200
        let_in(listed, inside, a_member(listed))
        assert (await inside.http.get('/uprava/zahtevki')).status_code == 200


async def test_rule_57_a_forwarding_header_makes_nobody_listed(listed: Portal, browsers: Browsers) -> None:
    for chain in ('10.9.1.1, 198.18.200.1', '10.9.1.1,198.18.200.1', 'x'):
        assert (await browsers(chain, at=listed).http.get('/uprava/prijava')).status_code == 404


async def test_rule_57_a_page_of_staff_is_not_joined_from_elsewhere(listed: Portal, browsers: Browsers) -> None:
    inside = browsers('10.9.1.1', at=listed)
    let_in(listed, inside, a_member(listed, 'administrator'))
    page = await desk(inside, '/uprava/zaposleni', 'zaposleni')

    with pytest.raises(InvalidStatus) as refusal:  # no proxy speaks for this one: it comes from loopback
        async with wire(page):
            pass
    assert refusal.value.response.status_code in (403, 404)
    assert (await polled(page, listed.url))[0] in (403, 404)


async def test_rule_57_a_session_does_not_travel_out_of_the_network(listed: Portal, browsers: Browsers) -> None:
    outside = browsers(at=listed)
    let_in(listed, outside, a_member(listed, 'administrator'))
    page = await outside.open('/')

    await page.socket.emit('event', opening(page, '/uprava/zaposleni'))
    await page.until(lambda: 'Ta stran ne obstaja' in page.whole_text)

    assert not page.named('zaposleni')
