"""The outbox: what is stuck and why, what was refused, and one more try."""

from dataclasses import dataclass

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.clock import day, time_of_day
from domain.form import entry
from domain.language import Message, _, _n
from domain.settings import settings
from domain.staff import letters_desk
from domain.staff.letter_words import STATES, TAGS, fate, is_late, kind_of
from domain.staff.letters_desk import Letter, Which, letters, stuck
from domain.staff.listing import Listing, Look
from domain.staff.moment import moment
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from domain.staff.replies import plain
from ui.elements import Element, heading, link, quiet_button
from ui.fields import Fields, form
from ui.session import language
from ui.staff.session import who
from ui.staff.table import Column, Table, tag

TITLE = _('Letters')
FILTERS: dict[str, Message] = {
    Which.ALL: _('all'), Which.STUCK: _('stuck'), Which.REFUSED: _('refused'), Which.WAITING: _('waiting'),
    Which.SENT: _('handed over'), Which.STOPPED: _('stopped'),
}  # fmt: skip


@dataclass(kw_only=True)
class Chosen:
    which: str = entry(_('Show'))
    typed: str = entry(_('To the address'))


async def page(me: Officer) -> None:
    heading(TITLE, _('What ePortal sends by e-mail, and what the mail servers answer.'))
    desk = _LettersDesk(Element('div'), Element('div'))
    desk.draw(await stuck(me))
    await desk.show()


class _LettersDesk:
    def __init__(self, summary: Element, note: Element) -> None:
        self._summary, self._note = summary, note
        self._fields = Fields(Chosen(), 'posta')

    def draw(self, counts: dict[Which, int]) -> None:
        with self._summary:
            _tell(counts)
        with form('posta', self._submit), Element('div', '', 'filters'):
            self._fields.choice('which', FILTERS)
            self._fields.text('typed')
            Element('button', _('Search'), 'second', type='submit')
        self._fields.when_changed('which', self._search)  # type: ignore[arg-type]
        self._fields.when_rested('typed', self._search)  # type: ignore[arg-type]
        self._table = Table(
            TITLE, self._columns(), self._found, empty=_('There is no such message.'),
            look=Look(sort='written', descending=True), row=lambda letter: {'id': f'letter-{letter.id}'},
        )  # fmt: skip

    async def show(self) -> None:
        await self._table.show()

    def _columns(self) -> list[Column]:
        return [
            Column(_('Written'), _written, sort='written'),
            Column(_('Message'), _message, sort='recipient'),
            Column(_('For'), _for_whom),
            Column(_('State'), _state, sort='state'),
            Column(_('Tries'), _tries, sort='next'),
            Column(_('Deed'), self._deed),
        ]

    async def _found(self, look: Look) -> Listing[Letter]:
        chosen = self._fields.form
        return await letters(await who(), chosen.which, chosen.typed, look)

    async def _search(self) -> None:
        await self._table.show(page=1)

    async def _submit(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        await self._search()
        ui.run_javascript('eportal.ready("posta")')

    def _deed(self, letter: Letter) -> None:
        if letter.state != 'refused':
            return
        button = quiet_button(_('Send again'), id=f'again-{letter.id}')
        button.on('click', lambda: self._send_again(letter.id), args=[])

    async def _send_again(self, letter_id: int) -> None:
        try:
            letter = await letters_desk.send_again(await who(), letter_id)
        except NotPossible as problem:
            self._tell(problem.sentence, 'banner')
        else:
            self._tell(_('A message goes to {email} in a few seconds.', email=letter.recipient), 'done-note', letter.id)
        await self._draw_again()

    async def _take_back(self, letter_id: int) -> None:
        try:
            await letters_desk.take_back(await who(), letter_id)
            self._tell(_('The message was stopped.'), 'done-note')
        except NotPossible as problem:
            self._tell(problem.sentence, 'banner')
        await self._draw_again()

    async def _draw_again(self) -> None:
        """The counts first: with the pressed button goes the place from which they could be asked for."""
        counts = await stuck(await who())
        await self._table.show()
        self._summary.clear()
        with self._summary:
            _tell(counts)

    def _tell(self, sentence: Message, classes: str, letter_id: int | None = None) -> None:
        self._note.clear()
        with self._note, Element('div', '', classes, role='status', id='note', tabindex='-1'):
            Element('span', sentence)
            if letter_id is not None:
                undo = quiet_button(_('Undo'), id='undo')
                undo.on('click', lambda: self._take_back(letter_id), args=[])
                ui.timer(settings().undo_for.total_seconds(), lambda: undo.set_visibility(False), once=True)
        ui.run_javascript('eportal.focus("note")')


def _tell(counts: dict[Which, int]) -> None:
    """What needs somebody to look at it."""
    if not any(counts.values()):
        Element('p', _('Nothing is stuck, nothing was refused.'), 'hint')
    if n := counts[Which.STUCK]:
        Element('p', _n('{n} message is stuck and is tried again by itself.',
                        '{n} messages are stuck and are tried again by themselves.', n))  # fmt: skip
    if n := counts[Which.REFUSED]:
        Element('p', _n('{n} message was refused. See why, and correct the address with the customer.',
                        '{n} messages were refused. See why, and correct the addresses with the customers.',
                        n))  # fmt: skip


def _written(letter: Letter) -> None:
    Element('span', day(letter.created_at, language()))
    Element('small', time_of_day(letter.created_at, language()))


def _message(letter: Letter) -> None:
    Element('span', letter.recipient, 'address')
    Element('small', kind_of(letter))


def _for_whom(letter: Letter) -> None:
    if letter.customer:
        link(letter.customer.name, f'/uprava/stranke/{letter.customer.id}')
        Element('small', letter.customer.payer_code)
    elif letter.request:
        link(letter.request.name, f'/uprava/zahtevki/{letter.request.id}')
        Element('small', _('Request {n}', n=letter.request.reference))
    elif letter.link and letter.link.staff:
        Element('span', letter.link.staff.name)
        Element('small', _('Staff'))
    else:
        Element('span', '–')


def _state(letter: Letter) -> None:
    tag(STATES[letter.state], 'wait' if is_late(letter) else TAGS[letter.state])
    if letter.state != 'sent':
        Element('small', plain(letter.last_reply) or fate(letter))
    if letter.last_reply:
        Element('small', letter.last_reply, 'raw')


def _tries(letter: Letter) -> None:
    Element('span', str(letter.attempts))
    if letter.state == 'sent' and letter.sent_at:
        Element('small', _('handed over {at}', at=moment(letter.sent_at)))
    elif letter.state == 'queued':
        Element('small', _('next {at}', at=moment(letter.due_at)))
