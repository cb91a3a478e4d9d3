"""The imports that were: when, by whom, of which files, with what result."""

from collections.abc import Mapping
from typing import Any

from domain import clock
from domain.billing.guessing import Guessability
from domain.billing.labels import KIND_NAMES
from domain.language import Message, _, _n
from domain.staff import imports
from domain.staff.listing import Listing, Look
from ui.elements import Element, said
from ui.session import language
from ui.staff.session import who
from ui.staff.table import Column, Table, cell, tag
from ui.staff.upload import REPORT

STATES: Mapping[str, tuple[Message, str]] = {
    'applying': (_('Going on, or interrupted'), 'wait'),
    'applied': (_('Imported'), 'done'),
    'unchanged': (_('Nothing new'), ''),
    'refused': (_('Refused, too many doubts'), 'bad'),
    'failed': (_('Could not be read'), 'bad'),
}
NUMBERS = {'new': _('new: {n}'), 'changed': _('changed: {n}'), 'gone': _('gone: {n}'), 'back': _('back: {n}')}


def history() -> Table:
    """Drawn by `show()`."""
    columns = (
        Column(_('When'), _when, 'when'),
        Column(_('By whom'), lambda run: Element('span', run.by), 'by'),
        Column(_('Files'), _files),
        Column(_('Rows'), _counts),
        Column(_('Result'), _state, 'state'),
    )
    newest = Look(sort='when', descending=True)
    return Table(_('Imports so far'), columns, _fetched, look=newest, empty=_('There was no import yet.'))


async def _fetched(look: Look) -> Listing[Any]:
    return await imports.history(await who(), look)


def _when(run: Any) -> None:
    cell(f'{clock.day(run.started_at, language())}, {clock.time_of_day(run.started_at, language())}', _duration(run))


def _duration(run: Any) -> Message | str:
    if not run.finished_at:
        return ''
    seconds = round((run.finished_at - run.started_at).total_seconds())
    if seconds < 1:
        return _('in less than a second')
    return _('in {minutes} min {seconds} s', minutes=seconds // 60, seconds=seconds % 60)


def _files(run: Any) -> None:
    with Element('ul', '', 'plain'):
        for file in run.files:
            Element('li', file['name'])


def _counts(run: Any) -> None:
    with Element('ul', '', 'plain'):
        for kind, counts in run.counts.items():
            if kind not in KIND_NAMES:
                continue
            told = [said(Message(words.text, facts={'n': counts[name]})) for name, words in NUMBERS.items()
                    if counts.get(name)]  # fmt: skip
            told = told or [said(_('nothing new'))]
            Element('li', f'{said(KIND_NAMES[kind])}: {", ".join(told)}')


def _state(run: Any) -> None:
    words, kind = STATES[run.state]
    tag(words, kind)
    if bad := run.counts.get('bad'):
        Element('small', _n('{n} row left out', '{n} rows left out', bad))
    if bad or run.state == 'failed':
        when = clock.day_and_time(run.started_at, language())
        Element('a', _('What was wrong (CSV)'), 'link', href=f'{REPORT}?uvoz={run.id}', download='',
                aria_label=_('What was wrong in the import of {when}, as a table (CSV)', when=when))  # fmt: skip
    if run.guessability:
        percent = round(Guessability(**run.guessability).chance * 100)
        Element('small', _('A neighbour’s number is hit in {percent} of 100 cases.', percent=percent))
