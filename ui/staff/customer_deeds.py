"""What is wrong with a customer's registration, and the buttons that help: the fitting one first."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.check_mail import NewAddress
from domain.form import Rejected, TooManyAttempts
from domain.language import Message, _
from domain.settings import settings
from domain.staff.customers import File
from domain.staff.diagnosis import Deed
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, Stranger
from ui.check_mail import too_many_messages
from ui.elements import Element, quiet_button, said
from ui.fields import Fields, form, submit_button
from ui.staff import customer_acts as acts
from ui.staff.confirm import asking_button
from ui.staff.customer_acts import Note
from ui.staff.number_card import draw_number
from ui.staff.session import who

Redraw = Callable[..., Awaitable[None]]
Act = Callable[[Officer | Stranger, int], Awaitable[Note]]
LABELS = {
    Deed.SEND: _('Send the message again'),
    Deed.CORRECT: _('Correct the address and send'),
    Deed.LIFT: _('Lift the pause'),
    Deed.ISSUE: _('Issue a control number'),
    Deed.UNFREEZE: _('Unfreeze the access'),
    Deed.FREEZE: _('Freeze the access'),
    Deed.END_SESSIONS: _('Sign out everywhere'),
    Deed.CLOSE: _('Close the access'),
}
AT_ONCE: dict[Deed, Act] = {Deed.SEND: acts.send, Deed.LIFT: acts.lift, Deed.UNFREEZE: acts.unfreeze}
ASKING: dict[Deed, tuple[Act, Message, Message]] = {
    Deed.FREEZE: (acts.freeze, _('Freeze'), _('The access of {name} will be frozen: signed out everywhere at once, and '
                  'nobody can sign in until it is unfrozen.')),
    Deed.END_SESSIONS: (acts.end_sessions, _('Sign out'), _('{name} will be signed out everywhere at once.')),
    Deed.CLOSE: (acts.close, _('Close'), _('{name} will lose the access for good. The payer code becomes '
                 'free for a new registration.')),
}  # fmt: skip
CLOSE_REGISTRATION = _('Close the registration')
REGISTRATION_ENDS = _(
    'The registration of {name} will end, and its link die. The payer code stays free for a new registration.', name=''
)


def draw_deeds(file: File, note: Note | None, again: Redraw) -> None:
    """`again(note)` draws the page anew."""
    deeds = _Deeds(file, again)
    if note:
        deeds.tell(note)
    kind = 'well' if file.diagnosis.is_well else 'wrong'
    with Element('section', '', f'card diagnosis {kind} no-print', aria_label=_('What is wrong')):
        for sentence in file.diagnosis.sentences:
            Element('p', sentence, 'finding')
        with Element('div', '', 'row'):
            if file.diagnosis.deed:
                deeds.button(file.diagnosis.deed, 'primary')
            for other in file.diagnosis.others:
                deeds.button(other, 'link')
        deeds.opened = Element('div')


class _Deeds:
    opened: Element  # where a deed asks for more

    def __init__(self, file: File, again: Redraw) -> None:
        self._file, self._again = file, again

    def button(self, deed: Deed, classes: str) -> None:
        label, id_ = self._label(deed), f'deed-{deed}'
        if deed in ASKING:
            act, yes, question = ASKING[deed]
            question = REGISTRATION_ENDS if label == CLOSE_REGISTRATION else question
            name = f'{self._file.customer.name} ({self._file.customer.payer_code})'
            asked = Message(question.text, facts={'name': name})
            asking_button(label, asked, yes, lambda: self._do(act), id=id_, classes=classes)
            return
        button = Element('button', label, classes, type='button', id=id_)
        if deed in AT_ONCE:
            button.on('click', lambda: self._do(AT_ONCE[deed]), args=[])
        else:
            button.on('click', self._open_correction if deed == Deed.CORRECT else self._open_issuing, args=[])

    def tell(self, note: Note) -> None:
        with Element('div', '', 'banner' if note.is_trouble else 'done-note', role='status', id='note', tabindex='-1'):
            Element('span', note.sentence)
            if note.letter_id:
                taking_back = acts.taking_back(note.letter_id)
                undo = quiet_button(_('Undo'), id='undo')
                undo.on('click', lambda: self._do(taking_back), args=[])
                ui.timer(settings().undo_for.total_seconds(), lambda: undo.set_visibility(False), once=True)
        if note.number:
            draw_number(note.number, lambda: self._do(acts.withdraw_number))
        ui.run_javascript('eportal.focus("note")')

    async def _do(self, act: Act) -> None:
        try:
            note = await act(await who(), self._file.customer.id)
        except NotPossible as problem:
            note = Note(problem.sentence, is_trouble=True)
        except TooManyAttempts as pause:
            note = Note(too_many_messages(pause), is_trouble=True)
        await self._again(note)

    def _label(self, deed: Deed) -> Message:
        closes_registration = deed == Deed.CLOSE and self._file.standing.active is None
        return CLOSE_REGISTRATION if closes_registration else LABELS[deed]

    def _open_correction(self) -> None:
        """In place; what stands there is the address that did not work."""
        fields = Fields(NewAddress(), 'naslov')

        async def submit(event: GenericEventArguments) -> None:
            fields.take(event.args)
            try:
                await self._do(acts.correcting(fields.form))
            except Rejected as rejection:
                fields.show(rejection.problems)
                ui.run_javascript('eportal.ready("naslov"); eportal.focus("email")')

        self.opened.clear()
        with self.opened, form('naslov', submit):
            fields.text('email', kind='email')
            submit_button(_('Save and send'))
        account = self._file.standing.waiting
        fields.put('email', account.email if account else '')
        ui.run_javascript('eportal.focus("email")')

    def _open_issuing(self) -> None:
        """How it reaches the customer: only addresses that we have are offered."""
        choice = acts.IssueWay()
        fields = Fields(choice, 'stevilka')
        ways = {way: self._way(way, address) for way, address in acts.ways(self._file.standing).items()}

        async def submit(event: GenericEventArguments) -> None:
            fields.take(event.args)
            await self._do(acts.issuing(choice.way))

        self.opened.clear()
        with self.opened, form('stevilka', submit):
            fields.choice('way', ways)
            submit_button(_('Issue'))
        ui.run_javascript('eportal.focus("way")')

    @staticmethod
    def _way(way: str, address: str) -> str:
        return said(acts.WAYS[way]).replace('{address}', address)
