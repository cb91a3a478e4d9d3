"""/posta: the letters that the demo's mail server received. The route exists in demo mode only."""

from nicegui import ui

from domain.clock import day_and_time
from domain.demo import Received, received
from domain.language import _
from ui.elements import Element, heading, link
from ui.session import language

TITLE = _('Mail of the demonstration')
LOOK_EVERY_SECONDS = 2.0


def page() -> None:
    with Element('div', '', 'narrow'):
        heading(TITLE, _('Letters that the portal sent. They went to nobody but this page.'))
        place = Element('div')
    shown = -1

    def look() -> None:
        nonlocal shown
        letters = received()
        if len(letters) == shown:
            return
        shown = len(letters)
        place.clear()
        with place:
            for letter in letters:
                _draw(letter)
            if not letters:
                Element('p', _('No letters yet. Register, and the first one comes here.'), 'hint')

    look()
    ui.timer(LOOK_EVERY_SECONDS, look)


def _draw(letter: Received) -> None:
    with Element('article', '', 'card letter'):
        Element('h2', letter.message['Subject'])
        Element(
            'p', f'{letter.message["From"]} → {letter.message["To"]} · {day_and_time(letter.at, language())}', 'hint'
        )
        for paragraph in letter.text.strip().split('\n\n'):
            if paragraph.startswith('http'):
                with Element('p'):
                    link(paragraph, paragraph)
            else:
                Element('p', paragraph)
