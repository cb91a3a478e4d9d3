"""Which customer the request is of: those whom the register offers, one of them beside the request, or one by hand."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from domain.language import Message, _
from domain.staff.candidates import Candidate, Verdict, candidate, candidates, customers_like
from domain.staff.requests import AccessRequest, is_open
from ui.elements import Element, quiet_button
from ui.staff.request_words import VERDICTS, verdict_mark
from ui.staff.session import who
from ui.staff.table import tag

if TYPE_CHECKING:
    from ui.staff.request_detail import Detail

HIDDEN = '•••••'  # of a tax number nothing but its ending is known


class Choice:
    def __init__(self, detail: 'Detail', request: AccessRequest) -> None:
        self._detail, self._request = detail, request
        self.chosen: Candidate | None = None
        self.when_chosen: Callable[[], None] = lambda: None

    async def draw(self, *, again: bool) -> None:
        if not is_open(self._request):
            await self._draw_ended(again=again)
            return
        self._found = await candidates(await who(acted=False), self._request.id, again=again)
        self.chosen = await self._preselected()
        with Element('fieldset', '', 'candidates'):
            Element('legend', _('Who in the register is it?'))
            self._list = Element('div')
            self._draw_list()
        self._by_hand()
        self._comparison = Element('div')
        self._compare()

    async def _preselected(self) -> Candidate | None:
        """What the clerk chose before, else who is certain; nobody else is chosen for him."""
        chosen_id = self._detail.chosen_id
        if chosen_id is None:
            return next((one for one in self._found if one.certain), None)
        own = next((one for one in self._found if one.customer.id == chosen_id), None)
        if own is None:
            own = await candidate(await who(acted=False), self._request.id, chosen_id, again=True)
            self._found.append(own)
        return own

    async def _draw_ended(self, *, again: bool) -> None:
        self._comparison = Element('div')
        if self._request.customer:
            by = await who(acted=False)
            self.chosen = await candidate(by, self._request.id, self._request.customer.id, again=again)
        self._compare()

    def _draw_list(self) -> None:
        self._list.clear()
        with self._list:
            if not self._found:
                Element('p', _('Nobody in the register is like this. Search for the customer, or ask.'), 'hint')
            for one in self._found:
                self._draw_candidate(one)

    def _draw_candidate(self, one: Candidate) -> None:
        number = one.customer.id
        with Element('div', '', 'candidate'):
            checked = '' if self.chosen and self.chosen.customer.id == number else None
            box = Element('input', type='radio', name='candidate', id=f'candidate-{number}', checked=checked)
            box.on('change', lambda: self._choose(one), args=[])
            with Element('label', for_=f'candidate-{number}'):
                Element('strong', one.customer.name)
                Element('small', f'{one.customer.payer_code} · {one.shown_address}')
            if one.is_gone:
                tag(_('Gone'), 'bad')
            elif one.certain:
                tag(_('Certain'), 'done')
            if one.has_access:
                tag(_('Has access'), 'wait')

    def _choose(self, one: Candidate) -> None:
        self.chosen, self._detail.chosen_id = one, one.customer.id
        self._compare()
        self.when_chosen()

    def _compare(self) -> None:
        """Datum by datum; without a choice what was typed stands there alone."""
        one, request = self.chosen, self._request
        ending = request.tax_number_ending
        rows: list[tuple[Message, str, str, Verdict | None]] = [
            (_('Name'), request.name, one.customer.name if one else '', one and one.name.verdict),
            (_('Address'), request.address, one.shown_address if one else '', one and one.address.verdict),
            (_('Metering point'), request.metering_point, one.shown_metering_point if one else '',
             one and one.metering_point),
            (_('Tax number'), f'{HIDDEN}{ending}' if ending else '', _tax_number(one), one and one.tax_number),
            (_('E-mail address'), request.email or '', (one.customer.email or '') if one else '', one and one.email),
        ]  # fmt: skip
        self._comparison.clear()
        with self._comparison, Element('div', '', 'scroll comparison', tabindex='0', role='region',
                                       aria_label=_('Comparison with the register')), Element('table'):  # fmt: skip
            _head(one)
            with Element('tbody'):
                for name, typed, known, verdict in rows:
                    _row(name, typed, known, verdict)

    def _by_hand(self) -> None:
        with Element('details', '', 'by-hand'):
            Element('summary', _('Search for another customer'))
            with Element('div', '', 'field'):
                Element('label', _('Name, address, payer code or metering point'), for_='find')
                entry = Element('input', '', '', id='find', type='search', autocomplete='off', spellcheck='false')
            results = Element('div', '', '', role='status')

        async def find(event: Any) -> None:
            found = await customers_like(await who(), event.args)
            results.clear()
            with results:
                if not found:
                    Element('p', _('Nobody was found.'), 'hint')
                for customer in found:
                    button = quiet_button(f'{customer.name}, {customer.address} ({customer.payer_code})')
                    button.on('click', lambda number=customer.id: self._take_by_hand(number), args=[])

        entry.on('input', find, js_handler='(event) => emit(event.target.value)', throttle=0.3, leading_events=False)

    async def _take_by_hand(self, number: int) -> None:
        own = next((one for one in self._found if one.customer.id == number), None)
        if own is None:
            own = await candidate(await who(), self._request.id, number)
            self._found.append(own)
        self.chosen = own
        self._draw_list()
        self._choose(own)


def _tax_number(one: Candidate | None) -> str:
    ending = one.customer.tax_number_ending if one else None
    return f'{HIDDEN}{ending}' if ending else ''


def _head(one: Candidate | None) -> None:
    Element('caption', _('Comparison with the register'), 'unseen')
    with Element('thead'), Element('tr'):
        with Element('td'):
            pass
        Element('th', _('In the request'), scope='col')
        if one:
            with Element('th', scope='col'):
                Element('span', _('In the register'))
                Element('small', one.customer.payer_code)


def _row(name: Message, typed: str, known: str, verdict: Verdict | None) -> None:
    with Element('tr'):
        Element('th', name, scope='row')
        Element('td', typed or '–')
        if verdict:
            with Element('td', '', VERDICTS[verdict][1]):
                verdict_mark(verdict)
                Element('span', known or '–')
