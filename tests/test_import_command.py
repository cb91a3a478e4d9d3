"""`app.py import`: what it says, what it asks, and how it ends."""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from domain.billing.worker import How, _event
from storage.models import Customer, ImportProfile, ImportRun
from tests.billing import ALL_SAMPLES, csv_file, customer, customers, imported
from tests.portal import ROOT, Portal
from ui.import_console import Exit, ImportConsole, Request

reads = pytest.mark.usefixtures('billing', 'reading_here')
on_sqlite = pytest.mark.parametrize('installation', ['sqlite'], indirect=True)

ROWS = [customer(str(code)) for code in range(200_001, 200_041)]


async def command(*files: Path, **asked: Any) -> Exit:
    how = How(asked.pop('columns', {}))
    return await ImportConsole(Request(list(files), how, 'test', language='en', **asked)).run()


@reads
@on_sqlite
async def test_an_import_is_done_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = customers(tmp_path, *ROWS)

    endings = [await command(file, dry_run=True), await command(file), await command(file, yes=True)]
    endings.append(await command(file))
    said = capsys.readouterr().out

    assert endings == [Exit.DONE, Exit.NOT_CONFIRMED, Exit.DONE, Exit.DONE]
    assert re.findall(r'(Dry run|Not confirmed|Done|Nothing has changed)', said) == [
        'Dry run', 'Not confirmed', 'Done', 'Nothing has changed'
    ]  # fmt: skip
    assert re.search(r'customers +40 +0 +0 +0 +0', said)
    assert f'How it was before: {(await ImportRun.all().first()).backup}' in said
    assert await ImportRun.all().count() == 2


@reads
@on_sqlite
async def test_rows_left_out_and_doubts_end_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one_bad, many_bad = customers(tmp_path, *ROWS, customer('1')), customers(tmp_path, *ROWS[:9], customer('1'))

    endings = [
        await command(one_bad, yes=True), await command(many_bad, yes=True), await command(many_bad, dry_run=True),
        await command(many_bad, yes=True, confirmed_again=True),
    ]  # fmt: skip

    assert endings == [Exit.ROWS_LEFT_OUT, Exit.NOT_CONFIRMED, Exit.NOT_CONFIRMED, Exit.ROWS_LEFT_OUT]
    said = capsys.readouterr().out
    assert '1 of 10 rows are bad. Is this the right file?' in said
    assert '--confirm-again' in said


@reads
@on_sqlite
async def test_what_cannot_be_read_says_how_to_map_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = csv_file(tmp_path, 'ŠIFRA PLAČNIKA;OPIS;ULICA', f'123456;Ana;{"Na Žago " * 20}', name='a.csv')

    assert await command(file, dry_run=True) == Exit.NOT_READ
    assert await ImportRun.all().count() == 0
    assert await command(file, yes=True) == Exit.NOT_READ

    run = await ImportRun.get()
    assert (run.state, run.files[0]['name'], run.problems[0]['sentence']['text']) == (
        'failed', 'a.csv', 'has columns that are not known',
    )  # fmt: skip
    said = capsys.readouterr().out
    assert 'a.csv: has columns that are not known.' in said
    assert 'For customers these are missing: name' in said
    assert "--column 'OPIS=payer_code' --profile NAME" in said
    assert all(len(line) <= 80 for line in said.splitlines() if line.startswith('  '))


@reads
@on_sqlite
async def test_a_program_gets_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = customers(tmp_path, *ROWS), csv_file(tmp_path, 'OPIS', 'Ana')

    await command(files[0], yes=True, as_json=True)
    applied = json.loads(capsys.readouterr().out)
    await command(files[1], as_json=True)
    refused = json.loads(capsys.readouterr().out)

    run = await ImportRun.get(state='applied')
    assert (applied['exit'], applied['state'], applied['run']) == (0, 'applied', run.id)
    assert applied['counts']['customer']['new'] == 40
    assert (refused['exit'], refused['columns']['titles']) == (1, ['OPIS'])


@reads
async def test_a_second_import_at_the_same_time_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.billing import importing

    switch, endings = importing.switch, []

    async def another_first(*given: object) -> None:
        monkeypatch.setattr(importing, 'switch', switch)
        endings.append(await command(customers(tmp_path, *ROWS), yes=True))
        await switch(*given)

    monkeypatch.setattr(importing, 'switch', another_first)
    endings.append(await command(customers(tmp_path, *ROWS), yes=True))

    assert endings == [Exit.BUSY, Exit.DONE]


@reads
@on_sqlite
async def test_nothing_in_a_file_is_a_command_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await imported(customers(tmp_path, *ROWS))
    nasty = '[bold]Ana[/b] :smile: \x1b[2J'
    file = customers(tmp_path, customer('200001', nasty), customer(nasty), *ROWS[1:], header='ŠIFRA PLAČNIKA;NAZIV;'
                     'ULICA;POŠTA;KRAJ;DAVČNA ŠT.;[/x]\x1b[2J')  # fmt: skip

    await command(file, dry_run=True)
    await command(csv_file(tmp_path, f'{nasty};[/x]', f'{nasty};1'), dry_run=True)

    said = capsys.readouterr().out
    assert '\x1b' not in said
    assert said.count('[bold]Ana[/b] :smile:') >= 3


@reads
@on_sqlite
async def test_a_report_is_written_or_nothing_is_done(tmp_path: Path) -> None:
    file = customers(tmp_path, *ROWS, customer('1'))

    assert await command(file, yes=True, report_file=tmp_path / 'no' / 'r.csv') == Exit.NOT_READ
    assert await Customer.all().count() == 0
    assert await command(file, yes=True, report_file=tmp_path / 'r.csv') == Exit.ROWS_LEFT_OUT
    assert (tmp_path / 'r.csv').read_bytes().startswith(b'\xef\xbb\xbfFile;Row;Column;')


def test_the_last_words_of_a_dying_process_are_no_event() -> None:
    assert [_event(said) for said in (b'Traceback (most recent call last):', b'7', b'')] == [{}, {}, {}]


@pytest.mark.usefixtures('billing')
async def test_the_processes_that_read_do_the_same(tmp_path: Path) -> None:
    run = await imported(*ALL_SAMPLES)

    assert {kind: run.counts[kind]['new'] for kind in ('customer', 'metering_point', 'invoice', 'reading')} == {
        'customer': 300, 'metering_point': 300, 'invoice': 1800, 'reading': 1800
    }  # fmt: skip
    assert list((tmp_path / 'imports').iterdir()) == []


def test_the_samples_load_by_one_command_twice(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copy(migrated_file, tmp_path)
    portal = Portal(tmp_path)

    told = [json.loads(portal.run('import', *map(str, ALL_SAMPLES), '--yes', '--json').stdout) for _ in range(2)]

    assert [(one['exit'], one['state']) for one in told] == [(0, 'applied'), (0, 'unchanged')]
    assert portal.rows('SELECT count(*) FROM customer') + portal.rows('SELECT count(*) FROM invoice') == [
        (300,), (1800,)
    ]  # fmt: skip


def test_what_was_mistyped_is_one_sentence(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copy(migrated_file, tmp_path)
    portal, sample = Portal(tmp_path), str(ALL_SAMPLES[0])

    ended = [
        portal.run('import', *given, sample, check=False) for given in (['--profile', 'Plin'], ['--encoding', 'x'])
    ]

    assert [done.returncode for done in ended] == [2, 2]
    assert [len(done.stderr.splitlines()) for done in ended] == [1, 1]
    assert 'Plin' in ended[0].stderr
    assert 'iso8859-2' in ended[1].stderr


@on_sqlite
async def test_a_clerk_maps_columns_by_hand_once(tmp_path: Path, billing: None) -> None:
    first = csv_file(tmp_path, 'Izpis;;\r\nKODICA;OPIS;ULICA', '200001;Žiga Čuk;Na Žago 1')
    second = csv_file(tmp_path, 'KODICA;OPIS;ULICA', '200001;Ana Čuk;Na Žago 1')

    said = in_terminal(tmp_path, first, answers=['1', '99', '2', '', 'Voda', 'da'])
    again = Portal(tmp_path).run('import', str(second), '--profile', 'Voda', '--yes')

    assert 'ULICA [4]' in said
    assert (await ImportProfile.get()).columns == {'kodica': 'payer_code', 'opis': 'name', 'ulica': 'street'}
    assert again.returncode == 0
    assert [row.name for row in await Customer.all()] == ['Ana Čuk']


def in_terminal(folder: Path, file: Path, *, answers: list[str]) -> str:
    """What a person sees who gives these answers."""
    master, slave = pty.openpty()
    environment = Portal(folder)._environment | {'COLUMNS': '80', 'TERM': 'xterm'}
    command = [sys.executable, 'app.py', 'import', str(file)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        said, ends = '', time.monotonic() + 30
        while time.monotonic() < ends:
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                said += os.read(master, 65536).decode(errors='replace')
            except OSError:  # it has ended
                break
            if answers and said.rstrip(' ').endswith((']:', 'N]:')):
                os.write(master, f'{answers.pop(0)}\n'.encode())
                said += '\n'
        process.kill()
        assert process.wait() == 0 or not answers, said
    return said
