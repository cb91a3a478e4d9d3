"""The import in the browser: drop files, look, map, apply. For administrators, one at a time, all on record."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import structlog

from domain.billing.problem import Problem
from domain.billing.profiles import chosen, mapped, require_name
from domain.billing.report import Report
from domain.billing.worker import How
from domain.form import Rejected
from domain.language import _
from domain.staff import uploads
from domain.staff.import_work import Phase, Work
from domain.staff.listing import Listing, Look, listed
from domain.staff.permission import Officer, needs
from domain.staff.uploads import Upload
from storage.models import ImportProfile, ImportRun, Role

TIDY_EVERY_SECONDS = 60
HISTORY = {'when': 'started_at', 'by': 'by', 'state': 'state'}

_log = structlog.get_logger('import desk')
_works: list[Work] = []  # of this process: one at most


class Busy(Exception):
    """Somebody's import is going on."""


@needs(Role.ADMINISTRATOR)
async def upload(by: Officer, name: str, body: AsyncIterator[bytes]) -> Upload:
    """Asked for permission before the first byte is read. Raises `Busy`, `TooBig`, `Empty`."""
    if (work := _work()) and work.is_going_on:
        raise Busy
    return await uploads.receive(by.staff_id, name, body)


@needs(Role.ADMINISTRATOR)
async def dropped(by: Officer) -> list[Upload]:
    """The files that wait to be looked at."""
    return uploads.of(by.staff_id)


@needs(Role.ADMINISTRATOR)
async def remove(by: Officer, upload_id: object) -> None:
    uploads.remove(*[one for one in uploads.of(by.staff_id) if one.id == upload_id])


@needs(Role.ADMINISTRATOR)
async def profiles(by: Officer) -> list[str]:
    return [str(name) for name in await ImportProfile.all().order_by('name').values_list('name', flat=True)]


@needs(Role.ADMINISTRATOR)
async def look(by: Officer, *, profile: object = '', encoding: object = '', fill_up: object = False) -> None:
    """Reads what was dropped, and writes nothing. Raises `Rejected` or `Busy`."""
    for told in (profile, encoding):
        if not isinstance(told, str):
            raise Rejected(files=_('This value cannot be used. Please type it again.'))
    how = await chosen(str(profile) or None, (), str(encoding) or None, True if fill_up is True else None)
    await _begin(by, how, str(profile) or None)


@needs(Role.ADMINISTRATOR)
async def map_columns(by: Officer, columns: object, profile: object = '') -> None:
    """What each column holds, by its title; then it is looked at anew. Raises `Rejected` or `Busy`."""
    work = _work()
    if work is None or work.by.staff_id != by.staff_id:
        raise Busy
    if not isinstance(columns, Mapping) or not all(isinstance(told, str) for pair in columns.items() for told in pair):
        raise Rejected(columns=_('This value cannot be used. Please type it again.'))
    how = replace(work.how, columns=work.how.columns | mapped(columns))
    name = profile.strip() if isinstance(profile, str) else ''
    if name:
        require_name(name)
    await _begin(by, how, name or work.profile)


@needs(Role.ADMINISTRATOR)
async def current(by: Officer) -> Work | None:
    """To be read only. What has ended is shown to who began it."""
    work = _work()
    return work if work and (work.is_going_on or work.by.staff_id == by.staff_id) else None


@needs(Role.ADMINISTRATOR)
async def apply(by: Officer, *, in_spite_of_doubts: bool = False) -> None:
    """What was looked at comes in; who looked decides. Raises `Busy`."""
    await by.did('import confirmed', in_spite_of_doubts=in_spite_of_doubts is True)
    work = _work()
    if work is None or work.by.staff_id != by.staff_id or work.phase != Phase.READY:
        raise Busy
    work.decide(in_spite_of_doubts=in_spite_of_doubts is True)


@needs(Role.ADMINISTRATOR)
async def give_up(by: Officer) -> None:
    """Nothing of it comes in, and its files are removed. Any administrator may, but not while it is applied."""
    work = _work()
    if work is None:
        return
    if work.phase == Phase.APPLYING:
        raise Busy
    was_going_on = work.is_going_on
    await _end(work)
    if was_going_on:
        await by.did('import given up', f'staff:{work.by.staff_id}')


@needs(Role.ADMINISTRATOR)
async def history(by: Officer, look: Look) -> Listing:  # type: ignore[type-arg]
    """Without the problems of each, which are long."""
    columns = ('id', 'state', 'started_at', 'finished_at', 'by', 'profile', 'files', 'counts', 'guessability', 'backup')
    return await listed(ImportRun.all().only(*columns), look, HISTORY)


@needs(Role.ADMINISTRATOR)
async def problems(by: Officer, run_id: int | None = None) -> str | None:
    """What is wrong in the files, as a table: of a run, or of what is being looked at."""
    if run_id is None:
        work = _work()
        return work.report.as_csv(by.language) if work and work.report else None
    run = await ImportRun.get_or_none(id=run_id) if 0 < run_id < 1 << 31 else None
    if run is None:
        return None
    return Report([], {}, [Problem.of_json(kept) for kept in run.problems], 0, 0, 0).as_csv(by.language)


async def run() -> None:
    """Tidies up for as long as the process lives, first of all what a killed one left."""
    while True:
        try:
            uploads.remove_old()
            if (work := _work()) and work.is_old:
                await _end(work)
        except OSError:
            _log.exception('uploads cannot be tidied up')
        await asyncio.sleep(TIDY_EVERY_SECONDS)


def _work() -> Work | None:
    return _works[-1] if _works else None


async def _begin(by: Officer, how: How, profile: str | None) -> None:
    """In place of what the same person looked at before."""
    before = _work()
    if before and before.is_going_on and (before.by.staff_id != by.staff_id or before.phase == Phase.APPLYING):
        raise Busy
    if not (files := uploads.of(by.staff_id)):
        raise Rejected(files=_('Choose the files first.'))
    work = Work(by, files, how, profile)
    _works[:] = [work]
    if before:
        await before.end()
    work.start()


async def _end(work: Work) -> None:
    _works.clear()
    await work.end()
    uploads.remove(*work.uploads)
