"""What an import found and would change: for the screen, for a program, and as CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from domain.billing.problem import Problem, retold
from domain.language import Message, _, _n
from domain.spreadsheet import table
from storage.billing.compare import Change, Counts

MOST_BAD = 0.05  # share of rows
MOST_VANISHING = 0.20  # share of payers


@dataclass(frozen=True)
class Report:
    """`files` are as the reading process found them: name, sha256, bytes, tables."""

    files: Sequence[Mapping[str, Any]]
    counts: Mapping[str, Counts]
    problems: Sequence[Problem]
    more_problems: int
    rows: int
    bad: int
    changes: Sequence[Change] = field(default=())

    @property
    def differs(self) -> bool:
        return any(counts.differ for counts in self.counts.values())

    @property
    def doubts(self) -> list[Message]:
        """What somebody has to confirm once more before it is applied."""
        found = []
        if self.bad > self.rows * MOST_BAD:
            found.append(
                _('{bad} of {rows} rows are bad. Is this the right file?', bad=self.bad, rows=self.rows)
            )  # fmt: skip
        customers = self.counts.get('customer')
        if customers and customers.gone > customers.live * MOST_VANISHING:
            found.append(
                _('{gone} of {live} payers would vanish. Is the file complete?', gone=customers.gone,
                  live=customers.live)
            )  # fmt: skip
        return found

    def as_json(self, language: str) -> dict[str, Any]:
        return {
            'files': [_readable(file, language) for file in self.files],
            'counts': {kind: asdict(counts) for kind, counts in self.counts.items()},
            'rows': self.rows,
            'bad': self.bad,
            'differs': self.differs,
            'doubts': [doubt.said_in(language) for doubt in self.doubts],
            'problems': [
                asdict(problem) | {'sentence': problem.sentence.said_in(language)} for problem in self.problems
            ],
            'more_problems': self.more_problems,
            'changes': [asdict(change) for change in self.changes],
        }

    def as_csv(self, language: str) -> str:
        """The problems, for a spreadsheet that runs none of them."""
        titles = (_('File'), _('Row'), _('Column'), _('Value'), _('What is wrong'), _('Consequence'))
        rows = [_cells(problem, language) for problem in self.problems]
        if more := self.more_problems:
            rows.append(['', '', '', '', _n('… and {n} more', '… and {n} more', more).said_in(language), ''])
        return table(titles, rows, language)


def _readable(file: Mapping[str, Any], language: str) -> dict[str, Any]:
    tables = [
        table | {'notes': [retold(note).said_in(language) for note in table['notes']]} for table in file['tables']
    ]
    return dict(file) | {'tables': tables}


def _cells(problem: Problem, language: str) -> list[str]:
    consequence = _('the row is left out') if problem.bad else _('only this value is left out')
    return [
        problem.file, str(problem.row), problem.column, problem.value, problem.sentence.said_in(language),
        consequence.said_in(language),
    ]  # fmt: skip
