"""The real portal, and beside its work a task that notes how late its event loop comes.

`python -m tests.bench.serving FILE serve` is `python app.py serve` that leaves its notes in FILE when it stops.
"""

import asyncio
import sys
import time
from array import array
from pathlib import Path
from subprocess import Popen
from typing import Any

import app
from tests.bench.installation import Installation
from tests.portal import ROOT, Portal

EVERY = 0.005  # seconds


class WatchedPortal(Portal):
    def __init__(self, made: Installation) -> None:
        super().__init__(made.folder, **made.variables)
        self._notes = made.folder / 'late'

    def late(self, since: float, until: float) -> list[float]:
        """By how many milliseconds the loop came late between these moments of the monotonic clock; once it stopped."""
        notes = array('d', self._notes.read_bytes())
        return [late * 1000 for at, late in zip(notes[::2], notes[1::2], strict=True) if since <= at <= until]

    def _popen(self, *command: str, **streams: Any) -> Popen[bytes]:
        watched = [sys.executable, '-m', 'tests.bench.serving', str(self._notes), *command]
        return Popen(watched, cwd=ROOT, env=self._environment, **streams)


def serve(notes_file: Path) -> None:
    from nicegui import app as framework

    notes = array('d')
    tasks: list[asyncio.Task[None]] = []

    async def note() -> None:
        while True:
            due = time.monotonic() + EVERY
            await asyncio.sleep(EVERY)
            now = time.monotonic()
            notes.extend((now, now - due))

    async def begin() -> None:
        tasks.append(asyncio.create_task(note()))

    framework.on_startup(begin)
    framework.on_shutdown(lambda: notes_file.write_bytes(notes.tobytes()))
    app.cli()


if __name__ == '__main__':
    serve(Path(sys.argv.pop(1)))
