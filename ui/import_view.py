"""What an import found, as a clerk reads it: within 80 columns where it can be, and nothing in a file is a command."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from domain.billing.labels import DATUM_NAMES, KIND_NAMES, label
from domain.billing.problem import Problem, retold
from domain.billing.report import Report
from domain.language import Message, _, _n

SHOWN_PROBLEMS = 20
SHORTEST_SAMPLE = 20  # characters


class ImportView:
    def __init__(self, language: str, *, beside: bool) -> None:
        """`beside`: on the second output, for the first one belongs to a program."""
        self.console = Console(stderr=beside, highlight=False, soft_wrap=True, markup=False, emoji=False)
        self._language = language

    def said(self, message: Message) -> str:
        return message.said_in(self._language)

    def say(self, message: Message, style: str = '') -> None:
        self.console.print(self.said(message), style=style)

    def report(self, report: Report) -> None:
        for file in report.files:
            for table in file['tables']:
                self._table(table)
        self.console.print()
        self._counts(report)
        self._changes(report)
        self._problems(report)
        for doubt in report.doubts:
            self.console.print(f'\n! {self.said(doubt)}', style='bold red')

    def columns(self, columns: Mapping[str, Any]) -> None:
        """What stands in a file that was not understood, a line for each column."""
        self.console.print()
        self.say(_('Row {row} has these titles; beside them is what stands below:', row=columns['row']))
        width = max(map(len, columns['titles']))
        for place, title in enumerate(columns['titles']):
            cells = [row[place] for row in columns['samples'] if place < len(row) and row[place]]
            if not (title or cells):
                continue
            line = f'  {title:<{width}}  {" · ".join(cells)}'
            self.console.print(_cut(line, max(self.console.width, width + SHORTEST_SAMPLE)))
        for kind, lacking in columns['missing'].items():
            names = ', '.join(self.said(label(kind, datum)) for datum in lacking)
            self.say(_('For {kind} these are missing: {lacking}', kind=KIND_NAMES[kind], lacking=names))

    def choices(self) -> None:
        """What a column may hold, in two columns of numbers."""
        names = [f'{n:>2}  {self.said(name)}' for n, name in enumerate(DATUM_NAMES.values(), 1)]
        half, width = (len(names) + 1) // 2, max(map(len, names))
        for left, right in zip(names[:half], [*names[half:], ''], strict=False):
            self.console.print(f'  {left:<{width}}  {right}'.rstrip())

    def _table(self, table: Mapping[str, Any]) -> None:
        kinds = ', '.join(self.said(KIND_NAMES[kind]) for kind in table['kinds'])
        self.say(_('{place}: {kinds}, rows: {rows}', place=table['place'], kinds=kinds, rows=table['rows']))
        if table['names']:
            names = ', '.join(table['names'])
            self.say(_('  encoding {encoding}; are these names right? {names}', encoding=table['encoding'] or '–',
                       names=names))  # fmt: skip
        if table['unused']:
            self.say(_('  columns not used: {columns}', columns=', '.join(table['unused'])))
        for note in table['notes']:
            self.console.print(f'  {self.said(retold(note))}')

    def _counts(self, report: Report) -> None:
        table = Table(box=None, pad_edge=False)
        table.add_column('')
        for title in (_('new'), _('changed'), _('unchanged'), _('gone'), _('back')):
            table.add_column(self.said(title), justify='right')
        for kind, counts in report.counts.items():
            numbers = (counts.new, counts.changed, counts.unchanged, counts.gone, counts.back)
            table.add_row(self.said(KIND_NAMES[kind]), *map(str, numbers))
        self.console.print(table)

    def _changes(self, report: Report) -> None:
        if report.changes:
            self.console.print()
            self.say(_('The first changes:'))
        for change in report.changes:
            what = self.said(label(change.kind, change.column))
            self.console.print(f'  {change.key}, {what}: {change.before or "–"} → {change.after or "–"}')

    def _problems(self, report: Report) -> None:
        if not report.problems:
            return
        self.console.print()
        self.say(_('Rows: {rows}, left out: {bad}. What is wrong:', rows=report.rows, bad=report.bad))
        for problem in report.problems[:SHOWN_PROBLEMS]:
            self.console.print(f'  {self._place(problem)}: {self.said(problem.sentence)}')
        if (unseen := len(report.problems) + report.more_problems - SHOWN_PROBLEMS) > 0:
            self.say(_n('… and {n} more; --report FILE.csv has them.', '… and {n} more; --report FILE.csv has them.',
                        unseen))  # fmt: skip

    def _place(self, problem: Problem) -> str:
        row = self.said(_('row {row}', row=problem.row))
        value = f'»{problem.value}«' if problem.value else ''
        return ', '.join(filter(None, [problem.file, row, ' '.join(filter(None, [problem.column, value]))]))


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + '…'


def datum_of(answer: str, offered: Sequence[str] = tuple(DATUM_NAMES)) -> str | None:
    """By its number in the list, or by its name."""
    if answer.isdecimal():
        return offered[int(answer) - 1] if 0 < int(answer) <= len(offered) else None
    return answer if answer in offered else None
