"""A page without a browser: loaded over HTTP, its events sent over a raw Socket.IO connection, as an attacker would."""

import ast
import asyncio
import html
import json
import re
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
import socketio

REGISTRATION = {
    'payer_code': '123456', 'email': 'ana@primer.si', 'control_number': '202000876', 'password': 'zelena hiša na hribu',
    'repeated': 'zelena hiša na hribu', 'captcha': 'aT4eD', 'consent': True, 'company_site': '',
}  # fmt: skip


class Browser:
    """Cookies that several pages share; `headers` go with every request."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=20, verify=False
        )  # no list of authorities to load
        self._pages: list[Page] = []

    async def open(self, path: str = '/', **socket: Any) -> 'Page':
        page = await self.load(path)
        return await page.connect(**socket)

    async def load(self, path: str = '/') -> 'Page':
        """A page whose socket is not yet open."""
        page = Page(self, await self.http.get(path, follow_redirects=True))
        self._pages.append(page)
        return page

    async def enter(self, page: 'Page') -> str:
        """Swaps the ticket that the page was given for the cookie, as the page's script does; where it leads."""
        code = await page.script('eportal.enter(')
        ticket, target = re.findall(r'eportal\.enter\("([^"]+)", "([^"]+)"\)', code)[0]
        answer = await self.http.post('/vstop', content=ticket, headers={'Origin': self.url})
        assert answer.status_code == 204, answer.status_code
        return str(target)

    @property
    def host(self) -> dict[str, str]:
        """The name it asks for, where that is not the address, and what a proxy says of it."""
        return {name: value for name, value in self.http.headers.items() if name in ('host', 'x-forwarded-for')}

    @property
    def cookies(self) -> str:
        """As a request header."""
        return '; '.join(f'{cookie.name}={cookie.value}' for cookie in self.http.cookies.jar)

    async def close(self) -> None:
        for page in self._pages:
            await page.close()
        await self.http.aclose()


class Page:
    """The elements as the browser holds them, by the number NiceGUI gave them."""

    def __init__(self, browser: Browser, answer: httpx.Response) -> None:
        self.browser, self.answer = browser, answer
        raw = re.search(r'parseElements\(String\.raw`(.*?)`\)', answer.text, re.DOTALL)
        assert raw, answer.text[:500]
        self.elements: dict[str, dict[str, Any]] = json.loads(html.unescape(raw[1]))
        self.client_id = str(self._query('client_id'))
        self.frames: list[tuple[str, Any]] = []
        self.scripts: list[str] = []
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on('*', self._receive)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def connect(
        self, *, origin: str | None = None, transports: tuple[str, ...] = ('websocket',), **query: Any
    ) -> Self:
        values = {
            'client_id': self.client_id, 'tab_id': str(uuid4()), 'document_id': str(uuid4()),
            'next_message_id': self._query('next_message_id'), 'implicit_handshake': 'true', **query,
        }  # fmt: skip
        address = f'{self.browser.url}?' + '&'.join(f'{name}={value}' for name, value in values.items())
        await self.socket.connect(
            address, socketio_path='/_nicegui_ws/socket.io', transports=list(transports),
            headers={'Origin': origin or self.browser.url, 'Cookie': self.browser.cookies, **self.browser.host},
        )  # fmt: skip
        await asyncio.sleep(0.05)
        return self

    async def close(self) -> None:
        await self.socket.disconnect()

    async def do(self, element_id: str, event: str, *args: Any) -> None:
        """What the browser sends when `event` happens on the element with this `id` (or form `name`)."""
        await self.until(lambda: self._found(element_id))
        for listener in self.listeners(element_id, event):
            await self.socket.emit('event', self.frame(element_id, listener, *args))

    async def submit(self, form: str, values: Any, wait: float = 5) -> None:
        """Submits a form by its name and waits until the server has answered."""
        before = len(self.scripts)
        await self.do(form, 'submit', values)
        await self.until(
            lambda: any('eportal.ready(' in s or 'eportal.enter(' in s for s in self.scripts[before:]), wait
        )

    def frame(self, element_id: str, listener: str, *args: Any) -> dict[str, Any]:
        return {
            'id': int(self.number(element_id)), 'client_id': self.client_id, 'listener_id': listener,
            'args': [json.dumps(arg) for arg in args],
        }  # fmt: skip

    def listeners(self, element_id: str, event: str) -> list[str]:
        found = [e['listener_id'] for e in self.elements[self.number(element_id)]['events'] if e['type'] == event]
        assert found, f'{element_id} has no {event}'
        return found

    def number(self, element_id: str) -> str:
        found = self._found(element_id)
        assert found, f'no element {element_id}'
        return found

    def named(self, element_id: str) -> bool:
        """Whether there is such an element."""
        return self._found(element_id) is not None

    def text(self, element_id: str) -> str:
        """The words of an element and of everything in it."""
        return self._words(self.number(element_id))

    @property
    def whole_text(self) -> str:
        return self._words('0')

    async def script(self, beginning: str, wait: float = 5) -> str:
        """The first script the server sent that contains this."""
        await self.until(lambda: any(beginning in script for script in self.scripts), wait)
        return next(script for script in self.scripts if beginning in script)

    async def until(self, condition: Any, wait: float = 5) -> None:
        ends = asyncio.get_running_loop().time() + wait
        while not condition():
            assert asyncio.get_running_loop().time() < ends, f'nothing came: {self.frames[-3:]}'
            await asyncio.sleep(0.01)

    def _found(self, element_id: str) -> str | None:
        for number, element in self.elements.items():
            props = element.get('props', {})
            if element_id in (props.get('id'), props.get('name')):
                return number
        return None

    def _words(self, number: str) -> str:
        element = self.elements.get(number, {})
        children = [*element.get('children', []), *element.get('slots', {}).get('default', {}).get('ids', [])]
        return ' '.join(filter(None, [element.get('text'), *(self._words(str(child)) for child in children)]))

    def _query(self, name: str) -> Any:
        found = re.search(r'query: (\{.*?\})', self.answer.text)
        assert found
        return ast.literal_eval(found[1])[name]

    async def _receive(self, event: str, *args: Any) -> None:
        message = args[0] if args else None
        self.frames.append((event, message))
        if event == 'update':
            for number, element in message.items():
                if number != '_id':
                    self.elements[number] = element or {}
        if event == 'run_javascript':
            self.scripts.append(message['code'])
