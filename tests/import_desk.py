"""Builders: an administrator at the desk »Uvoz«, the files he drops, and the import once it waits or has ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from domain.staff import imports, uploads
from domain.staff.import_work import Phase, Work
from domain.staff.permission import Officer
from storage.models import AuditEvent


async def body(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def drop(by: Officer, *files: Path) -> None:
    for file in files:
        await imports.upload(by, file.name, body(file.read_bytes()))


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    for _try in range(2_000):
        if await condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError('it never happened')


async def phase(*awaited: Phase) -> Work:
    """The import that is going on, once it needs a person or has ended."""

    async def arrived() -> bool:
        assert imports._works[0].phase in (Phase.READING, Phase.APPLYING, *awaited), imports._works[0].phase
        return imports._works[0].phase in awaited

    await eventually(arrived)
    return imports._works[0]


async def looked_at(by: Officer, *files: Path, **how: object) -> Work:
    await drop(by, *files)
    await imports.look(by, **how)
    return await phase(Phase.READY)


async def recorded() -> list[str]:
    return [event.what for event in await AuditEvent.all().order_by('id')]


def lying_about(folder: Path) -> list[str]:
    """Files that were dropped and are still there."""
    return [file.name for file in (folder / 'uploads').iterdir()] if (folder / 'uploads').exists() else []


async def tidied_up() -> None:
    """No import of this test goes on in the next one."""
    for work in list(imports._works):
        await imports._end(work)
    uploads.remove(*uploads._kept.values())
