"""One import in this process, from the first look to its end, whoever watches it (experience.md, 25).

It lives apart from every page: somebody may leave while it is going on, and find it again.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

import structlog

from domain import clock
from domain.billing import profiles
from domain.billing.importing import Doubtful, NotNow, Prepared, note_refusal, prepared
from domain.billing.report import Report
from domain.billing.verdicts import FileRefused
from domain.billing.worker import File, How
from domain.language import Message, _
from domain.staff import uploads
from domain.staff.permission import Officer
from domain.staff.uploads import Upload
from storage.database import DatabaseProblem
from storage.models import ImportRun

_log = structlog.get_logger('import desk')


class Phase(StrEnum):
    READING = 'reading'
    UNMAPPED = 'unmapped'  # its columns have to be told by hand
    REFUSED = 'refused'  # a file cannot be read
    READY = 'ready'  # looked at, and waits for a decision
    APPLYING = 'applying'
    DONE = 'done'
    FAILED = 'failed'


GOING_ON = (Phase.READING, Phase.UNMAPPED, Phase.READY, Phase.APPLYING)


class Work:
    def __init__(self, by: Officer, files: Sequence[Upload], how: How, profile: str | None) -> None:
        self.by, self.uploads, self.how, self.profile = by, list(files), how, profile
        self.since = clock.now()
        self.phase = Phase.READING
        self.step, self.done = 'read', 0
        self.total: int | None = None
        self.report: Report | None = None
        self.refusal: FileRefused | None = None
        self.run: ImportRun | None = None
        self.trouble: Message | None = None
        self._decided: asyncio.Queue[bool] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_going_on(self) -> bool:
        return self.phase in GOING_ON

    @property
    def is_old(self) -> bool:
        return self.phase != Phase.APPLYING and clock.now() - self.since > uploads.KEPT_FOR

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def decide(self, *, in_spite_of_doubts: bool) -> None:
        self.phase = Phase.APPLYING
        self.step, self.done, self.total = 'compare', 0, None
        self._decided.put_nowait(in_spite_of_doubts)

    async def end(self) -> None:
        """What is staged is gone when this returns."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        try:
            async with prepared(self._files, self.how, self._tell) as ready:
                await self.by.did('import looked at', rows=ready.report.rows, bad=ready.report.bad)
                self.report, self.phase = ready.report, Phase.READY
                self.run = await self._applied(ready)
            self.phase = Phase.DONE
            uploads.remove(*self.uploads)
        except FileRefused as refusal:
            await self._refused(refusal)
        except NotNow:
            self._fail(_('Another import is going on, or was faster. Nothing was changed; try again.'))
        except DatabaseProblem as problem:
            _log.warning('import stopped', reason=str(problem))
            self._fail(_('The database did not answer. Nothing was changed; try again.'))
        except Exception:  # whatever it is, whoever waits for it has to know
            _log.exception('import failed')
            self._fail(_('Something went wrong on our side. Nothing was changed; the log says more.'))

    async def _applied(self, ready: Prepared) -> ImportRun:
        while True:
            confirmed = await self._decided.get()
            try:
                run = await ready.apply(
                    by=self.by.name, profile=self.profile, confirmed_again=confirmed, progress=self._tell
                )
            except Doubtful:
                await self.by.did('import refused', doubts=len(ready.report.doubts))
                self.phase = Phase.READY
                continue
            if self.profile:
                await profiles.keep(self.profile, self.how)
            await self.by.did('import applied', f'import:{run.id}', state=run.state, bad=ready.report.bad)
            return run

    async def _refused(self, refusal: FileRefused) -> None:
        self.refusal = refusal
        self.phase = Phase.REFUSED if refusal.columns is None else Phase.UNMAPPED
        if refusal.columns is None:
            await note_refusal(self._files, refusal, by=self.by.name, profile=self.profile)
            await self.by.did('import refused', files=len(self.uploads))

    def _fail(self, sentence: Message) -> None:
        self.trouble, self.phase = sentence, Phase.FAILED

    def _tell(self, step: str, done: int, total: int | None) -> None:
        self.step, self.done, self.total = step, done, total

    @property
    def _files(self) -> list[File]:
        return [File(upload.path, upload.name) for upload in self.uploads]
