"""The registration doctor: finding a customer by whatever is known of him, as somebody types."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import entry
from domain.language import Message, _, _n
from domain.staff.customers import PURPOSES, SHORTEST, Found, found, nobodys_code, purpose_of, usual_purpose
from domain.staff.customers import Purpose as Purpose
from domain.staff.listing import Listing, Look
from domain.staff.permission import Officer
from domain.staff.standing import Shown
from domain.staff.timeline import timeline_of_code
from ui.elements import Element, heading, link
from ui.fields import Fields, form
from ui.staff.customer import TITLE as TITLE
from ui.staff.customer import customer_page as customer_page
from ui.staff.session import who
from ui.staff.table import Column, Table, cell, tag
from ui.staff.timeline import draw_events
from ui.staff.what_if import what_if_card

ACCESS: dict[Shown, tuple[Message, str]] = {
    Shown.NONE: (_('no access'), ''),
    Shown.WAITING: (_('waits to be confirmed'), 'wait'),
    Shown.ACTIVE: (_('active'), 'done'),
    Shown.FROZEN: (_('frozen'), 'bad'),
    Shown.HELD: (_('code was in use'), 'wait'),
    Shown.PARKED: (_('waits for newer data'), 'wait'),
}


@dataclass(kw_only=True)
class Search:
    typed: str = entry(_('Payer code, name, address, e-mail, number of an invoice or metering point'))
    purpose: str = entry(_('Purpose of looking'))


async def page(me: Officer) -> None:
    heading(TITLE, _('Find the customer, see what happened, and do the one thing that helps.'))
    search = _SearchPage(await usual_purpose(me))
    with Element('div', '', 'beside'):
        with Element('div'):
            search.draw()
        with Element('aside'):
            await what_if_card(me)
    ui.run_javascript('eportal.focus("typed")')


class _SearchPage:
    def __init__(self, purpose: Purpose) -> None:
        self._fields = Fields(Search(purpose=purpose.value), 'iskanje')

    def draw(self) -> None:
        with form('iskanje', self._submit, draft=True), Element('div', '', 'filters'):
            with Element('div', '', 'searched'):
                self._fields.text('typed')
            self._fields.choice('purpose', dict(PURPOSES))
            Element('button', _('Search'), 'second', type='submit')
        self._fields.when_rested('typed', self._search)  # type: ignore[arg-type]
        self._fields.when_changed('purpose', self._search)  # type: ignore[arg-type]
        self._count = Element('p', '', 'hint', role='status')
        with Element('div', id='results-of-search') as self._results:
            self._table = Table(
                TITLE, self._columns(), self._found, row=lambda row: {'id': f'customer-{row.id}'},
                empty=_('Nobody is found. Try a part of the name, or another number from the invoice.'),
            )  # fmt: skip
        self._unknown = Element('div')
        self._results.set_visibility(False)

    def _columns(self) -> list[Column]:
        return [
            Column(_('Payer code'), lambda row: cell(row.payer_code), sort='payer_code'),
            Column(_('Name and address'), self._name, sort='name'),
            Column(_('Access'), lambda row: tag(*ACCESS[row.access])),
        ]

    def _name(self, row: Found) -> None:
        link(row.name, f'/uprava/stranke/{row.id}?purpose={quote(self._purpose.value)}')
        Element('small', row.address)
        if row.is_gone:
            Element('small', _('no longer listed in the billing data'))

    @property
    def _typed(self) -> str:
        typed = self._fields.form.typed
        return typed.strip() if isinstance(typed, str) else ''

    @property
    def _purpose(self) -> Purpose:
        return purpose_of(self._fields.form.purpose) or Purpose.OTHER

    async def _submit(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        await self._search()
        ui.run_javascript('eportal.ready("iskanje"); document.querySelector("#results-of-search a")?.focus()')

    async def _search(self, _event: Any = None) -> None:
        enough = len(self._typed) >= SHORTEST
        self._results.set_visibility(enough)
        self._unknown.clear()
        self._count.say('')
        if enough:
            await self._table.show(page=1)
            await self._look_for_unknown_code()

    async def _found(self, look: Look) -> Listing[Found]:
        """Of what stands in the field when the answer comes: a slow answer never hides a newer one."""
        while True:
            typed = self._typed
            listing = await found(await who(), typed, look)
            if typed == self._typed:
                self._count.say(_n('{n} customer', '{n} customers', listing.total) if listing.total else '')
                return listing

    async def _look_for_unknown_code(self) -> None:
        code = await nobodys_code(await who(), self._typed)
        self._unknown.clear()
        if code is None:
            return

        async def show() -> None:
            events = await timeline_of_code(await who(), code, self._purpose)
            place.clear()
            with place:
                draw_events(events)

        with self._unknown, Element('div', '', 'card'):
            Element('p', _('No customer has the payer code {code}, but somebody has tried it.', code=code))
            button = Element('button', _('Show the attempts'), 'second', type='button', id='show-attempts')
            button.on('click', show, args=[])
            place = Element('div', '', 'after')
