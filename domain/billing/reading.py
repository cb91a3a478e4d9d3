"""The reading process: opens what may be anything, with limits on memory and time, and stages the rows that are right.

`python -m domain.billing.reading` takes one job as JSON on its input, sends the rows to the staging process, and says
on its other output in JSON lines how far it is; what it found lies in the job's folder. It has no connection to the
database, and knows no key but that of the tax numbers.
"""

import gc
import json
import os
import re
import resource
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count, islice
from operator import lt
from pathlib import Path
from typing import Any

from domain.billing.columns import Columns, missing, recognised
from domain.billing.problem import Problem, shown, told
from domain.billing.rows import KEYS, Chunk, Rows
from domain.billing.shapes import Rules
from domain.billing.verdicts import FileRefused, refusal, remark
from domain.keys import tax_number_hash
from domain.language import Message, _
from storage.billing import Cell, Table, Unreadable, sha256, tables
from storage.billing.staging import STAGED, PipedStaging, Staging, row_ids

MEMORY = 1 << 30  # bytes of address space
CPU_SECONDS = 900
KEPT_PROBLEMS = 10_000
SAMPLE_ROWS = 5
UNIQUE = ('payer_code', 'code', 'number')  # first columns that are the whole key
CHUNK_ROWS = 2000  # what they become fits into the pipe, so that nobody waits for the other
TOLD_EVERY_SECONDS = 0.2

Say = Callable[..., None]  # an event, and its facts by name


def main() -> None:
    """Ends with one line that says how; without it, it died, which the other side explains."""
    for limited, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS)):
        _soft, given = resource.getrlimit(limited)
        least = most if given == resource.RLIM_INFINITY else min(most, given)
        resource.setrlimit(limited, (least, least))
    os.nice(10)
    gc.disable()  # nothing here is cyclic, and looking for it costs a fifth of the time
    job = json.load(sys.stdin)
    try:
        found = Reading(job, PipedStaging(sys.stdout.buffer), _say).found()
        (Path(job['folder']) / 'found.json').write_text(json.dumps(found), encoding='utf-8')
        _say('done')
    except FileRefused as refusal:
        _say('refused', file=refusal.file, sentence=told(refusal.sentence), columns=refusal.columns)
    except BrokenPipeError:
        _say('not staged')
    except MemoryError:
        _say('too much')
    except Exception as fault:  # its words may hold what stood in a cell
        place = traceback.extract_tb(fault.__traceback__)[-1]
        _say('failed', fault=f'{type(fault).__name__}, {Path(place.filename).name}:{place.lineno}')


class Reading:
    """One job; where rows are staged and who is told how far it is may be of this process as well."""

    def __init__(self, job: dict[str, Any], staging: Staging, say: Say) -> None:
        self._job, self._staging, self._say = job, staging, say
        self._columns: dict[str, str] = job['columns']
        self._rules = Rules(
            payer_code_length=job['payer_code_length'],
            invoice_number_length=job['invoice_number_length'],
            fill_up=job['fill_up'],
            tax_hash=partial(tax_number_hash, key=bytes.fromhex(job['tax_key'])),
        )
        self._problems: list[Problem] = []
        self._more_problems = 0
        self._rows, self._told_at = 0, 0.0
        self._source = 0
        self._seen_ids = count()
        self._last_key: dict[str, str] = {}
        self._unordered: set[str] = set()

    def found(self) -> dict[str, Any]:
        files = [self._file(name, Path(path)) for name, path in self._job['files']]
        self._staging.close()
        return {
            'files': files,
            'problems': [problem.as_json() for problem in self._problems],
            'more_problems': self._more_problems,
            'ascending': sorted(self._last_key.keys() - self._unordered),
        }

    def _file(self, name: str, path: Path) -> dict[str, Any]:
        try:
            opened = tables(path, encoding=self._job['encoding'])
            read, passed_over = [], []
            for table in opened:
                if found := self._table(name, table, is_only=len(opened) == 1):
                    read.append(found)
                else:
                    passed_over.append(told(_('The sheet “{sheet}” was not read.', sheet=table.name)))
        except Unreadable as problem:
            raise FileRefused(name, refusal(problem)) from None
        if not read:
            raise FileRefused(name, *self._not_understood(opened[0]))
        read[0]['notes'] += passed_over
        if not sum(table['rows'] for table in read):
            raise FileRefused(name, _('has a header and no rows'))
        return {'name': name, 'sha256': sha256(path), 'bytes': path.stat().st_size, 'tables': read}

    def _table(self, file: str, table: Table, *, is_only: bool) -> dict[str, Any] | None:
        """None for a sheet that has nothing to do with it; one that nearly is a list must not be passed over."""
        header = self._header(table)
        if header is None:
            why, shown_columns = self._not_understood(table)
            if not is_only and shown_columns and not shown_columns['missing']:
                return None
            raise FileRefused(f'{file} / {table.name}' if table.name else file, why, shown_columns)
        line, titles, columns = header
        if columns.twice:
            raise FileRefused(file, _('has the column “{title}” twice', title=columns.twice[0]))
        place = f'{file} / {table.name}' if table.name else file
        read = self._rows_of(table, Rows(place, titles, columns, self._rules, mixed=table.mixed), columns, line)
        return read | {
            'place': place,
            'kinds': {k: {name: titles[n] for name, n in places.items()} for k, places in columns.kinds.items()},
            'whole_list': [kind for kind in KEYS if list(columns.kinds) == [kind]],
            'encoding': table.encoding,
            'unused': list(columns.unused),
            'notes': [told(remark(note)) for note in table.notes],
            'source': self._source - 1,
        }

    def _header(self, table: Table) -> tuple[int, list[str], Columns] | None:
        """The first row whose titles make a kind of row; exports like to have a heading above it."""
        for line, cells in table.head:
            titles = [shown(cell) for cell in cells]
            while titles and not titles[-1]:
                titles.pop()
            columns = recognised(titles, self._columns)
            if columns.kinds:
                return line, titles, columns
        return None

    def _not_understood(self, table: Table) -> tuple[Message, dict[str, Any] | None]:
        """A heading above the titles has fewer cells than they have."""
        rows = [(line, [shown(cell) for cell in cells]) for line, cells in table.head]
        width = max(sum(map(bool, cells)) for _line, cells in rows)
        place, (line, titles) = next((n, row) for n, row in enumerate(rows) if sum(map(bool, row[1])) == width)
        if 4 * sum(map(_is_value, titles)) >= width:
            return _('has no header: its first row holds data already'), None
        return _('has columns that are not known'), {
            'titles': titles, 'samples': [cells for _line, cells in rows[place + 1 :][:SAMPLE_ROWS]],
            'missing': missing(titles, self._columns), 'row': line,
        }  # fmt: skip

    def _rows_of(self, table: Table, rows: Rows, columns: Columns, header: int) -> dict[str, Any]:
        source, self._source = self._source, self._source + 1
        count = bad = 0
        names: list[str] = []
        for lines, cells in table.chunks(CHUNK_ROWS, after=header):
            chunk = rows.read(lines, cells)
            self._stage(source, chunk)
            names = names if count else _sample_names(columns, cells)
            count, bad = count + len(lines), bad + chunk.bad
            self._progress(len(lines))
        return {'rows': count, 'bad': bad, 'names': names}

    def _stage(self, source: int, chunk: Chunk) -> None:
        rows = row_ids(source, chunk.lines)
        for kind, staged in chunk.staged.items():
            self._staging.add(kind, rows, [staged[name] for name in STAGED[kind]])
            if chunk.lines and kind not in self._unordered and (key := next(iter(STAGED[kind]))) in UNIQUE:
                self._look_at_order(kind, staged[key])
        if chunk.seen:
            kinds, codes = zip(*chunk.seen, strict=True)
            self._staging.add('seen', [next(self._seen_ids) for _code in codes], [kinds, codes])
        chunk.problems.sort(key=lambda problem: problem.row)
        room = KEPT_PROBLEMS - len(self._problems)
        self._problems += chunk.problems[:room]
        self._more_problems += len(chunk.problems[room:])

    def _look_at_order(self, kind: str, keys: Sequence[Any]) -> None:
        """Keys that only ever rise are different, as those of most exports do: nobody has to sort a million of them."""
        if self._last_key.get(kind, '') < keys[0] and all(map(lt, keys, islice(keys, 1, None))):
            self._last_key[kind] = keys[-1]
        else:
            self._unordered.add(kind)

    def _progress(self, rows: int) -> None:
        self._rows += rows
        if time.monotonic() - self._told_at > TOLD_EVERY_SECONDS:
            self._told_at = time.monotonic()
            self._say('read', rows=self._rows)


def _is_value(title: str) -> bool:
    return re.fullmatch(r'[•\d.,:/ €-]*\d[\d.,:/ €-]*', title) is not None


def _sample_names(columns: Columns, rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Names with carons, to see by eye that the encoding was understood."""
    place = columns.kinds.get('customer', {}).get('name')
    if place is None:
        return []
    telling = (row[place] for row in rows if place < len(row) and not str(row[place]).isascii())
    return [shown(name) for name in islice(telling, SAMPLE_ROWS)]


def _say(event: str, **facts: Any) -> None:
    print(json.dumps({'event': event, **facts}), file=sys.stderr, flush=True)  # noqa: T201


if __name__ == '__main__':
    main()
