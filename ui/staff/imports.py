"""Billing data, looked at and applied in the browser. The page watches an import that lives apart from it."""

from collections.abc import Mapping

from nicegui import ui

from domain.billing.labels import KIND_NAMES
from domain.billing.report import Report
from domain.language import Message, _, _n
from domain.staff import imports
from domain.staff.imports import Busy, Phase, Work
from domain.staff.permission import NotAllowed, Officer
from ui.elements import Element, heading, quiet_button, said
from ui.frame import show_trouble
from ui.staff.confirm import asking_button
from ui.staff.import_columns import Columns
from ui.staff.import_drop import TAKEN_OVER, Drop
from ui.staff.import_history import history
from ui.staff.import_report import draw_report, draw_result
from ui.staff.session import who

TITLE = _('Import')
LOOK_EVERY_SECONDS = 1.0
STEPS: Mapping[str, Message] = {
    'read': _('Reading'), 'compare': _('Comparing'), 'backup': _('Making a backup'), 'switch': _('Making visible'),
    **KIND_NAMES,
}  # fmt: skip
TITLES: Mapping[Phase, Message] = {
    Phase.READING: _('The files are being read'),
    Phase.UNMAPPED: _('Say what the columns hold'),
    Phase.REFUSED: _('A file cannot be read'),
    Phase.READY: _('Looked at: nothing is written yet'),
    Phase.APPLYING: _('The import is going on'),
    Phase.DONE: _('The import has ended'),
    Phase.FAILED: _('The import has stopped'),
}


async def page(me: Officer) -> None:
    heading(TITLE, _('The data of the billing program: drop the files, look at what they would change, then apply.'))
    try:
        await _Desk(me).begin()
    except NotAllowed:
        Element('p', _('Only an administrator may import.'), 'banner')


class _Desk:
    def __init__(self, me: Officer) -> None:
        self._me = me
        self._shown: tuple[int, Phase | None] | None = None
        self._whole = Element('div')  # handlers act in here: what they were called from is gone by then
        with self._whole:
            self._status = Element('p', '', 'unseen', role='status')
            self._place = Element('div', id='import')
        self._progress: Element | None = None

    async def begin(self) -> None:
        """Looks every second, whoever moves it on; that is no act of the person."""
        await self._look(await imports.current(self._me))
        Element('h2', _('Imports so far'), 'after')
        self._history = history()
        await self._history.show()
        self._timer = ui.timer(LOOK_EVERY_SECONDS, self._watch)

    async def _watch(self) -> None:
        try:
            await self._look(await imports.current(await who(acted=False)))
        except NotAllowed:  # signed out: the frame leads to the sign-in
            self._timer.deactivate()

    async def _now(self) -> None:
        await self._look(await imports.current(await who()))

    async def _look(self, work: Work | None) -> None:
        with self._whole:
            await self._follow(work)

    async def _follow(self, work: Work | None) -> None:
        shown = (id(work), work.phase if work else None)
        if shown == self._shown:
            self._say_how_far(work)
            return
        before, self._shown = self._shown, shown
        self._place.clear()
        with self._place:
            await self._draw(work)
        if before is None:
            return
        self._status.say(TITLES[work.phase] if work else '')
        ui.run_javascript('eportal.focus("import-step")')
        if work and not work.is_going_on:
            await self._history.show()

    async def _draw(self, work: Work | None) -> None:
        self._progress = None
        if work is None:
            await Drop(self._now).show()
            return
        mine = work.by.staff_id == self._me.staff_id
        with Element('div', '', 'card'):
            Element('h2', TITLES[work.phase], id='import-step', tabindex='-1')
            if not mine:
                Element('p', _('{name} is importing. Only one import can be going on.', name=work.by.name), 'state')
            self._say_trouble(work)
            if work.phase in (Phase.READING, Phase.APPLYING):
                self._progress = Element('p', '', 'hint', id='progress')
                self._bar = Element('progress', max=100, aria_label=TITLES[work.phase])
                self._say_how_far(work)
                Element('p', _('You may leave this page and come back: the import goes on.'))
            if work.phase == Phase.UNMAPPED and mine:
                Columns(work, self._now)
            if work.phase == Phase.DONE:
                draw_result(work)
            if work.phase != Phase.APPLYING:
                self._ways_on(work, mine)
        if work.report and work.phase in (Phase.READY, Phase.APPLYING):
            await draw_report(work.report)

    def _say_trouble(self, work: Work) -> None:
        if work.refusal:
            Element('p', _('{file}: {sentence}.', file=work.refusal.file, sentence=work.refusal.sentence), 'error')
        if work.trouble:
            Element('p', work.trouble, 'error')

    def _ways_on(self, work: Work, mine: bool) -> None:
        with Element('div', '', 'row after'):
            if mine and work.phase == Phase.READY and work.report:
                self._apply_button(work.report)
            if not mine or work.phase == Phase.UNMAPPED:
                self._giving_up(work)
            elif not work.is_going_on:
                button = Element('button', _('Import other files'), 'second', type='button', id='begin-anew')
                button.on('click', self._give_up, args=[])
            else:
                quiet_button(_('Do not import'), id='give-up').on('click', self._give_up, args=[])

    def _apply_button(self, report: Report) -> None:
        if report.doubts:
            asking_button(_('Import all the same …'), _what_happens(report), _('Import all the same'), self._apply_all,
                          id='apply', classes='second')  # fmt: skip
            return
        words = _('Import') if report.differs else _('Note it and finish')
        Element('button', words, 'primary', type='button', id='apply').on('click', self._apply, args=[])

    def _giving_up(self, work: Work) -> None:
        whose = _('The import of {name} is dropped, with its files. Nothing was written.', name=work.by.name)
        asking_button(_('Drop this import …'), whose, _('Drop it'), self._give_up, id='give-up')

    async def _apply(self) -> None:
        await self._decide(in_spite_of_doubts=False)

    async def _apply_all(self) -> None:
        await self._decide(in_spite_of_doubts=True)

    async def _decide(self, *, in_spite_of_doubts: bool) -> None:
        try:
            await imports.apply(await who(), in_spite_of_doubts=in_spite_of_doubts)
        except Busy:
            show_trouble(TAKEN_OVER)
        await self._now()

    async def _give_up(self) -> None:
        try:
            await imports.give_up(await who())
        except Busy:
            show_trouble(_('It is being applied already and cannot be stopped.'))
        await self._now()

    def _say_how_far(self, work: Work | None) -> None:
        if work is None or self._progress is None:
            return
        step = said(STEPS.get(work.step, TITLES[work.phase]))
        if work.total:
            self._progress.say(_('{step}: {done} of {all} rows', step=step, done=work.done, all=work.total))
        elif work.done:
            self._progress.say(_('{step}: {done} rows', step=step, done=work.done))
        else:
            self._progress.say(f'{step} …')
        self._bar.attribute('value', round(100 * work.done / work.total) if work.total else None)


def _what_happens(report: Report) -> Message:
    """Named, for whoever has to answer for it."""
    gone = report.counts['customer'].gone if 'customer' in report.counts else 0
    bad_rows = _n('{n} bad row is left out.', '{n} bad rows are left out.', report.bad)
    gone_payers = _n(
        '{n} payer is marked as gone and can no longer register.',
        '{n} payers are marked as gone and can no longer register.', gone,
    )  # fmt: skip
    happens = [said(words) for n, words in ((report.bad, bad_rows), (gone, gone_payers)) if n]
    doubts = ' '.join(said(doubt) for doubt in report.doubts)
    return _('{doubts} If you import all the same: {happens}', doubts=doubts, happens=' '.join(happens))
