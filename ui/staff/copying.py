"""A button that copies what stands in an element, and says so."""

from domain.language import _
from ui.elements import quiet_button, said


def copy_button(element_id: str) -> None:
    """Without a clipboard (an old browser, no https) it selects the text instead."""
    button = quiet_button(_('Copy'), id=f'copy-{element_id}')
    button.on(
        'click',
        js_handler=f'''(event) => {{
            const button = event.currentTarget, shown = document.getElementById("{element_id}");
            const done = () => {{ button.firstChild.textContent = button.dataset.done; }};
            const select = () => getSelection().selectAllChildren(shown);
            navigator.clipboard ? navigator.clipboard.writeText(shown.innerText).then(done, select) : select();
        }}''',
    )
    button.attribute('data-done', said(_('Copied')))
    button.attribute('aria-live', 'polite')
