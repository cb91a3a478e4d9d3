"""Which character parts the cells: `csv.Sniffer` may well say it is the line's end, so only four are offered."""

import csv
from collections import Counter
from collections.abc import Sequence

SEPARATORS = ';,\t|'


def separator_and_columns(lines: Sequence[str]) -> tuple[str, int]:
    """The separator that gives most lines the same number of cells, and that number; `;` and 1 if there is but one."""
    if told := _told(lines):
        return told, _usual_columns(lines, told)[1]
    votes = {separator: _usual_columns(lines, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: votes[separator])
    return best, votes[best][1]


def tells_separator(line: str) -> bool:
    """Excel's own first line, `sep=;`, which is no row."""
    return line[:4].lower() == 'sep=' and line[4:5] in SEPARATORS and not line[5:].strip()


def _told(lines: Sequence[str]) -> str:
    return lines[0][4:5] if lines and tells_separator(lines[0]) else ''


def _usual_columns(lines: Sequence[str], separator: str) -> tuple[int, int]:
    """How many lines agree, and on how many columns; line by line, so that an open quote spoils one vote only."""
    counts = Counter(_columns(line, separator) for line in lines)
    del counts[1]
    columns, agreeing = max(counts.items(), key=lambda pair: pair[::-1], default=(1, 0))
    return agreeing, columns


def _columns(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator)))
    except csv.Error:
        return 1
