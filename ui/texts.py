"""Terms, privacy and accessibility: sample texts, marked as such, until the utility gives its own (TEXTS_DIR)."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import markdown2
from nicegui import ui

from domain.language import _
from domain.settings import settings
from ui.elements import Element, heading
from ui.session import language

SAMPLES = Path(__file__).parent / 'texts'
TERMS, PRIVACY, ACCESSIBILITY = _('Terms and Conditions'), _('Privacy'), _('Accessibility')


class Foldable:
    """A text that opens in place and keeps the form around it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._box = Element('div', '', 'card text', id=name, tabindex='0', role='region', aria_label=TERMS)
        self._box.set_visibility(False)

    def toggle(self) -> bool:
        """Whether it is open now."""
        if not self._box.default_slot.children:
            with self._box:
                _body(self._name)
        self._box.set_visibility(not self._box.visible)
        return self._box.visible


def terms_in_place() -> Foldable:
    return Foldable('terms')


def page(name: str) -> Callable[[], None]:
    titles = {'terms': TERMS, 'privacy': PRIVACY, 'accessibility': ACCESSIBILITY}

    def draw() -> None:
        heading(titles[name])
        with Element('div', '', 'text'):
            _body(name)

    return draw


def _body(name: str) -> None:
    ui.html(_html(name, language()), sanitize=False)  # the utility's own file, no data of anybody


@cache
def _html(name: str, language: str) -> str:
    chosen = settings()
    own = chosen.texts_dir / f'{name}.{language}.md' if chosen.texts_dir else None
    file = own if own and own.exists() else SAMPLES / f'{name}.{language}.md'
    text = file.read_text(encoding='utf-8')
    for setting in ('utility_name', 'utility_address', 'utility_phone', 'utility_mail', 'terms_version'):
        text = text.replace('{' + setting + '}', str(getattr(chosen, setting)))
    return str(markdown2.markdown(text))
