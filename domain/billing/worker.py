"""Starts the reading process, passes on how far it is, and explains its death."""

import asyncio
import fcntl
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.billing.problem import retold
from domain.billing.verdicts import FileRefused
from domain.keys import tax_key
from domain.language import _
from domain.settings import settings

ROOT = Path(__file__).parent.parent.parent
MINUTES = 30
PIPE_BYTES = 1 << 20
LONGEST_LINE = 1 << 20  # bytes: the titles and five rows of a file with many columns

Progress = Callable[[str, int, int | None], None]  # what is being done, rows done, rows in all where that is known


@dataclass(frozen=True)
class File:
    """`name` is what people call it; only `path` is opened."""

    path: Path
    name: str

    @classmethod
    def at(cls, path: Path) -> 'File':
        return cls(path, path.name)


@dataclass(frozen=True)
class How:
    """How the columns are to be read: what a profile keeps."""

    columns: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    fill_up: bool = False


async def read(files: Sequence[File], how: How, folder: Path, progress: Progress) -> dict[str, Any]:
    """What was found; the rows that are right are staged in the folder. Raises `FileRefused`."""
    engine = 'sqlite' if settings().database_url.startswith('sqlite') else 'postgres'
    rows_out, rows_in = _wide_pipe()
    staging = await _started('storage.billing.staging', engine, str(folder), stdin=rows_out, stderr=DEVNULL)
    reading = await _started('domain.billing.reading', stdin=PIPE, stdout=rows_in, stderr=PIPE)
    os.close(rows_out)
    os.close(rows_in)
    try:
        async with asyncio.timeout(MINUTES * 60):
            await _conversation(reading, files, job(files, how, folder), progress)
            if await staging.wait():
                raise _not_staged(files)
        found: dict[str, Any] = json.loads((folder / 'found.json').read_text(encoding='utf-8'))
        return found
    except (TimeoutError, _Died):
        raise _too_much(files) from None
    finally:
        for process in (reading, staging):
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _wide_pipe() -> tuple[int, int]:
    """A whole chunk fits in: neither process waits for the other."""
    ends = os.pipe()
    if hasattr(fcntl, 'F_SETPIPE_SZ'):
        with suppress(OSError):  # the system allows less: it is slower
            fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return ends


def job(files: Sequence[File], how: How, folder: Path) -> dict[str, Any]:
    """All that the reading process is told."""
    chosen = settings()
    return {
        'files': [(file.name, str(file.path.resolve())) for file in files],
        'columns': how.columns,
        'encoding': how.encoding,
        'fill_up': how.fill_up,
        'payer_code_length': chosen.payer_code_length,
        'invoice_number_length': chosen.invoice_number_length,
        'tax_key': tax_key().hex(),
        'folder': str(folder.resolve()),
    }


async def _started(module: str, *arguments: str, stdin: int, stderr: int, stdout: int | None = None) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, '-m', module, *arguments, cwd=ROOT, env={'PYTHONPATH': str(ROOT)},
        stdin=stdin, stdout=stdout, stderr=stderr, limit=LONGEST_LINE,
    )  # fmt: skip


def silent(_what: str, _done: int, _all: int | None) -> None:
    """For whoever does not want to know."""


class _Died(Exception):
    pass


async def _conversation(process: Process, files: Sequence[File], task: dict[str, Any], progress: Progress) -> None:
    if not process.stdin or not process.stderr:
        raise _Died
    process.stdin.write(json.dumps(task).encode())
    process.stdin.close()
    async for line in process.stderr:
        match _event(line):
            case {'event': 'read', 'rows': rows}:
                progress('read', rows, None)
            case {'event': 'refused', 'file': file, 'sentence': sentence, 'columns': columns}:
                raise FileRefused(file, retold(sentence), columns)
            case {'event': 'failed', 'fault': fault}:
                raise FileRefused(_names(files), _('meets a fault of ePortal ({fault}); please report it', fault=fault))
            case {'event': 'not staged'}:
                raise _not_staged(files)
            case {'event': 'done'}:
                return
    raise _Died


def _event(line: bytes) -> dict[str, Any]:
    """What somebody else writes there, such as a dying interpreter, is no event."""
    with suppress(ValueError):
        told = json.loads(line)
        return told if isinstance(told, dict) else {}
    return {}


def _too_much(files: Sequence[File]) -> FileRefused:
    return FileRefused(
        _names(files), _('needs more memory or time than an import may have; export it in smaller parts as CSV')
    )


def _not_staged(files: Sequence[File]) -> FileRefused:
    folder = settings().data_dir.resolve()
    return FileRefused(_names(files), _('finds no room in {folder}; is the disk full?', folder=str(folder)))


def _names(files: Sequence[File]) -> str:
    return ', '.join(file.name for file in files)
