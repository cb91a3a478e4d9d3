"""Says in time that a session is about to end; one button keeps it. Of customers and staff alike."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from nicegui import ui

from domain import clock
from domain.language import _
from ui.elements import Element

WARN_BEFORE = timedelta(minutes=2)


def watch_session(
    ends: Callable[[bool], Awaitable[datetime | None]], over: Callable[[], None], *, idle: timedelta, every: float
) -> None:
    """`ends` tells when the session ends, None if it has; it is given whether the person acts, which keeps it.

    `over` leads away. `idle` is how long nothing may happen, `every` (seconds) how often it is looked at.
    """
    notice = Element('div', '', 'card notice', role='alertdialog', aria_label=_('You will be signed out soon'))
    notice.set_visibility(False)

    async def look() -> None:
        if (end := await ends(False)) is None:
            over()
            return
        soon = end - clock.now() < min(WARN_BEFORE, idle / 3)
        if soon != notice.visible:
            notice.set_visibility(soon)
            if soon:
                ui.run_javascript('eportal.focus("stay")')

    async def stay() -> None:
        await ends(True)
        notice.set_visibility(False)

    with notice:
        Element('p', _('You will be signed out soon, because nothing has happened here for a while.'))
        Element('button', _('Stay signed in'), 'primary', type='button', id='stay').on('click', stay, args=[])
    ui.timer(min(every, idle.total_seconds() / 6), look)
