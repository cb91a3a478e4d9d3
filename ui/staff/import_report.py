"""What an import found, as an administrator reads it in the browser; the words are those of the command line."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.billing.guessing import Guessability
from domain.billing.labels import KIND_NAMES, label
from domain.billing.problem import Problem, retold
from domain.billing.report import Report
from domain.language import _, _n
from domain.staff.imports import Work
from domain.staff.listing import PER_PAGE, Listing, Look
from ui.elements import Element, said
from ui.staff.table import Column, Table, cell
from ui.staff.upload import REPORT

COUNTED = (_('new'), _('changed'), _('unchanged'), _('gone'), _('back'))


async def draw_report(report: Report) -> None:
    for doubt in report.doubts:
        Element('p', doubt, 'banner')
    with Element('div', '', 'halves'):
        with Element('section', '', 'card'):
            Element('h2', _('What is in the files'))
            for file in report.files:
                for table in file['tables']:
                    _understood(table)
        with Element('section', '', 'card'):
            Element('h2', _('What would change'))
            _counts(report)
            _changes(report)
    await _problems(report)


def draw_result(work: Work) -> None:
    """How it ended: whether a neighbour's number can be guessed, and where the copy from before is."""
    if work.run is None or work.report is None:
        return
    if not work.report.differs:
        Element('p', _('Nothing has changed: all of it was known already.'), 'state done')
        return
    Element('p', _('Done: everything is visible now.'), 'state done')
    if work.report.bad:
        Element('p', _n('{n} row was left out.', '{n} rows were left out.', work.report.bad))
    if work.run.guessability:
        Element('p', Guessability(**work.run.guessability).sentence, id='guessability')
    if work.run.backup:
        Element('p', _('How it was before: {backup}', backup=work.run.backup), 'hint')


def _understood(table: Mapping[str, Any]) -> None:
    kinds = ', '.join(said(KIND_NAMES[kind]) for kind in table['kinds'])
    Element('p', _('{place}: {kinds}, rows: {rows}', place=table['place'], kinds=kinds, rows=table['rows']), 'state')
    with Element('ul', '', 'told'):
        if table['names']:
            names = ', '.join(table['names'])
            Element('li', _('Encoding {encoding}. Are these names right? {names}',
                            encoding=table['encoding'] or '–', names=names))  # fmt: skip
        if table['unused']:
            Element('li', _('Columns not used: {columns}', columns=', '.join(table['unused'])))
        for note in table['notes']:
            Element('li', retold(note))


def _counts(report: Report) -> None:
    caption = _('Rows by what would happen to them')
    with Element('div', '', 'scroll', tabindex='0', role='region', aria_label=caption), Element('table', '', 'counts'):
        Element('caption', caption, 'unseen')
        with Element('thead'), Element('tr'):
            Element('td')
            for title in COUNTED:
                Element('th', title, 'number', scope='col')
        with Element('tbody'):
            for kind, counts in report.counts.items():
                with Element('tr'):
                    Element('th', KIND_NAMES[kind], scope='row')
                    for number in (counts.new, counts.changed, counts.unchanged, counts.gone, counts.back):
                        Element('td', str(number), 'number' if number else 'number none')


def _changes(report: Report) -> None:
    if not report.changes:
        return
    Element('h3', _('The first changes:'))
    with Element('ul', '', 'told'):
        for change in report.changes:
            what = said(label(change.kind, change.column))
            Element('li', f'{change.key}, {what}: {change.before or "–"} → {change.after or "–"}')


async def _problems(report: Report) -> None:
    if not report.problems:
        return
    with Element('section', '', 'card below'):
        Element('h2', _('What is wrong'), id='problems')
        Element('p', _('Rows: {rows}, left out: {bad}.', rows=report.rows, bad=report.bad))
        columns = (
            Column(_('File and row'), lambda p: cell(p.file, _('row {row}', row=p.row))),
            Column(_('Column'), lambda p: Element('span', p.column or '–')),
            Column(_('Value'), lambda p: Element('span', p.value or '–')),
            Column(_('What is wrong'), lambda p: cell(p.sentence, '' if p.bad else _('only this value is left out'))),
        )
        await Table(_('What is wrong'), columns, _part_of(report.problems), empty=_('Nothing.')).show()
        if report.more_problems:
            Element('p', _n('… and {n} more', '… and {n} more', report.more_problems), 'hint')
        Element('a', _('Download it as a table (CSV)'), 'link', href=REPORT, download='', id='download-problems')


def _part_of(problems: Sequence[Problem]) -> Any:
    async def part(look: Look) -> Listing[Problem]:
        begins = (look.page - 1) * PER_PAGE
        return Listing(list(problems[begins : begins + PER_PAGE]), len(problems), look)

    return part
