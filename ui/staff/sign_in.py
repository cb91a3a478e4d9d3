"""The sign-in of the staff."""

from domain.language import _
from ui.elements import heading

TITLE = _('Sign in to the administration')


def page() -> None:
    heading(TITLE)
