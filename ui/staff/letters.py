"""The outbox."""

from domain.language import _
from domain.staff.permission import Officer
from ui.elements import heading

TITLE = _('Letters')


async def page(me: Officer) -> None:
    heading(TITLE)
