"""One pass over the bytes of a text before any row is read: its encoding, its line ends, and that it can be borne."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.billing.encoding import LEGACY, Evidence
from storage.billing.table import Limits, Reason, Unreadable

BLOCK = 1 << 20  # bytes, and the longest line: no row of a billing program comes near


@dataclass(frozen=True)
class Survey:
    encoding: str
    mixed: bool
    line_end: str


def survey(path: Path, forced: str | None, limits: Limits) -> Survey:
    feeds = returns = 0
    evidence = Evidence()
    for block in _blocks(path):
        evidence.take(block)
        feeds, returns = feeds + block.count(b'\n'), returns + block.count(b'\r')
        _bear(block, max(feeds, returns), evidence, limits)
    evidence.take(b'', final=True)
    wanted = forced or evidence.encoding
    if not evidence.fits(wanted):
        raise Unreadable(Reason.WRONG_ENCODING, {'encoding': wanted})
    encoding = wanted if wanted in LEGACY else evidence.encoding
    return Survey(encoding, evidence.mixed, '\n' if 2 * feeds >= returns else '\r')


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open('rb') as file:
        while block := file.read(BLOCK):
            yield block


def _bear(block: bytes, lines: int, evidence: Evidence, limits: Limits) -> None:
    if 0 in block and not evidence.is_wide:
        raise Unreadable(Reason.NOT_A_TABLE)
    if lines > limits.rows + 1:
        raise Unreadable(Reason.TOO_MANY_ROWS, {'most': limits.rows})
    if len(block) == BLOCK and not (b'\n' in block or b'\r' in block):
        raise Unreadable(Reason.LONG_CELL, {'row': lines + 1, 'most': limits.cell})
