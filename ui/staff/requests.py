"""The queue of requests, on which staff land: what waits, and beside it the one that is open."""

from typing import Any

from nicegui import ui

from domain.language import Message, _
from domain.staff.listing import Listing, Look
from domain.staff.permission import NotAllowed, Officer
from domain.staff.requests import AccessRequest, Showing, queue, waiting
from ui.elements import Element, heading, link
from ui.staff.request_detail import Detail
from ui.staff.request_entry import ENTER, enter_page
from ui.staff.request_paper import PAPER, paper_page
from ui.staff.request_words import day_and_hour, lead, state_tag
from ui.staff.session import who
from ui.staff.table import Column, Table, cell

TITLE = _('Requests')
HOME = '/uprava/zahtevki'
LOOK_EVERY_SECONDS = 10.0
FILTERS: dict[Showing, Message] = {
    Showing.OPEN: _('Open'),
    Showing.MINE: _('Mine'),
    Showing.WAITING: _('Wait for the customer'),
    Showing.ENDED: _('Ended'),
    Showing.ALL: _('All'),
}
EMPTY: dict[Showing, Message] = {
    Showing.OPEN: _('No request is open. Well done! A new one shows up here by itself.'),
    Showing.MINE: _('You have taken no request. Open one and take it.'),
    Showing.WAITING: _('No request waits for a customer.'),
    Showing.ENDED: _('No request has ended yet.'),
    Showing.ALL: _('There is no request yet. A new one shows up here by itself.'),
}
NOT_FOUND = _('Nothing was found. Try fewer words, a reference or another filter.')
KEYS: tuple[tuple[str, Message], ...] = (
    ('j', _('next request (also ↓ in the list)')),
    ('k', _('previous request (also ↑ in the list)')),
    ('Enter', _('open the request')),
    ('o', _('answer with the username and a control number')),
    ('/', _('search')),
    ('?', _('show or hide this help')),
)


async def page(me: Officer, request_id: str = '') -> None:
    whole = Element('div', '', 'beside')
    with whole:
        left, right = Element('div', '', 'list'), Element('section', '', 'detail', aria_label=_('The open request'))
    desk = _Queue(me, whole, right)
    with left:
        heading(TITLE)
        await desk.draw()
    if request_id:
        await desk.open(int(request_id) if request_id.isascii() and request_id.isdigit() else 0, moved=False)
    ui.timer(LOOK_EVERY_SECONDS, desk.look)


class _Queue:
    def __init__(self, me: Officer, whole: Element, right: Element) -> None:
        self._me, self._whole = me, whole
        self._showing, self._typed = Showing.OPEN, ''
        self._known: object = None
        self._look, self._by_itself = Look(), False
        self._detail = Detail(right, when_changed=self.refresh, when_closed=self._close)

    async def draw(self) -> None:
        self._lead = Element('p', '', 'lead', aria_live='polite')
        with Element('div', '', 'filters'):
            self._draw_filters()
            self._draw_search()
            link(_('Enter a request'), f'{HOME}/nov', 'second').props['id'] = 'enter'
        self._place = Element('div')
        _help()
        await self._show()

    async def _show(self) -> None:
        """From the first page on."""
        self._place.clear()
        empty = NOT_FOUND if self._typed else EMPTY[self._showing]
        with self._place:
            self._table = Table(TITLE, _columns(self), self._fetch, empty=empty, row=self._row)
            await self.refresh()

    async def refresh(self) -> None:
        with self._whole:  # the row that was pressed is drawn anew
            await self._table.show()
            self._lead.say(lead(await waiting(await who(acted=False))))
            ui.run_javascript('eportalRequests.refocus()')

    async def look(self) -> None:
        """Touches only what has changed, so that nobody's typing or reading is disturbed."""
        self._by_itself, before = True, self._known
        try:
            await self._fetch(self._look)
            if self._known != before:
                await self.refresh()
            else:
                self._lead.say(lead(await waiting(await who(acted=False))))
            await self._detail.look()
        except NotAllowed:
            return  # the frame says so, and leads to the sign-in
        finally:
            self._by_itself = False

    async def open(self, request_id: int, *, moved: bool = True) -> None:
        with self._whole:
            self._whole.classes('opened')
            await self._detail.open(request_id)
            await self._table.show()
            if moved:
                ui.run_javascript(f'eportalRequests.opened("{HOME}/{request_id}")')

    async def _close(self) -> None:
        with self._whole:
            self._whole.classes(remove='opened')
            await self._table.show()
            ui.run_javascript(f'eportalRequests.closed("{HOME}")')

    async def _fetch(self, look: Look) -> Listing[AccessRequest]:
        found = await queue(await who(acted=not self._by_itself), self._showing, self._typed, look)
        self._look = found.look
        self._known = [(row.id, row.state, row.taken_by and row.taken_by.id) for row in found.rows], found.total
        return found

    def _row(self, request: AccessRequest) -> dict[str, Any]:
        return {'aria_current': 'true' if request.id == self._detail.request_id else None}

    def _draw_filters(self) -> None:
        buttons: dict[Showing, Element] = {}

        async def show(showing: Showing) -> None:
            self._showing = showing
            for other, button in buttons.items():
                button.attribute('aria-pressed', 'true' if other == showing else 'false')
            await self._show()

        with Element('div', '', 'choices', role='group', aria_label=_('Which requests')):
            for showing, name in FILTERS.items():
                pressed = 'true' if showing == self._showing else 'false'
                button = Element('button', name, type='button', id=f'show-{showing}', aria_pressed=pressed)
                button.on('click', lambda showing=showing: show(showing), args=[])
                buttons[showing] = button

    def _draw_search(self) -> None:
        async def search(event: Any) -> None:
            self._typed = event.args if isinstance(event.args, str) else ''
            await self._show()

        with Element('div', '', 'field'):
            Element('label', _('Search: name, e-mail or reference'), for_='search')
            entry = Element('input', '', '', id='search', type='search', autocomplete='off', spellcheck='false')
            entry.on('input', search, js_handler='(event) => emit(event.target.value)', throttle=0.3,
                     leading_events=False)  # fmt: skip


def _columns(desk: _Queue) -> list[Column]:
    def applicant(request: AccessRequest) -> None:
        way = Element('a', request.name, 'row-link', href=f'{HOME}/{request.id}', id=f'open-{request.id}', data_row='')
        way.on('click', lambda: desk.open(request.id), js_handler='(event) => eportalRequests.beside(event, emit)')
        Element('small', request.address)

    return [
        Column(_('Received'), lambda request: cell(*day_and_hour(request.created_at)), 'received', 'when'),
        Column(_('Applicant'), applicant, 'name'),
        Column(_('Metering point'), lambda request: cell(request.metering_point or '–')),
        Column(_('State'), lambda request: state_tag(request, desk._me), 'state'),
    ]


def _help() -> None:
    """Keys can be switched off: a person who speaks to the computer types whole words (WCAG 2.1.4)."""
    with Element('details', '', 'keys no-print', id='keys'):
        Element('summary', _('Keyboard shortcuts'))
        with Element('dl', '', 'shortcuts'):
            for key, meaning in KEYS:
                with Element('div'):
                    with Element('dt'):
                        Element('kbd', key)
                    Element('dd', meaning)
        with Element('div', '', 'check'):
            box = Element('input', type='checkbox', id='keys-on')
            box.on('change', js_handler='(event) => eportalRequests.keys(event.target.checked)')
            Element('label', _('Use the shortcuts in this browser'), for_='keys-on')
    ui.run_javascript('eportalRequests.begin()')


__all__ = ['ENTER', 'PAPER', 'TITLE', 'enter_page', 'page', 'paper_page']
