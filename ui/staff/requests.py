"""The queue of requests."""

from domain.language import _
from domain.staff.permission import Officer
from ui.elements import heading

TITLE, ENTER, PAPER = _('Requests'), _('Enter a request'), _('Answer on paper')


async def page(me: Officer, request_id: int | None = None) -> None:
    heading(TITLE)


async def enter_page(me: Officer) -> None:
    heading(ENTER)


async def paper_page(me: Officer, request_id: int) -> None:
    heading(PAPER)
