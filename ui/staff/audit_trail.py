"""Who did what to whom, for administrators: filtered, verified, taken along."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain import clock
from domain.form import Rejected
from domain.language import _, _n
from domain.staff import audit_trail
from domain.staff.audit_trail import Event, Filter
from domain.staff.listing import Listing, Look
from domain.staff.permission import Officer
from ui.elements import Element, heading, quiet_button
from ui.fields import Fields, form, submit_button
from ui.session import language
from ui.staff.download import download_csv
from ui.staff.session import who
from ui.staff.table import Column, Table, cell

TITLE, NAME = _('Audit trail'), 'sled'


async def page(me: Officer) -> None:
    heading(TITLE, _('Everything that staff do, and what was refused. It can be added to, never changed.'))
    await _Desk().draw()


class _Desk:
    async def draw(self) -> None:
        self._form = Filter()
        await self._draw_filters()
        self._table = Table(
            TITLE,
            (
                Column(_('Time'), _time, 'at', 'when'),
                Column(_('Who'), lambda event: cell(event.who, event.address), 'who'),
                Column(_('What'), lambda event: cell(event.what, event.details), 'what'),
                Column(_('About whom'), lambda event: cell(event.about or '–'), 'about'),
                Column(_('No.'), lambda event: cell(str(event.number)), None, 'number'),
            ),
            self._fetch,
            empty=_('Nothing of this kind has happened.'),
            look=Look(sort='at', descending=True),
        )
        await self._table.show()
        self._draw_foot()

    async def _draw_filters(self) -> None:
        me = await who()
        people, deeds = await audit_trail.people(me), await audit_trail.deeds(me)
        self._fields = Fields(self._form, NAME)
        with form(NAME, self._show), Element('div', '', 'filters trail'):
            self._fields.text('first_day', kind='date')
            self._fields.text('last_day', kind='date')
            self._fields.choice('who', {'': _('everybody'), **people})
            self._fields.choice('what', {'': _('everything'), **deeds})
            self._fields.text('about')
            with Element('div', '', 'row'):
                submit_button(_('Show'))
                quiet_button(_('Show all'), id='all').on('click', self._show_all, args=[])

    def _draw_foot(self) -> None:
        with Element('div', '', 'row after'):
            for text, name, act in (
                (_('Export as CSV'), 'export', self._export),
                (_('Verify the chain'), 'verify', self._verify),
            ):
                Element('button', text, 'second', type='button', id=name).on('click', act, args=[])
        self._answer = Element('p', '', 'state after', role='status', id='answer')

    async def _fetch(self, look: Look) -> Listing[Event]:
        return await audit_trail.events(await who(), self._form, look)

    async def _show(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        try:
            await self._table.show(page=1)
        except Rejected as rejection:
            self._fields.show(rejection.problems)
            ui.run_javascript(f'eportal.focus("{next(iter(rejection.problems))}")')
        else:
            self._fields.show({})
        ui.run_javascript(f'eportal.ready("{NAME}")')

    async def _show_all(self) -> None:
        for name in ('first_day', 'last_day', 'who', 'what', 'about'):
            self._fields.clear(name)
        await self._table.show(page=1)

    async def _export(self) -> None:
        try:
            export = await audit_trail.exported(await who(), self._form)
        except Rejected as rejection:
            self._fields.show(rejection.problems)
            return
        download_csv(f'sled-{clock.now():%Y-%m-%d-%H%M}.csv', export.csv)
        if export.rows < export.total:
            self._answer.say(
                _('The newest {rows} of {total} events are in the file. Choose a shorter period for the rest.',
                  rows=export.rows, total=export.total)
            )  # fmt: skip
        else:
            self._answer.say(_n('The file holds {n} event.', 'The file holds {n} events.', export.rows))
        await self._table.show()

    async def _verify(self) -> None:
        broken = await audit_trail.verified(await who())
        self._answer.classes(remove='done refused').classes('refused' if broken else 'done')
        if broken:
            self._answer.say(
                _('The trail does not fit from event {n} on: somebody has changed the database. Keep it as it is, and '
                  'tell whoever runs the server.', n=broken)
            )  # fmt: skip
        else:
            self._answer.say(_('The trail is whole: no event was changed, taken out or put in.'))
        await self._table.show()


def _time(event: Event) -> None:
    cell(clock.day(event.at, language()), clock.time_of_day(event.at, language()))
