"""The token of a link in a letter: it leaves the address bar at once, and a reload finds it in the browser again."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from ui.elements import Element


def take_token(token: str, path: str, arrived: Callable[[object], Awaitable[None]]) -> None:
    """`arrived` is told the token by the browser; `path` stands in the address bar from now on."""

    async def told(event: GenericEventArguments) -> None:
        await arrived(event.args)

    waker = Element('div', hidden=True, id='link-token')
    waker.on('token', told, js_handler='(event) => emit(event.detail)')
    ui.run_javascript(
        f'document.getElementById("link-token").dispatchEvent('
        f'new CustomEvent("token", {{detail: eportal.hide_token("{_plain(token)}", "{path}")}}))'
    )


def _plain(token: str) -> str:
    """Only what a token can hold goes into a script."""
    return ''.join(c for c in token[:100] if c.isascii() and (c.isalnum() or c in '-_'))
