"""How a link in a letter can have ended, on a page of its own with the next step."""

from collections.abc import Mapping

from domain.language import Message, _
from domain.links import LinkState
from ui.elements import heading, link, with_office
from ui.frame import title

Ending = tuple[Message, Message, tuple[tuple[Message, str], ...]]  # title, what it means, ways on

UNKNOWN = (
    _('We do not know this link'),
    _('Copy the whole address from the message, or open the link in it once more.'),
)


def show_ending(endings: Mapping[LinkState | None, Ending], state: LinkState | None) -> None:
    name, lead, ways_on = endings[state]
    title(name)
    heading(name, lead)
    for text, target in ways_on:
        link(text, target, 'primary' if state == LinkState.USED else 'second')
    with_office(_('Do you need help? Call {phone} or write to {mail}.'), 'hint')
