"""Plain HTML elements: screen readers know them, phones make them large, and nothing has to be undone."""

import re
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from domain.language import Message
from domain.settings import settings
from ui.session import language


def said(message: Message) -> str:
    """In the language of this page."""
    return message.said_in(language())


class Element(TextElement):
    """`Element('p', text, 'hint', aria_live='polite')`; an underscore stands for a dash."""

    def __init__(self, tag: str, text: Message | str = '', classes: str = '', /, **attributes: Any) -> None:
        super().__init__(tag=tag, text=said(text) if isinstance(text, Message) else text)
        self.classes(classes)
        for attribute, value in attributes.items():
            self.attribute(attribute, value)

    def attribute(self, name: str, value: Any) -> None:
        """None takes it away."""
        name = name.rstrip('_').replace('_', '-')
        if value is None:
            self.props.pop(name, None)
        else:
            self.props[name] = said(value) if isinstance(value, Message) else value

    def say(self, text: Message | str) -> None:
        self.text = said(text) if isinstance(text, Message) else text


def link(text: Message | str, target: str, class_: str = 'link') -> Element:
    return Element('a', text, class_, href=target)


def quiet_button(text: Message | str, **attributes: Any) -> Element:
    """Looks like a link, acts like a button."""
    return Element('button', text, 'link', type='button', **attributes)


def with_office(sentence: Message, classes: str = '') -> None:
    """A sentence whose `{phone}` and `{mail}` can be tapped."""
    ways = {
        '{phone}': (settings().utility_phone, 'tel:' + settings().utility_phone.replace(' ', '')),
        '{mail}': (settings().utility_mail, f'mailto:{settings().utility_mail}'),
    }
    with Element('p', '', classes):
        for piece in re.split(r'(\{phone\}|\{mail\})', said(sentence)):
            if piece in ways:
                Element('a', ways[piece][0], href=ways[piece][1])
            else:
                Element('span', piece)


def heading(text: Message | str, lead: Message | str | None = None) -> Element:
    """The page's only h1; the focus moves to it with every change of page."""
    element = Element('h1', text, tabindex='-1', id='heading')
    if lead is not None:
        Element('p', lead, 'lead')
    return element


def picture(svg: str, *description: Message) -> ui.html:
    """Our own drawing; what it shows is said in words as well."""
    drawing = ui.html(svg, sanitize=False, tag='div')
    drawing.props['role'] = 'img'
    drawing.props['aria-label'] = ' '.join(said(sentence) for sentence in description)
    return drawing
