"""One request: who asks, who has taken it, whom the register knows, what is done with it, and all that happened."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from domain import clock
from domain.language import Message, _
from domain.staff.answers import may_undo
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, Stranger
from domain.staff.requests import AccessRequest, RequestState, is_open, opened
from domain.staff.undoing import reopen, undo
from domain.staff.vouching import send_confirmation, vouch
from ui.elements import Element, link, quiet_button, said
from ui.staff.confirm import asking_button
from ui.staff.request_choice import Choice
from ui.staff.request_endings import Endings
from ui.staff.request_holding import draw_holding
from ui.staff.request_notes import Notes
from ui.staff.request_words import CAME_BY, moment, state_tag
from ui.staff.session import who

HOME = '/uprava/zahtevki'
Listener = Callable[[], Awaitable[None]]
Deed = Callable[[Officer | Stranger], Awaitable[object]]
UNDO = {
    RequestState.ANSWERED: _('The answer goes out in {left}.'),
    RequestState.WAITING: _('The question goes out in {left}.'),
    RequestState.REJECTED: _('The rejection is final in {left}.'),
}


class Detail:
    def __init__(self, place: Element, *, when_changed: Listener, when_closed: Listener) -> None:
        self.place, self._when_changed, self._when_closed = place, when_changed, when_closed
        self.request_id: int | None = None
        self._known: object = None
        self._endings: Endings | None = None
        self.chosen_id: int | None = None  # the customer, whatever is drawn anew
        self._returned: dict[str, str] = {}
        self.written_before: dict[str, str] = {}  # with a deed that was undone: nobody should write it twice

    async def open(self, request_id: int) -> None:
        """For a person: on record."""
        self.request_id, self.chosen_id = request_id, None
        await self._draw(again=False)

    async def act(self, deed: Deed, *, quietly: bool = False) -> bool:
        """Does it, shows what has become of the request, or why it was not possible; `quietly` draws nothing anew."""
        with self.place:  # the button that was pressed is drawn anew
            try:
                await deed(await who())
            except NotPossible as refusal:
                await self._draw(again=True)
                self._say(refusal.sentence)
                return False
            self.written_before, self._returned = self._returned, {}
            if not quietly:
                await self._draw(again=True)
                await self._when_changed()
            return True

    async def look(self) -> None:
        """Draws anew what somebody else has changed, unless the clerk is about to write something here."""
        if self.request_id is None or self.place.is_deleted:
            return
        me = await who(acted=False)
        request = await opened(me, self.request_id, again=True)
        if request is None or _state(request) == self._known:
            if request and isinstance(me, Officer):
                await self._notes.refresh(me)
            return
        if (self._endings and self._endings.is_open) or self._notes.is_written:
            self._say(_('This request has changed meanwhile. Your text stays; look before you send it.'), focus=False)
            self._known = _state(request)
            return
        await self._draw(again=True)

    async def _draw(self, *, again: bool) -> None:
        me = await who(acted=not again)
        request = await opened(me, self.request_id or 0, again=again)
        self.place.clear()
        self._endings = None
        with self.place:
            if request is None or not isinstance(me, Officer):
                self._draw_none()
                return
            self._known = _state(request)
            with Element('div', '', 'card'):
                await self._draw_request(me, request, again=again)
            self._notes = Notes(self, request)
            await self._notes.draw(me)

    def _draw_none(self) -> None:
        self._back()
        with Element('div', '', 'card'):
            Element('h2', _('There is no such request'), tabindex='-1', id='detail')
            Element('p', _('The address may be mistyped.'))

    async def _draw_request(self, me: Officer, request: AccessRequest, *, again: bool) -> None:
        self._trouble = Element('div', '', 'banner', role='alert', id='request-trouble', tabindex='-1')
        self._trouble.set_visibility(False)
        if may_undo(request, me):
            self._undo_bar(request)
        self._back()
        Element('h2', request.name, tabindex='-1', id='detail')
        Element('p', _('Request {reference}', reference=request.reference), 'hint')
        with Element('p', '', 'row'):
            state_tag(request, me)
        _facts(request)
        if is_open(request) and request.email and request.confirmed_at is None:
            self._unconfirmed(request)
        await draw_holding(self, me, request)
        choice = Choice(self, request)
        await choice.draw(again=again)
        if is_open(request):
            self._endings = Endings(self, request, choice)
            self._endings.draw()
        else:
            self._ended(request)

    def _back(self) -> None:
        with Element('p', '', 'back'):
            link(_('Back to the queue'), HOME, 'link narrow-only')
            button = quiet_button(_('Close'), id='close')
            button.classes('wide-only')
            button.on('click', self._close, args=[])

    async def _close(self) -> None:
        self.request_id = None
        self.place.clear()
        await self._when_closed()

    def _undo_bar(self, request: AccessRequest) -> None:
        seconds = (request.undo_until - clock.now()).total_seconds() if request.undo_until else 0.0
        before, after = said(UNDO.get(request.state, _('Done.'))).partition('{left}')[::2]
        with Element('div', '', 'done-note undo row', role='status') as bar:
            with Element('p'):
                Element('span', before)
                Element('span', '', id='undo-left', role='timer', aria_live='off')
                Element('span', after)
            take_back = Element('button', _('Undo'), 'second', type='button', id='undo')
            take_back.on('click', lambda: self._undo(request), args=[])
        ui.run_javascript(f'eportalRequests.undoable("undo-left", {seconds:.1f}); eportal.focus("undo")')

        def end() -> None:
            bar.delete()
            ui.run_javascript('eportalRequests.unfocused()')

        ui.timer(max(seconds, 0.1), end, once=True)

    async def _undo(self, request: AccessRequest) -> None:
        async def deed(by: Officer | Stranger) -> None:
            entry = 'question' if request.state == RequestState.WAITING else 'reason'
            self._returned = {entry: await undo(by, request.id)}

        await self.act(deed)

    def _unconfirmed(self, request: AccessRequest) -> None:
        with Element('div', '', 'note-box'):
            Element('p', _('Nobody has confirmed the e-mail address {email} yet.', email=request.email))
            again = quiet_button(_('Send the confirmation again'), id='confirm-again')
            again.on('click', lambda: self.act(lambda by: send_confirmation(by, request.id)), args=[])
            asking_button(
                _('I vouch for the address'),
                _('Have you asked {name}, for example by phone, whether {email} is right?', name=request.name,
                  email=request.email),
                _('Yes, it is right'), self._vouch(request), id='vouch',
            )  # fmt: skip

    def _vouch(self, request: AccessRequest) -> Callable[[], Awaitable[None]]:
        async def vouch_for_it() -> None:
            await self.act(lambda by: vouch(by, request.id))

        return vouch_for_it

    def _ended(self, request: AccessRequest) -> None:
        async def take_up() -> None:
            await self.act(lambda by: reopen(by, request.id))

        with Element('div', '', 'row deeds'):
            if request.state == RequestState.ANSWERED:
                link(_('Print the answer'), f'{HOME}/{request.id}/natis').props['id'] = 'print'
            number = _(
                'Take up the request of {name} again? A control number that was given and not used stops working.',
                name=request.name,
            )
            plain = _('Take up the request of {name} again?', name=request.name)
            question = number if request.state == RequestState.ANSWERED else plain
            asking_button(_('Reopen'), question, _('Yes, reopen'), take_up, id='reopen')

    def _say(self, sentence: Message, *, focus: bool = True) -> None:
        self._trouble.say(sentence)
        self._trouble.set_visibility(True)
        if focus:
            ui.run_javascript('eportal.focus("request-trouble")')


def _state(request: AccessRequest) -> object:
    taken_by = request.taken_by.id if request.taken_by else None
    told = (request.address, request.metering_point, request.tax_number_hmac, request.phone, request.message)
    return request.state, taken_by, request.confirmed_at, request.undo_until, told


def _facts(request: AccessRequest) -> None:
    confirmed = _('confirmed') if request.confirmed_at else _('not confirmed')
    facts: list[tuple[Message, str]] = [
        (_('Received'), f'{moment(request.created_at)} · {said(CAME_BY[request.origin])}'),
        (_('E-mail address'), f'{request.email} · {said(confirmed)}' if request.email else said(_('none'))),
        (_('Phone'), request.phone),
        (_('Message'), request.message),
    ]
    with Element('dl', '', 'facts side'):
        for name, value in facts:
            if value:
                with Element('div'):
                    Element('dt', name)
                    Element('dd', value, 'as-written')
