"""The registration doctor: one customer, all that happened to him, and what helps."""

from domain.language import _
from domain.staff.permission import Officer
from ui.elements import heading

TITLE = _('Customers')


async def page(me: Officer) -> None:
    heading(TITLE)


async def customer_page(me: Officer, customer_id: int) -> None:
    heading(TITLE)
