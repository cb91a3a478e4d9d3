import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from tests.attacks.deeds import Payer, accounts
from tests.attacks.wire import joined, polled, says, wire
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]
FOREIGN = ['https://evil.example', 'null', 'http://eportal.localhost:{port}', 'http://localhost', 'https://{host}', '']


@pytest.mark.parametrize('origin', FOREIGN[:-1])
async def test_rule_38_a_foreign_origin_opens_no_socket(portal: Portal, browser: Browser, origin: str) -> None:
    page = await browser.open('/')
    origin = origin.format(port=portal.port, host=f'127.0.0.1:{portal.port}')

    with pytest.raises(InvalidStatus) as refusal:
        async with wire(page, origin):
            pass
    assert refusal.value.response.status_code in (400, 403)
    assert (await polled(page, origin))[0] in (400, 403)


async def test_rule_38_the_own_origin_opens_one(browser: Browser) -> None:
    page = await browser.load('/')

    async with joined(page):
        pass


async def test_rule_39_another_socket_may_not_join_a_page(browsers: Browsers) -> None:
    victim, mallory = await browsers().open('/'), await browsers().open('/')
    answer = {'client_id': victim.client_id, 'tab_id': str(uuid4())}

    async with wire(mallory, **answer) as socket:
        assert 'failed' in await says(socket, '40')
    status, told = await polled(mallory, mallory.browser.url, **answer)
    assert status == 200
    assert 'failed' in told


async def test_rule_39_who_knows_all_ids_but_has_another_cookie_may_not_join(browsers: Browsers) -> None:
    victim, mallory = await browsers().load('/'), await browsers().load('/')
    tab_id = str(uuid4())
    async with joined(victim, tab_id=tab_id), wire(mallory, client_id=victim.client_id, tab_id=tab_id) as socket:
        assert 'failed' in await says(socket, '40')


@pytest.mark.parametrize('event', ['event', 'ack', 'javascript_response'])
async def test_rule_39_a_frame_for_another_page_does_nothing(
    portal: Portal, browsers: Browsers, payer: Payer, event: str
) -> None:
    victim, mallory = await browsers().open('/registracija'), await browsers().open('/')
    [listener] = victim.listeners('registracija', 'submit')
    frame = victim.frame('registracija', listener, payer.form()) | {'next_message_id': 10**6, 'request_id': 'x'}

    await mallory.socket.emit(event, frame)
    await asyncio.sleep(0.5)

    assert not any('eportal.ready' in script for script in victim.scripts)
    assert accounts(portal, payer.email) == 0
    await victim.submit('registracija', payer.form())
    assert accounts(portal, payer.email) == 1
