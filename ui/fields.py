"""Draws a form's entries, shows what is wrong beside each, and keeps what screen readers are told right.

A field is checked when it is left; once it has shown an error it is checked on every change and cleared at once.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import hint, label, problem
from domain.language import Message, _
from ui.elements import Element, link, quiet_button, said

Part = Callable[[], object]

VALUE = '(event) => emit(event.target.value)'


class Fields:
    """The fields of one form; `name` keeps its draft in the browser and is the form's name there."""

    def __init__(self, form: Any, name: str) -> None:
        self.form, self.name = form, name
        self._inputs: dict[str, Element] = {}
        self._errors: dict[str, Element] = {}
        self._in_error: set[str] = set()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._when_left: dict[str, Callable[[], None]] = {}

    def text(
        self,
        name: str,
        *,
        autocomplete: str = 'off',
        keys: str | None = None,
        kind: str = 'text',
        secret: bool = False,
        above: Part | None = None,
        below: Part | None = None,
        **facts: Any,
    ) -> None:
        """One line of text. `facts` fill in the hint; a secret leaves no draft; `above` and `below` belong to it.

        `keys` is the keyboard of a phone, as `inputmode` calls it.
        """
        with self._field(name, facts, above, below) as hints, Element('div', '', 'control'):
            self._input(name, kind, autocomplete, hints, keys=keys, secret=secret)

    def password(self, name: str, *, autocomplete: str, below: Part | None = None, **facts: Any) -> None:
        """With a button to look at it, which the keyboard reaches too."""
        with self._field(name, facts, None, below) as hints, Element('div', '', 'control password'):
            self._input(name, 'password', autocomplete, hints, secret=True)
            self._revealing_button(name)

    def area(self, name: str, *, rows: int = 4, secret: bool = False, **facts: Any) -> None:
        """Several lines of text."""
        with self._field(name, facts, None, None) as hints:
            self._input(name, None, 'off', hints, secret=secret, tag='textarea', rows=rows)

    def choice(self, name: str, options: Mapping[str, Message | str], **facts: Any) -> None:
        """One of several; the value of the first stands in the form from the beginning."""
        if getattr(self.form, name) not in options:
            setattr(self.form, name, next(iter(options)))
        with self._field(name, facts, None, None) as hints:
            entry = Element('select', '', '', id=name, name=name, aria_describedby=hints)
            with entry:
                for value, text in options.items():
                    Element('option', text, value=value, selected='' if value == getattr(self.form, name) else None)
            entry.on('change', lambda e: self._changed(name, e.args), js_handler=VALUE)
            self._inputs[name] = entry

    def consent(self, name: str, *, terms: Callable[[], bool]) -> None:
        """A box to tick, and a button in its sentence that opens the terms in place; `terms` tells whether they are."""

        def toggle() -> None:
            button.attribute('aria-expanded', 'true' if terms() else 'false')

        before, after = said(label(self.form, name)).split('{terms}')
        with Element('div', '', 'field', data_field=name):
            with Element('div', '', 'check'):
                box = Element(
                    'input', type='checkbox', id=name, name=name, aria_describedby=f'{name}-error',
                    aria_labelledby=f'{name}-before open-terms {name}-after',
                )  # fmt: skip
                box.on('change', lambda e: self._changed(name, e.args), js_handler='(e) => emit(e.target.checked)')
                with Element('div'):
                    Element('label', before, for_=name, id=f'{name}-before')
                    button = quiet_button(_('the Terms and Conditions'), aria_expanded='false', id='open-terms')
                    button.on('click', toggle, args=[])
                    Element('label', after, for_=name, id=f'{name}-after')
            self._error(name)
        self._inputs[name] = box

    def when_changed(self, name: str, listener: Callable[[], None]) -> None:
        self._listeners.setdefault(name, []).append(listener)

    def when_left(self, name: str, listener: Callable[[], None]) -> None:
        self._when_left[name] = listener

    def when_rested(self, name: str, listener: Callable[[], None]) -> None:
        """For what is too dear for every keystroke."""
        self._inputs[name].on('input', listener, args=[], throttle=0.3, leading_events=False)

    def has(self, name: str) -> bool:
        """Whether the field is drawn."""
        return name in self._inputs

    def take(self, values: object) -> None:
        """What the browser says stands in the form at this moment; the domain trusts none of it."""
        for name in self._inputs:
            if isinstance(values, dict) and name in values:
                setattr(self.form, name, values[name])

    def show(self, problems: Mapping[str, Message]) -> None:
        """Exactly these errors, beside their fields."""
        for name in self._inputs:
            self._show(name, problems.get(name))

    def put(self, name: str, value: str) -> None:
        """Writes into a field, here and in the browser."""
        setattr(self.form, name, value)
        self._show(name, None)
        ui.run_javascript(f'eportal.put("{name}", {json.dumps(value)})')

    def clear(self, name: str) -> None:
        self.put(name, '')

    def _show(self, name: str, sentence: Message | None) -> None:
        if sentence is None and name not in self._in_error:
            return
        (self._in_error.add if sentence else self._in_error.discard)(name)
        self._errors[name].say(sentence or '')
        self._inputs[name].attribute('aria-invalid', 'true' if sentence else None)

    def _changed(self, name: str, value: Any) -> None:
        setattr(self.form, name, value)
        for shown in [name, *self._in_error]:
            if shown in self._in_error:
                self._show(shown, problem(self.form, shown))
        for listener in self._listeners.get(name, []):
            listener()

    def _left(self, name: str) -> None:
        """Never flags an empty field: that is for submitting to say."""
        if getattr(self.form, name):
            self._show(name, problem(self.form, name))
        if listener := self._when_left.get(name):
            listener()

    @contextmanager
    def _field(self, name: str, facts: dict[str, Any], above: Part | None, below: Part | None) -> Iterator[str]:
        """Label, hint, the entry, what is wrong with it, in this order; yields what describes the entry."""
        with Element('div', '', 'field', data_field=name):
            Element('label', label(self.form, name), for_=name)
            sentence = hint(self.form, name)
            if sentence:
                Element('p', Message(sentence.text, facts=facts), 'hint', id=f'{name}-hint')
            if above:
                above()
            yield f'{name}-hint {name}-error' if sentence else f'{name}-error'
            self._error(name)
            if below:
                below()

    def _input(
        self, name: str, kind: str | None, autocomplete: str, hints: str, *, keys: str | None = None,
        secret: bool = False, tag: str = 'input', rows: int | None = None,
    ) -> None:  # fmt: skip
        entry = Element(
            tag, type=kind, id=name, name=name, autocomplete=autocomplete, maxlength=4000 if rows else 1000, rows=rows,
            spellcheck='true' if rows else 'false', autocapitalize='sentences' if rows else 'off', autocorrect='off',
            inputmode=keys, aria_describedby=hints, data_secret='' if secret else None,
        )  # fmt: skip
        entry.on('input', lambda e: self._changed(name, e.args), js_handler=VALUE)
        entry.on('blur', lambda: self._left(name), args=[])
        self._inputs[name] = entry

    def _error(self, name: str) -> None:
        self._errors[name] = Element('p', '', 'error', id=f'{name}-error', aria_live='polite')

    def _revealing_button(self, name: str) -> None:
        button = quiet_button(
            _('Show'), data_reveals=name, data_show=_('Show'), data_hide=_('Hide'), aria_pressed='false',
            aria_controls=name, aria_label=_('Show: {field}', field=label(self.form, name)),
        )  # fmt: skip
        button.on('click', js_handler='(event) => eportal.reveal(event.currentTarget)')


class Summary:
    """What went wrong with a submit, above the form; takes the focus, and each line leads to its field."""

    def __init__(self) -> None:
        self._box = Element('div', '', 'summary', id='summary', tabindex='-1', role='alert')
        self._box.set_visibility(False)

    def clear(self) -> None:
        self._box.clear()
        self._box.set_visibility(False)

    def show(self, problems: Mapping[str, Message]) -> None:
        with self._opened(_('Check what you typed')), Element('ul'):
            for name, sentence in problems.items():
                with Element('li'):
                    line = Element('a', sentence, href=f'#{name}')
                    line.on('click.prevent', js_handler=f'() => eportal.focus("{name}")')

    def say(self, sentence: Message, *ways_on: tuple[Message, str], title: Message | None = None) -> None:
        """One sentence for the whole form, and where to go from here."""
        with self._opened(title or _('That did not work')):
            Element('p', sentence)
            for text, target in ways_on:
                with Element('p'):
                    link(text, target)

    def _opened(self, title: Message) -> Element:
        self.clear()
        self._box.set_visibility(True)
        with self._box:
            Element('h2', title)
        ui.run_javascript('eportal.focus("summary")')
        return self._box


def form(name: str, submit: Callable[[GenericEventArguments], Any], *, draft: bool = False) -> Element:
    """A real form: Enter submits, password managers understand it, a double press sends once."""
    element = Element('form', name=name, novalidate='', autocomplete='on', data_draft='yes' if draft else None)
    element.on(
        'submit.prevent',
        submit,
        js_handler='(event) => { const values = eportal.submit(event.target); if (values) emit(values); }',
    )
    if draft:
        ui.run_javascript(f'eportal.restore("{name}")')
    return element


def submit_button(text: Message) -> Element:
    return Element('button', text, 'primary', type='submit')
