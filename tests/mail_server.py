"""A mail server that does what the test says: takes letters, refuses, stalls, or hangs up, in its own thread."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Self

Answer = str | float | None  # a reply line; seconds of silence before the usual reply; None hangs up
USUAL = {
    'EHLO': '250-stub\r\n250 8BITMIME', 'HELO': '250 stub', 'MAIL': '250 OK', 'RCPT': '250 OK', 'DATA': '354 go on',
    '.': '250 OK queued', 'QUIT': '221 bye', 'RSET': '250 OK', 'NOOP': '250 OK',
}  # fmt: skip


class MailServer:
    """`server.answers['RCPT'] = ['451 later']` answers the next RCPT so; `on_accept` runs before each 250 to DATA."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or _free_port()
        self.answers: dict[str, list[Answer]] = {}
        self.always: dict[str, Answer] = {}
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.commands: list[str] = []
        self.on_accept: Callable[[], None] | None = None

    def start(self) -> Self:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(5)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f'smtp://127.0.0.1:{self.port}?tls=none'

    def wait_for(self, how_many: int, seconds: float = 15) -> list[EmailMessage]:
        """The letters, once there are so many."""
        ends = time.monotonic() + seconds
        while len(self.letters) < how_many:
            assert time.monotonic() < ends, f'{len(self.letters)} letters of {how_many} after {seconds} s'
            time.sleep(0.02)
        return self.letters

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, '127.0.0.1', self.port))
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ''
        try:
            await self._say(writer, 'HELLO', '220 stub')
            while line := (await reader.readline()).decode('latin-1').strip():
                verb = line.split()[0].upper()
                self.commands.append(line)
                if verb == 'RCPT':
                    recipient = line.split(':', 1)[1].strip().strip('<>').split('>')[0]
                reply = await self._say(writer, verb, USUAL.get(verb, '502 what'))
                if verb == 'DATA' and reply.startswith('354'):
                    await self._take(reader, writer, recipient)
                if verb == 'QUIT':
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # hung up, or the server is being stopped
        finally:
            writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipient: str) -> None:
        raw = await reader.readuntil(b'\r\n.\r\n')
        message = message_from_bytes(raw[:-3].replace(b'\r\n..', b'\r\n.'), policy=default)
        if self._next('.', peek=True) is None or not str(self._next('.', peek=True)).startswith(('4', '5')):
            self.letters.append(message)
            self.recipients.append(recipient)
            if self.on_accept:
                await asyncio.get_running_loop().run_in_executor(None, self.on_accept)
        await self._say(writer, '.', USUAL['.'])

    async def _say(self, writer: asyncio.StreamWriter, verb: str, usual: str) -> str:
        answer = self._next(verb)
        if answer is _HANG_UP:
            raise ConnectionError
        if isinstance(answer, int | float):
            await asyncio.sleep(answer)
            answer = usual
        reply = str(answer or usual)
        writer.write(reply.encode(errors='surrogateescape') + b'\r\n')
        await writer.drain()
        return reply

    def _next(self, verb: str, *, peek: bool = False) -> object:
        queue = self.answers.get(verb)
        if queue:
            answer = queue[0] if peek else queue.pop(0)
        elif verb in self.always:
            answer = self.always[verb]
        else:
            return ''
        return _HANG_UP if answer is None else answer


_HANG_UP = object()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(('127.0.0.1', 0))
        return int(trial.getsockname()[1])
