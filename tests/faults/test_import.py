"""F24, F12, F13: an import is killed at any moment, goes on beside a portal, and waits for a locked database."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connection

from domain.billing import worker
from domain.billing.verdicts import FileRefused
from domain.billing.worker import File, How, silent
from tests.billing import csv_file
from tests.faults.drill import locked, people, registered, until
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import ROOT, Portal
from ui.import_console import Exit

CUSTOMERS, MORE, KILLS = 4_000, 100, int(os.environ.get('EPORTAL_TEST_KILLS', '10'))
BUSY = 60  # seconds
SEEN = "came_with IN (SELECT id FROM import_run WHERE state = 'applied')"
VISIBLE = f"""SELECT (SELECT count(*) FROM customer WHERE gone_at IS NULL),
    (SELECT min(name) || ' ' || max(name) FROM customer WHERE gone_at IS NULL),
    (SELECT count(*) FROM invoice WHERE {SEEN}), (SELECT max(reference) FROM invoice WHERE {SEEN})"""
ALL = 'SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM invoice)'
APPLYING = "SELECT count(*) FROM import_run WHERE state = 'applying'"

on_sqlite = pytest.mark.parametrize('installation', ['sqlite'], indirect=True)

State = tuple[Any, ...]
Process = subprocess.Popen[bytes]


class Importer:
    """Imports into this test's database by processes of their own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.portal = Portal(folder, EPORTAL_DATABASE_URL=url)

    def start(self, *files: Path) -> Process:
        command = ('import', *map(str, files), '--yes', '--confirm-again', '--json')
        return self.portal._popen(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    async def run(self, *files: Path) -> dict[str, Any]:
        out, said = await asyncio.to_thread(self.start(*files).communicate, timeout=BUSY)
        assert out, said
        return dict(json.loads(out))


@pytest.fixture
def importer(installation: str, billing: None, tmp_path: Path) -> Importer:
    return Importer(tmp_path, installation)


async def asked(query: str) -> State:
    _, rows = await get_connection('default').execute_query(query)
    return tuple(rows[0])


async def is_applying() -> bool:
    return bool((await asked(APPLYING))[0])


def month(folder: Path, number: int, billed_before: int = 0) -> tuple[list[Path], State]:
    """The files of a month, in which everybody has another name and new invoices; and what is to be seen then."""
    codes = [str(100_000 + n) for n in range(CUSTOMERS + number * MORE)]
    first = 300_000_000 + number * 100_000
    billed = [f'{first + n};{code};31.01.2020;41,25;{number:02}' for n, code in enumerate(codes * 4)]
    files = [
        csv_file(folder, 'Šifra plačnika;Naziv', *(f'{code};Ime {number:02}' for code in codes)),
        csv_file(folder, 'Št. računa;Šifra plačnika;Datum računa;Znesek;Sklic', *billed),
    ]
    return files, (len(codes), f'Ime {number:02} Ime {number:02}', billed_before + len(billed), f'{number:02}')


async def test_f24_a_kill_at_any_moment_leaves_the_old_or_the_new(importer: Importer, tmp_path: Path) -> None:
    files, seen = month(tmp_path, 0)
    began = time.monotonic()
    assert (await importer.run(*files))['exit'] == Exit.DONE
    took, left = time.monotonic() - began, Counter[str]()
    for kill in range(1, KILLS + 1):
        files, new = month(tmp_path, kill, seen[2])
        await _killed(importer.start(*files), kill, took)
        now = await asked(VISIBLE)
        assert now in (seen, new), f'kill {kill}'
        left['new' if now == new else 'old'] += 1
        left['hidden'] += now == seen and (now[0], now[2]) != await asked(ALL)
        seen = now

    files, new = month(tmp_path, KILLS + 1, seen[2])
    last = await importer.run(*files)

    assert (last['exit'], last['bad'], last['state']) == (Exit.DONE, 0, 'applied')
    assert await asked(VISIBLE) == new
    assert await asked(ALL) == (new[0], new[2])
    assert not await is_applying()
    assert list((tmp_path / 'imports').iterdir()) == []
    assert left['hidden']
    print(
        f'\nF24: {KILLS} kills of imports that took {took:.1f} s: {left["old"]} left the old state, {left["new"]} the '
        f'new one, {left["hidden"]} rows that nobody saw; the next import completed'
    )


async def _killed(process: Process, kill: int, took: float) -> None:
    """Anywhere in its life, when it begins to write, when its first rows are there, or some time after these."""
    if kill % 4 == 0:
        await asyncio.sleep(took * kill / KILLS)
    else:
        everything = await asked(ALL)
        await applying(process)
        while kill % 4 > 1 and process.poll() is None and await asked(ALL) <= everything:
            pass
        await asyncio.sleep(0.03 * (kill - 1) if kill % 4 == 3 else 0)
    process.kill()
    await asyncio.to_thread(process.communicate)


async def applying(process: Process) -> None:
    while process.poll() is None and not await is_applying():  # noqa: ASYNC110
        await asyncio.sleep(0.002)


async def test_f12_a_second_import_at_the_same_time_is_refused(importer: Importer, tmp_path: Path) -> None:
    files, seen = month(tmp_path, 0)
    first = importer.start(*files)
    await applying(first)
    first.send_signal(signal.SIGSTOP)

    second = await importer.run(csv_file(tmp_path, 'Šifra plačnika;Naziv', '100000;Ana'))
    first.send_signal(signal.SIGCONT)
    await asyncio.to_thread(first.communicate, timeout=BUSY)

    assert (second['exit'], first.returncode) == (Exit.BUSY, Exit.DONE)
    assert await asked(VISIBLE) == seen


@on_sqlite
async def test_f13_a_locked_database_is_waited_for(importer: Importer, tmp_path: Path) -> None:
    files, seen = month(tmp_path, 0)
    process = importer.start(*files)
    await until(lambda: list(tmp_path.glob('imports/*')))

    async with locked(importer.portal, 3):
        await asyncio.sleep(2.8)
        assert process.poll() is None
    await asyncio.to_thread(process.communicate, timeout=BUSY)

    assert process.returncode == Exit.DONE
    assert await asked(VISIBLE) == seen


@on_sqlite
async def test_f12_registrations_go_on_beside_an_import(
    importer: Importer, tmp_path: Path, mail: MailServer, portal_with: Callable[..., Portal]
) -> None:
    await importer.run(*month(tmp_path, 0)[0])
    portal = portal_with(mail)
    browser, persons, waits = Browser(portal.url), people(portal, 40), []
    joined = 'Šifra plačnika;Naziv;Št. računa;Datum računa;Znesek'  # of which nobody is gone
    rows = [f'{100_000 + n // 10};Ime 2;{400_000_000 + n};31.01.2020;1' for n in range(30 * CUSTOMERS)]
    process = importer.start(csv_file(tmp_path, joined, *rows))
    while process.poll() is None and persons:
        began = time.monotonic()
        await (await registered(browser, persons.pop())).close()
        waits.append(time.monotonic() - began)
    await browser.close()
    await asyncio.to_thread(process.communicate, timeout=BUSY)

    assert process.returncode == Exit.DONE
    assert (await asked(ALL))[0] == 3 * CUSTOMERS + 40
    assert not await is_applying()
    assert max(waits) < 2
    assert 'locked' not in portal.log
    print(
        f'\nF12: {len(waits)} registrations beside an import of {len(rows)} rows: the longest took {max(waits):.2f} s'
    )


async def test_f25_a_reading_process_that_is_killed_is_explained(tmp_path: Path) -> None:
    file = csv_file(tmp_path, 'Šifra plačnika;Naziv', *(f'{100_000 + n};Ime' for n in range(400_000)))
    reading = asyncio.create_task(worker.read([File.at(file)], How(), tmp_path, silent))
    await until(lambda: _child('domain.billing.reading'))
    os.kill(_child('domain.billing.reading'), signal.SIGKILL)

    with pytest.raises(FileRefused) as refused:
        await reading

    assert 'needs more memory or time' in refused.value.sentence.said_in('en')
    assert not _child('domain.billing.staging')


@pytest.mark.parametrize(
    ('in_the_way', 'said'),
    [('staged.db', 'finds no room in'), ('found.json', 'meets a fault of ePortal (IsADirectory')],
)
async def test_f25_what_fails_beside_the_reading_is_told(in_the_way: str, said: str, tmp_path: Path) -> None:
    (tmp_path / in_the_way).mkdir()
    file = csv_file(tmp_path, 'Šifra plačnika;Naziv', '123456;Ana')

    with pytest.raises(FileRefused) as refused:
        await worker.read([File.at(file)], How(), tmp_path, silent)

    assert said in refused.value.sentence.said_in('en')


def _child(module: str) -> int:
    """The number of this process's own process that runs this module; 0 for none."""
    for child in Path('/proc/self/task').glob('*/children'):
        for pid in child.read_text().split():
            with suppress(OSError):
                if module in Path(f'/proc/{pid}/cmdline').read_text():
                    return int(pid)
    return 0


@on_sqlite
def test_f25_a_file_that_needs_too_much_dies_alone(tmp_path: Path, installation: str) -> None:
    row = ';'.join(['č' * 9_000] * 100)
    file = csv_file(tmp_path, 'Šifra plačnika;Naziv' + ';x' * 98, *[row] * 90, encoding='cp1250')
    limited = 'import resource, app; resource.setrlimit(resource.RLIMIT_AS, (350 << 20,) * 2); app.cli()'

    done = subprocess.run(
        [sys.executable, '-c', limited, 'import', str(file), '--language', 'en'], cwd=ROOT,
        env=Portal(tmp_path)._environment, capture_output=True, text=True, timeout=BUSY,
    )  # fmt: skip

    assert done.returncode == Exit.NOT_READ, done.stderr
    assert 'needs more memory or time than an import may have' in done.stdout
