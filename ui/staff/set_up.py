"""The page of the link that sets up a staff account."""

from domain.language import _
from ui.elements import heading

TITLE = _('Set up your access')


def page(token: str = '') -> None:
    heading(TITLE)
