"""What a clerk does with a request: answers by letter or on paper, asks for more, rejects."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui

from domain.form import Rejected
from domain.language import Message, _
from domain.staff.answers import (
    QUESTIONS,
    REASONS,
    Question,
    Reason,
    answer,
    answer_on_paper,
    ask,
    has_access,
    reject,
    reject_silently,
)
from domain.staff.candidates import Candidate, Verdict
from domain.staff.permission import Officer, Stranger
from domain.staff.requests import AccessRequest
from ui.elements import Element, quiet_button
from ui.fields import Fields, form, submit_button
from ui.staff.confirm import asking_button
from ui.staff.request_choice import Choice

if TYPE_CHECKING:
    from ui.staff.request_detail import Detail

ANSWER = _('Answer with the username and a control number')
Service = Callable[[Officer | Stranger, int, Any], Awaitable[None]]


class Endings:
    def __init__(self, detail: 'Detail', request: AccessRequest, choice: Choice) -> None:
        self._detail, self._request, self._choice = detail, request, choice
        self.is_open = False
        choice.when_chosen = self._draw_answer

    def draw(self) -> None:
        self._answers = Element('div', '', 'answering')
        with Element('div', '', 'row others'):
            if self._has_address:
                self._opener(_('Ask the customer'), 'ask', self._question)
            self._opener(_('Reject'), 'reject', self._rejection)
            self._paper = Element('div', '', 'within')
        self._form = Element('div')
        self._draw_answer()

    @property
    def _has_address(self) -> bool:
        return bool(self._request.email and self._request.confirmed_at)

    def _draw_answer(self) -> None:
        """The one thing to do, for the customer that is chosen just now."""
        one = self._choice.chosen
        self._answers.clear()
        self._paper.clear()
        with self._answers:
            if one is None:
                Element('button', ANSWER, 'primary', type='button', id='answer', aria_disabled='true')
                Element('p', _('Choose the customer first.'), 'hint')
            elif one.is_gone:
                Element('p', _('{name} is no longer in the register of payers.', name=one.customer.name), 'error')
            elif self._has_address:
                self._by_letter(one)
                with self._paper:
                    self._on_paper(one, 'link')
            else:
                self._on_paper(one, 'primary')

    def _by_letter(self, one: Candidate) -> None:
        request, customer = self._request, one.customer

        async def act() -> None:
            await self._detail.act(lambda by: answer(by, request.id, customer.id, knows_of_access=one.has_access))

        if doubts := self._doubts(one):
            Element('p', doubts, 'note-box')
            yes = _('Yes, answer with {code}', code=customer.payer_code)
            asking_button(ANSWER, doubts, yes, act, id='answer', classes='primary')
        else:
            Element('button', ANSWER, 'primary', type='button', id='answer').on('click', act, args=[])
        told = _('{email} gets the username {code} of {name}.', email=request.email, code=customer.payer_code,
                 name=customer.name)  # fmt: skip
        Element('p', told, 'hint')

    def _on_paper(self, one: Candidate, classes: str) -> None:
        request, customer = self._request, one.customer

        async def act() -> None:
            deed = await self._detail.act(
                lambda by: answer_on_paper(by, request.id, customer.id, knows_of_access=one.has_access)
            )
            if deed:
                with self._detail.place:
                    ui.navigate.to(f'/uprava/zahtevki/{request.id}/natis')

        made = _('A control number is made for {name} ({code}), to be printed for post or counter.',
                 name=customer.name, code=customer.payer_code)  # fmt: skip
        if (doubts := self._doubts(one)) and classes == 'primary':
            Element('p', doubts, 'note-box')
        asking_button(_('Answer on paper'), made, _('Make and print it'), act, id='paper', classes=classes)

    def _doubts(self, one: Candidate) -> Message | None:
        """What the clerk has to know before he gives somebody a key to this customer's data."""
        facts = {'applicant': self._request.name, 'name': one.customer.name, 'code': one.customer.payer_code}
        differs = Verdict.DIFFERS in (one.name.verdict, one.tax_number, one.metering_point)
        found = [has_access(one.customer)] if one.has_access else []
        if differs:
            found.append(
                _('The data of {applicant} differ from those of {name} ({code}). Is it the same payer?', **facts)
            )
        if len(found) == 2:
            return Message('{one} {other}', facts={'one': found[0], 'other': found[1]})
        return found[0] if found else None

    def _opener(self, text: Message, name: str, draw: Callable[[], None]) -> None:
        def toggle() -> None:
            was = button.props.get('aria-expanded') == 'true'
            for other in self._openers:
                other.attribute('aria-expanded', 'false')
            self._form.clear()
            self.is_open = not was
            if not was:
                button.attribute('aria-expanded', 'true')
                with self._form, Element('div', '', 'ending'):
                    draw()

        button = quiet_button(text, id=f'open-{name}', aria_expanded='false')
        button.on('click', toggle, args=[])
        self._openers = [*getattr(self, '_openers', []), button]

    def _question(self) -> None:
        self._written(Question(), 'question', ask, QUESTIONS, _('Send the question'))

    def _rejection(self) -> None:
        request = self._request
        if self._has_address:
            form_ = Reason()
            self._written(form_, 'reason', reject, REASONS, _('Reject and send the reason'))
        else:
            Element('p', _('No letter can be sent, because there is no confirmed e-mail address.'), 'hint')

        async def act() -> None:
            await self._detail.act(lambda by: reject_silently(by, request.id))

        asking_button(
            _('Reject without a letter'),
            _('Reject the request of {name}? Nobody is told.', name=request.name),
            _('Yes, reject'), act, id='reject-silently',
        )  # fmt: skip

    def _written(self, entries: Any, name: str, service: Service, offered: tuple[Message, ...], send: Message) -> None:
        """A text of the clerk's, to which ready-made sentences in the customer's language can be put."""
        request, form_name = self._request, f'{name}-{self._request.id}'
        fields, before = Fields(entries, form_name), self._detail.written_before.get(name, '')

        async def submit(event: Any) -> None:
            fields.take(event.args)
            with self._detail.place:
                try:
                    if await self._detail.act(lambda by: service(by, request.id, fields.form)):
                        ui.run_javascript(f'eportal.forget("{form_name}")')
                except Rejected as rejection:
                    fields.show(rejection.problems)
                    ui.run_javascript(f'eportal.focus("{name}")')
                ui.run_javascript(f'eportal.ready("{form_name}")')

        def put(sentence: str) -> None:
            typed = getattr(fields.form, name)
            fields.put(name, f'{typed}\n{sentence}'.strip() if isinstance(typed, str) else sentence)
            ui.run_javascript(f'eportal.focus("{name}")')

        Element('p', _('It goes to {name}, {email}.', name=request.name, email=request.email), 'hint')
        with form(form_name, submit, draft=not before):
            fields.area(name, rows=4)
            with Element('div', '', 'ready-made', role='group', aria_label=_('Ready-made sentences')):
                for sentence in (offer.said_in(request.language) for offer in offered):
                    button = Element('button', sentence, 'chip', type='button', lang=request.language)
                    button.on('click', lambda sentence=sentence: put(sentence), args=[])
            submit_button(send)
        if before:
            fields.put(name, before)
        ui.run_javascript(f'eportal.focus("{name}")')
