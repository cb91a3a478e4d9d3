"""Billing data, looked at and applied in the browser."""

from domain.language import _
from domain.staff.permission import Officer
from ui.elements import heading

TITLE = _('Import')


async def page(me: Officer) -> None:
    heading(TITLE)
