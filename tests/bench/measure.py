"""How long a command takes and how much memory each of its processes; ratios, and how they are printed."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.portal import ROOT

LOOK_EVERY = 0.02  # seconds


class Run(NamedTuple):
    seconds: float
    peaks: list[float]  # MiB of each process, the command itself first
    output: str


class Failed(Exception):
    """The command ended badly; the message is what it said."""


def timed(command: list[str], environment: dict[str, str]) -> Run:
    """From the start of the process to its end, its Python and its imports included."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        peaks: dict[int, float] = {}
        watching = threading.Thread(target=_watch, args=(process, peaks))
        watching.start()
        assert process.stdout
        output = process.stdout.read()
        code = process.wait()
    took = time.perf_counter() - began
    watching.join()
    if code:
        raise Failed(f'{" ".join(command[1:3])} ended with {code}: {output[-500:]}')
    return Run(took, list(peaks.values()), output)


def _watch(process: 'subprocess.Popen[str]', peaks: dict[int, float]) -> None:
    """The kernel keeps each process's own high-water mark; what grows in the last 20 ms of a life is missed."""
    while process.returncode is None:
        for pid in _family(process.pid):
            with suppress(OSError, StopIteration):
                status = Path(f'/proc/{pid}/status').read_text()
                kib = next(line for line in status.splitlines() if line.startswith('VmHWM')).split()[1]
                peaks[pid] = int(kib) / 1024
        time.sleep(LOOK_EVERY)


def _family(pid: int) -> Iterable[int]:
    yield pid
    with suppress(OSError):
        for task in os.listdir(f'/proc/{pid}/task'):
            for child in Path(f'/proc/{pid}/task/{task}/children').read_text().split():
                yield from _family(int(child))


def alternately(rounds: int, *ways: Callable[[], Any]) -> list[list[Any]]:
    """A B A B …, so that what else the machine does falls on both; the figures of each."""
    taken: list[list[Any]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, figures in zip(ways, taken, strict=True):
            figures.append(way())
    return taken


def ratio(these: list[float], those: list[float]) -> float:
    return statistics.median(these) / statistics.median(those)


def share(values: list[float], portion: float) -> float:
    """The value below which this portion of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * portion))]


def spread(values: list[float], unit: str = 's', digits: int = 2) -> str:
    """The median, and between which they lay."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f'{middle:.{digits}f} {unit} ({low:.{digits}f}–{high:.{digits}f})'


def say(what: str, figure: str, beside: str = '') -> None:
    print(f'  {what:<44} {figure:<30} {beside}', flush=True)
