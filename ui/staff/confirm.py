"""A deed that cannot simply be repeated asks first, in place, and names whom it affects."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from domain.language import Message, _
from ui.elements import Element, quiet_button


def asking_button(
    text: Message,
    question: Message,
    yes: Message,
    act: Callable[[], Awaitable[None]],
    *,
    id: str,
    classes: str = 'link',
) -> None:
    """A button; a press opens the question under it, with two answers."""
    button = Element('button', text, classes, type='button', id=id, aria_expanded='false')
    box = Element('div', '', 'card asking', role='group', aria_label=text)
    box.set_visibility(False)

    def open_it(shown: bool) -> None:
        box.set_visibility(shown)
        button.attribute('aria-expanded', 'true' if shown else 'false')
        ui.run_javascript(f'eportal.focus("{id}{"-yes" if shown else ""}")')

    async def do_it() -> None:
        open_it(False)
        await act()

    with box:
        Element('p', question)
        with Element('div', '', 'row'):
            Element('button', yes, 'danger', type='button', id=f'{id}-yes').on('click', do_it, args=[])
            quiet_button(_('Cancel')).on('click', lambda: open_it(False), args=[])
    button.on('click', lambda: open_it(not box.visible), args=[])
