"""The lines of a timeline, by kind."""

from collections.abc import Sequence

from domain.clock import day, time_of_day
from domain.language import Message, _
from domain.staff.events import KINDS, Event, Kind
from ui.elements import Element, link, quiet_button, said
from ui.session import language
from ui.staff.table import tag

FIRST = 60  # events that are drawn at once
EVERYTHING = 'everything'
TAGS = {Kind.REGISTRATION: 'new', Kind.LETTER: 'mine', Kind.PAUSE: 'bad', Kind.STAFF: 'wait'}


def draw_events(events: Sequence[Event]) -> None:
    """With a choice of what to see; that somebody has only looked is left out until it is chosen."""
    chosen = [EVERYTHING]
    options: dict[str, Message] = {EVERYTHING: _('everything that happened')}
    options |= {kind.value: KINDS[kind] for kind in Kind if any(event.kind == kind for event in events)}

    def choose(value: object) -> None:
        chosen[0] = value if isinstance(value, str) and value in options else EVERYTHING
        show(FIRST)

    def show(at_most: int) -> None:
        shown = [event for event in events if _is_of(event, chosen[0])]
        place.clear()
        with place:
            _table(shown[:at_most])
            if len(shown) > at_most:
                more = quiet_button(_('Show all {n}', n=len(shown)))
                more.on('click', lambda: show(len(shown)), args=[])

    with Element('div', '', 'row'):
        Element('label', _('Show'), for_='events-of')
        select = Element('select', id='events-of')
        with select:
            for value, text in options.items():
                Element('option', text, value=value)
    select.on('change', lambda e: choose(e.args), js_handler='(event) => emit(event.target.value)')
    place = Element('div', '', 'after', id='timeline')
    show(FIRST)


def _is_of(event: Event, chosen: str) -> bool:
    return event.kind != Kind.VIEW if chosen == EVERYTHING else event.kind == chosen


def _table(events: Sequence[Event]) -> None:
    if not events:
        Element('p', _('Nothing has happened yet.'), 'empty')
        return
    with (
        Element('div', '', 'scroll', tabindex='0', role='region', aria_label=_('Timeline')),
        Element('table', '', 'timeline'),
    ):
        Element('caption', _('What happened, the newest first'), 'unseen')
        with Element('thead'), Element('tr'):
            for title in (_('When'), _('What')):
                Element('th', title, scope='col')
        with Element('tbody'):
            for event in events:
                _line(event)


def _line(event: Event) -> None:
    with Element('tr'):
        with Element('td', '', 'when'):
            Element('span', day(event.at, language()))
            Element('small', time_of_day(event.at, language()))
        with Element('td'):
            tag(KINDS[event.kind], TAGS.get(event.kind, ''))
            sentence = said(event.sentence)
            link(sentence, event.target, 'what') if event.target else Element('span', sentence, 'what')
            if event.below:
                Element('small', event.below)
