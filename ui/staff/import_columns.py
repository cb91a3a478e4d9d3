"""Columns whose titles say nothing to the portal: told by hand once, kept by name for the next month."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.billing.columns import suggested
from domain.billing.labels import DATUM_NAMES, KIND_NAMES, label
from domain.folding import folded
from domain.form import Rejected
from domain.language import Message, _
from domain.staff import imports
from domain.staff.imports import Busy, Work
from ui.elements import Element, said
from ui.fields import Summary, form, submit_button
from ui.staff.import_drop import TAKEN_OVER
from ui.staff.session import who

SAMPLES = 5  # rows beside each title


class Columns:
    """The form for one table; `told` is called once it is read anew."""

    def __init__(self, work: Work, told: Callable[[], Awaitable[None]]) -> None:
        if work.refusal is None or work.refusal.columns is None:
            return
        self._told, self._shown = told, work.refusal.columns
        self._summary = Summary()
        Element('p', _('Row {row} has these titles; beside them is what stands below:', row=self._shown['row']))
        for kind, lacking in self._shown['missing'].items():
            names = ', '.join(said(label(kind, datum)) for datum in lacking)
            Element('p', _('For {kind} these are missing: {lacking}', kind=KIND_NAMES[kind], lacking=names), 'state')
        with form('import-columns', self._submit):
            self._table(work.how.columns)
            with Element('div', '', 'field below'):
                Element('label', _('Keep it for the next time, by this name'), for_='profile')
                Element('p', _('You may leave it empty: then it holds for this time only.'), 'hint', id='profile-hint')
                Element('input', type='text', id='profile', name='profile', value=work.profile or '', maxlength=60,
                        autocomplete='off', aria_describedby='profile-hint')  # fmt: skip
            submit_button(_('Look again'))

    def _table(self, before: Mapping[str, str]) -> None:
        caption = _('Columns of the file')
        with Element('div', '', 'scroll', tabindex='0', role='region', aria_label=caption), Element('table'):
            Element('caption', caption, 'unseen')
            with Element('thead'), Element('tr'):
                for title in (_('Title of the column'), _('What stands below'), _('What it holds')):
                    Element('th', title, scope='col')
            with Element('tbody'):
                for place, title in enumerate(self._shown['titles']):
                    self._row(place, title, before)

    def _row(self, place: int, title: str, before: Mapping[str, str]) -> None:
        rows = self._shown['samples'][:SAMPLES]
        cells = [row[place] for row in rows if place < len(row) and row[place]]
        if not (title or cells):
            return
        with Element('tr'):
            Element('th', title or '–', scope='row')
            Element('td', ' · '.join(cells) or '–')
            with Element('td'):
                if title:
                    self._select(place, title, before.get(folded(title), suggested(title) or ''))

    def _select(self, place: int, title: str, chosen: str) -> None:
        name = f'column-{place}'
        with Element('select', id=name, name=name, aria_label=_('What the column “{title}” holds', title=title)):
            for datum, words in ({'': _('nothing, leave it out')} | dict(DATUM_NAMES)).items():
                Element('option', words, value=datum, selected='' if datum == chosen else None)

    async def _submit(self, event: GenericEventArguments) -> None:
        given: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        columns = {title: given.get(f'column-{n}', '') for n, title in enumerate(self._shown['titles']) if title}
        try:
            await imports.map_columns(await who(), columns, given.get('profile', ''))
        except Rejected as rejection:
            self._refuse(next(iter(rejection.problems.values())))
        except Busy:
            self._refuse(TAKEN_OVER)
        else:
            await self._told()

    def _refuse(self, sentence: Message) -> None:
        ui.run_javascript('eportal.ready("import-columns")')
        self._summary.say(sentence)
