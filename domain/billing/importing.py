"""The import: a dry run first, always; then applied whole or not at all, as far as any reader can see.

    async with prepared(files, how, progress) as ready:
        ready.report                                  # nothing has been written
        run = await ready.apply(by='…', profile=None)

Applied means staged first, written unseen in short steps, and made visible by one switch (storage/billing/switch.py).
"""

import asyncio
import fcntl
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from domain import clock, parking
from domain.billing import worker
from domain.billing.guessing import FEWEST, Guessability, measured
from domain.billing.problem import Problem, shown
from domain.billing.report import Report
from domain.billing.shapes import search_key
from domain.billing.verdicts import FileRefused
from domain.billing.worker import File, How, Progress, silent
from domain.language import _
from domain.settings import settings
from storage.backup import back_up
from storage.billing import sha256
from storage.billing.compare import counted, first_changes, newest_billing_run
from storage.billing.judge import Fault, bad_rows, judged
from storage.billing.kinds import KINDS, Scope, unfinished
from storage.billing.search_keys import refold
from storage.billing.store import AlreadyImporting, Store, explained, store
from storage.billing.switch import bring, clear_away, switch
from storage.database import sqlite_file
from storage.models import ImportRun, RunState

KEPT_PROBLEMS = 1_000  # in the record of a run
LARGEST_RUN = 20_000  # invoices that are looked at for guessability

_FAULTS = {
    Fault.CONTRADICTED: _('stands there more than once, with different data'),
    Fault.NOBODYS: _('is not known: neither here nor in the files'),
    Fault.MOVED: _('belongs to another payer already'),
}


class Doubtful(Exception):
    """Somebody has to confirm once more; the report says what."""


class NotNow(Exception):
    """Another import is being applied, or was since this one was looked at: look again."""


class Prepared:
    """Files that were read, checked and compared; nothing of them is in the tables yet."""

    def __init__(self, scope: Scope, report: Report, newest_run: int) -> None:
        self._scope, self.report, self._newest_run = scope, report, newest_run

    async def apply(
        self, *, by: str, profile: str | None = None, confirmed_again: bool = False, progress: Progress = silent
    ) -> ImportRun:
        """The record of the run, in the state it ended in. Raises `Doubtful` or `NotNow`."""
        async with _alone(self._scope):
            if await _newest_run() != self._newest_run:
                raise NotNow
            if self.report.doubts and not confirmed_again:
                await self._record(RunState.REFUSED, by, profile)
                raise Doubtful
            if not self.report.differs:
                return await self._record(RunState.UNCHANGED, by, profile)
            run = await self._applied(by, profile, progress)
        await parking.settle()
        return run

    async def _applied(self, by: str, profile: str | None, progress: Progress) -> ImportRun:
        await clear_away(self._scope)
        run = await self._record(RunState.APPLYING, by, profile, backup=await _backed_up(progress))
        try:
            await self._written(run, progress)
        except BaseException:
            with suppress(Exception):  # what cannot be cleared away now is cleared away by the next import
                await asyncio.shield(clear_away(self._scope))
            raise
        if found := await self._guessability():
            await ImportRun.filter(id=run.id).update(guessability=asdict(found))
        await run.refresh_from_db()
        return run

    async def _written(self, run: ImportRun, progress: Progress) -> None:
        """The time of the switch counts, not that of the writing."""
        scope, counts = self._scope, self.report.counts
        await refold(scope, search_key)
        for kind in scope.kinds:
            if counts[kind].new:
                await bring(scope, kind, counts[kind], run.id, clock.now(), progress)
        progress('switch', 0, None)
        await switch(scope, counts, run.id, clock.now())

    async def _record(self, state: RunState, by: str, profile: str | None, backup: Path | None = None) -> ImportRun:
        now, report = clock.now(), self.report
        return await ImportRun.create(
            state=state, started_at=now, finished_at=None if state == RunState.APPLYING else now, by=by[:100],
            profile=profile, files=list(report.files), backup=str(backup) if backup else None,
            counts={kind: asdict(counts) for kind, counts in report.counts.items()} | {'rows': report.rows,
                                                                                      'bad': report.bad},
            problems=[problem.as_json() for problem in report.problems[:KEPT_PROBLEMS]],
        )  # fmt: skip

    async def _guessability(self) -> Guessability | None:
        """Of the newest billing run in the files."""
        if 'invoice' not in self._scope.kinds or not self.report.counts['invoice'].new:
            return None
        numbers = await newest_billing_run(self._scope, fewest=FEWEST, most=LARGEST_RUN)
        return await asyncio.to_thread(measured, [int(number) for number in numbers])


@asynccontextmanager
async def prepared(files: Sequence[File], how: How, progress: Progress = silent) -> AsyncIterator[Prepared]:
    """Reads, checks and compares; what is staged is gone when the block is left. Raises `FileRefused`."""
    with explained(), _folder() as folder:
        found = await worker.read(files, how, folder, progress)
        newest_run = await _newest_run()
        async with store(settings().database_url, folder) as opened:
            progress('compare', 0, None)
            scope = _scope(opened, found, await unfinished(opened))
            yield Prepared(scope, await _report(scope, found), newest_run)


async def note_refusal(files: Sequence[File], refusal: FileRefused, *, by: str, profile: str | None = None) -> None:
    """An import that came to nothing because a file cannot be read is on record as well."""
    now = clock.now()
    seen = [{'name': f.name, 'sha256': sha256(f.path), 'bytes': f.path.stat().st_size} for f in files]
    await ImportRun.create(
        state=RunState.FAILED, started_at=now, finished_at=now, by=by[:100], profile=profile, files=seen, counts={},
        problems=[Problem(refusal.file, 0, '', '', refusal.sentence).as_json()],
    )  # fmt: skip


@asynccontextmanager
async def _alone(scope: Scope) -> AsyncIterator[None]:
    try:
        async with scope.store.lock():
            yield
    except AlreadyImporting:
        raise NotNow from None


def _scope(opened: Store, found: Mapping[str, Any], unfinished_runs: Sequence[int]) -> Scope:
    tables = [table for file in found['files'] for table in file['tables']]
    whole_lists = sorted({kind for table in tables for kind in table['whole_list']})
    provided: dict[str, set[str]] = {}
    yielding: dict[str, list[int]] = {}
    for table in tables:
        for kind, names in table['kinds'].items():
            if kind in whole_lists and kind not in table['whole_list']:
                yielding.setdefault(kind, []).append(table['source'])
            else:
                staged = _staged_columns(kind, set(names))
                provided[kind] = provided.get(kind, staged) & staged
    sorted_columns = {kind: sorted(names) for kind, names in provided.items()}
    return Scope(opened, sorted_columns, whole_lists, yielding, unfinished_runs, found['ascending'])


def _staged_columns(kind: str, data: set[str]) -> set[str]:
    """What a table with these data says something about."""
    if kind != 'customer':
        return data
    staged = data & {'payer_code', 'name', 'email'}
    if data & {'street', 'post_code', 'town'}:
        staged |= {'address', 'search_key'}
    if 'tax_number' in data:
        staged |= {'tax_number_hmac', 'tax_number_ending'}
    return staged


async def _report(scope: Scope, found: Mapping[str, Any]) -> Report:
    tables = {table['source']: table for file in found['files'] for table in file['tables']}
    problems = [Problem.of_json(kept) for kept in found['problems']]
    more, bad = found['more_problems'], sum(table['bad'] for table in tables.values())
    async for faults in judged(scope):
        datum, sentence = _about(faults.kind, faults.fault), _FAULTS[faults.fault]
        for source, line, key in faults.rows:
            table = tables[source]
            problems.append(Problem(table['place'], line, table['kinds'][faults.kind][datum], shown(key), sentence))
        more += faults.count - len(faults.rows)
    bad += await bad_rows(scope)
    order = {table['place']: source for source, table in tables.items()}
    problems.sort(key=lambda problem: (order[problem.file], problem.row))
    counts = {kind: await counted(scope, kind) for kind in scope.kinds}
    changes = [change for kind in scope.kinds if counts[kind].changed for change in await first_changes(scope, kind)]
    rows = sum(table['rows'] for table in tables.values())
    return Report(found['files'], counts, problems, more, rows, bad, changes[:10])


def _about(kind: str, fault: Fault) -> str:
    """The datum that makes the row bad."""
    spec = KINDS[kind]
    return spec.owner[2] if spec.owner and fault == Fault.NOBODYS else spec.key[0]


async def _newest_run() -> int:
    run = await ImportRun.filter(state=RunState.APPLIED).order_by('-id').first()
    return run.id if run else 0


async def _backed_up(progress: Progress) -> Path | None:
    """A copy of the embedded database; PostgreSQL's backups are its server's work (README, "Back up")."""
    chosen = settings()
    if sqlite_file(chosen.database_url) is None:
        return None
    progress('backup', 0, None)
    return await asyncio.to_thread(back_up, chosen.database_url, chosen.data_dir / 'backups', keep=chosen.backups_kept)


@contextmanager
def _folder() -> Iterator[Path]:
    """Staged rows are personal data: nobody else may read them, and those of a killed import go with the next one."""
    parent = settings().data_dir.resolve() / 'imports'
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as until_done:
        with _held(parent, fcntl.LOCK_EX):
            for left in parent.iterdir():
                with suppress(OSError), _held(left, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    shutil.rmtree(left, ignore_errors=True)
            folder = parent / secrets.token_hex(8)
            folder.mkdir(mode=0o700)
            until_done.enter_context(_held(folder, fcntl.LOCK_EX))
        until_done.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    """Until the block is left, or this process dies."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)
