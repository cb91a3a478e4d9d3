"""Numbers of the last weeks, and what is wrong just now."""

from domain.language import _
from domain.staff.permission import Officer
from ui.elements import heading

TITLE = _('Overview')


async def page(me: Officer) -> None:
    heading(TITLE)
