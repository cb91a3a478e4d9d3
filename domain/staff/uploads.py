"""Files dropped for the import: under names of our own, counted while they come, gone after an hour (rules 58, 61).

Each is locked for as long as this process keeps it, so that what a killed process left behind is told from the rest.
"""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from domain import clock
from domain.settings import settings

KEPT_FOR = timedelta(hours=1)
MOST_FILES = 20
WRITTEN_AT_ONCE = 1 << 20  # bytes
LONGEST_NAME = 100  # characters


class TooBig(Exception):
    """All the files together may have so many bytes, and there may be so many of them."""


class Empty(Exception):
    """No byte has come."""


@dataclass(eq=False)
class Upload:
    """`name` is what people call it, and is never part of a path."""

    id: str
    name: str
    owner: int  # of the staff
    path: Path
    since: datetime
    file: BinaryIO
    bytes: int = 0
    whole: bool = False


_kept: dict[str, Upload] = {}


def limit() -> int:
    """Bytes of all that lies there at the same time."""
    return settings().upload_at_most * 1_000_000


async def receive(owner: int, name: str, body: AsyncIterator[bytes]) -> Upload:
    """Raises `TooBig` or `Empty`; whatever happens, no part of a file stays."""
    upload = await asyncio.to_thread(_opened, owner, name)
    try:
        await _write(upload, body)
    except BaseException:
        remove(upload)
        raise
    upload.since, upload.whole = clock.now(), True
    return upload


def of(owner: int) -> list[Upload]:
    """What somebody has dropped, in the order in which it came."""
    return [upload for upload in _kept.values() if upload.owner == owner and upload.whole]


def remove(*uploads: Upload) -> None:
    for upload in uploads:
        _kept.pop(upload.id, None)
        upload.path.unlink(missing_ok=True)
        upload.file.close()


def remove_old() -> None:
    """What nobody has imported within an hour, and what a process left that is dead."""
    before = clock.now() - KEPT_FOR
    remove(*[upload for upload in _kept.values() if upload.whole and upload.since < before])
    own = {upload.path for upload in _kept.values()}
    for file in _folder().iterdir():
        if file not in own:
            with suppress(OSError), file.open('rb') as left:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                file.unlink()


def shown_name(name: object) -> str:
    """What a person may be shown of the name that a browser told."""
    last = str(name).replace('\\', '/').rsplit('/', 1)[-1] if isinstance(name, str) else ''
    tidy = ' '.join(''.join(c if c.isprintable() else ' ' for c in last).split())
    return tidy[:LONGEST_NAME] or 'datoteka'


async def _write(upload: Upload, body: AsyncIterator[bytes]) -> None:
    gathered = bytearray()
    async for chunk in body:
        upload.bytes += len(chunk)
        if sum(kept.bytes for kept in _kept.values()) > limit() or len(_kept) > MOST_FILES:
            raise TooBig
        gathered += chunk
        if len(gathered) >= WRITTEN_AT_ONCE:
            await asyncio.to_thread(upload.file.write, bytes(gathered))
            gathered.clear()
    if not upload.bytes:
        raise Empty
    await asyncio.to_thread(upload.file.write, bytes(gathered))
    await asyncio.to_thread(upload.file.flush)


def _opened(owner: int, name: str) -> Upload:
    path = _folder() / uuid4().hex
    file = path.open('xb')
    path.chmod(0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    upload = Upload(path.name, shown_name(name), owner, path, clock.now(), file)
    _kept[upload.id] = upload
    return upload


def _folder() -> Path:
    folder = settings().data_dir.resolve() / 'uploads'
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
