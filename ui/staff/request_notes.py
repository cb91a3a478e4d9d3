"""What has happened to a request, and a note for the colleagues."""

from typing import TYPE_CHECKING, Any

from nicegui import ui

from domain.form import Rejected
from domain.language import _
from domain.staff.permission import Officer
from domain.staff.request_history import history
from domain.staff.requests import AccessRequest, Note, add_note
from ui.elements import Element, said
from ui.fields import Fields, form
from ui.staff.request_words import moment
from ui.staff.session import who

if TYPE_CHECKING:
    from ui.staff.request_detail import Detail


class Notes:
    def __init__(self, detail: 'Detail', request: AccessRequest) -> None:
        self._detail, self._request = detail, request
        self._told: object = None
        self._fields = Fields(Note(), f'zapis-{request.id}')

    @property
    def is_written(self) -> bool:
        """Whether a note stands there that is not added yet."""
        return bool(self._fields.form.note)

    async def draw(self, me: Officer) -> None:
        with Element('div', '', 'card'):
            Element('h2', _('What has happened'))
            self._history = Element('div')
            await self.refresh(me)
            self._form()

    async def refresh(self, me: Officer) -> None:
        """Draws anew only when there is something new."""
        happened = await history(me, self._request)
        told = [(one.at, said(one.what)) for one in happened]
        if told == self._told:
            return
        self._told = told
        self._history.clear()
        with self._history, Element('ol', '', 'happened'):
            for one in happened:
                with Element('li'):
                    Element('small', f'{moment(one.at)}{" · " + one.by if one.by else ""}')
                    Element('span', one.what, 'mismatch' if one.bad else '')
                    if one.text:
                        Element('p', one.text, 'as-written')

    def _form(self) -> None:
        fields, name = self._fields, self._fields.name

        async def submit(event: Any) -> None:
            fields.take(event.args)
            number = self._request.id
            try:
                if await self._detail.act(lambda by: add_note(by, number, fields.form), quietly=True):
                    fields.clear('note')
                    ui.run_javascript(f'eportal.forget("{name}")')
                    me = await who()
                    if isinstance(me, Officer):
                        await self.refresh(me)
            except Rejected as rejection:
                fields.show(rejection.problems)
                ui.run_javascript('eportal.focus("note")')
            ui.run_javascript(f'eportal.ready("{name}")')

        with form(name, submit, draft=True):
            fields.area('note', rows=2)
            Element('button', _('Add the note'), 'second', type='submit')
