"""One customer: what is wrong and what helps, all that happened, and what is known of him."""

from datetime import datetime
from decimal import Decimal

from domain.language import Message, _
from domain.staff.customers import PURPOSES, File, opened, purpose_of, seen_again, usual_purpose
from domain.staff.events import Event
from domain.staff.moment import moment
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from domain.staff.timeline import timeline
from ui.elements import Element, heading, link, quiet_button
from ui.staff.customer_deeds import Note, draw_deeds
from ui.staff.session import who
from ui.staff.table import tag
from ui.staff.timeline import draw_events
from ui.staff.what_if import what_if_card

TITLE = _('Customers')
STATES: dict[str, tuple[Message, str]] = {
    'pending': (_('waits to be confirmed'), 'wait'),
    'held': (_('code was in use'), 'wait'),
    'active': (_('active'), 'done'),
    'ended': (_('ended'), ''),
}


async def customer_page(me: Officer, customer_id: int, purpose: str = '') -> None:
    chosen = purpose_of(purpose) or await usual_purpose(me)
    try:
        file = await opened(me, customer_id, chosen)
    except NotPossible as problem:
        heading(TITLE, problem.sentence)
        link(_('Back to the search'), '/uprava/stranke')
        return
    with Element('p', '', 'no-print crumbs'):
        link(_('Back to the search'), '/uprava/stranke')
        Element('span', _('Purpose: {purpose}', purpose=PURPOSES[chosen]), 'hint')
    heading(file.customer.name, f'{file.customer.payer_code} · {file.customer.address}')
    above = Element('div')
    with Element('div', '', 'beside no-print'):
        left = Element('div')
        with Element('div'):
            right = Element('div')
            await what_if_card(me, file.customer.payer_code)

    def draw(file: File, events: list[Event], note: Note | None = None) -> None:
        """Everything is asked for by now: with the pressed button goes the place from which it could be asked."""
        for place in (above, left, right):
            place.clear()
        with above:
            draw_deeds(file, note, again)
        with left:
            with Element('div', '', 'row'):
                Element('h2', _('What happened'))
                quiet_button(_('Refresh'), id='refresh').on('click', again, args=[])
            draw_events(events)
        with right:
            _known(file)

    async def again(note: Note | None = None) -> None:
        me = await who()
        draw(await seen_again(me, customer_id), await timeline(me, customer_id), note)

    draw(file, await timeline(me, customer_id))


def _known(file: File) -> None:
    with Element('div', '', 'card'):
        Element('h2', _('From the billing data'))
        _facts(
            (_('E-mail address'), file.customer.email or '–'),
            (_('Tax number'), file.tax_number or '–'),
        )
        _points(file)
    _accesses(file)
    _invoices(file)


def _facts(*rows: tuple[Message, Message | str]) -> None:
    with Element('dl', '', 'facts'):
        for name, value in rows:
            with Element('div'):
                Element('dt', name)
                Element('dd', value)


def _points(file: File) -> None:
    Element('h3', _('Metering points'))
    if not file.points:
        Element('p', _('None is known.'), 'hint')
    for point in file.points:
        with Element('p', '', 'point'):
            Element('strong', point.code)
            Element('small', f'{point.address} · {point.service} · {point.meter_serial}')


def _accesses(file: File) -> None:
    with Element('div', '', 'card'):
        Element('h2', _('Access'))
        if not file.standing.accesses and not file.standing.parked:
            Element('p', _('There has never been one.'), 'hint')
        for access in file.standing.accesses:
            with Element('p', '', 'point'):
                Element('strong', access.account.email)
                frozen = access.account.frozen_at and access.state == 'active'
                tag(*((_('frozen'), 'bad') if frozen else STATES[access.state]))
                Element('small', _span(access.since, access.until))
        for parked in file.standing.parked:
            with Element('p', '', 'point'):
                Element('strong', parked.account.email)
                tag(_('waits for newer data'), 'wait')
                Element('small', _span(parked.since, None))


def _span(since: datetime, until: datetime | None) -> Message:
    if until is None:
        return _('since {since}', since=moment(since))
    return _('{since} to {until}', since=moment(since), until=moment(until))


def _invoices(file: File) -> None:
    with Element('div', '', 'card'):
        Element('h2', _('Last invoices'))
        if not file.invoices:
            Element('p', _('No invoice is known.'), 'hint')
            return
        with Element('div', '', 'scroll', tabindex='0', role='region', aria_label=_('Last invoices')), Element('table'):
            with Element('thead'), Element('tr'):
                for title in (_('Number'), _('Date'), _('Amount'), _('Proves')):
                    Element('th', title, 'number' if title == _('Amount') else '', scope='col')
            with Element('tbody'):
                for known in file.invoices:
                    with Element('tr'):
                        Element('td', known.invoice.number)
                        Element('td', f'{known.invoice.issued_on:%-d. %-m. %Y}', 'when')
                        Element('td', _euros(known.invoice.amount), 'number')
                        Element('td', _proves(known.is_used_up, known.is_accepted))


def _euros(amount: Decimal) -> str:
    """»1.234,50 €«."""
    return f'{amount:,.2f} €'.translate(str.maketrans(',.', '.,'))


def _proves(is_used_up: bool, is_accepted: bool) -> Message:
    if is_used_up:
        return _('used up')
    return _('yes') if is_accepted else _('too old')
