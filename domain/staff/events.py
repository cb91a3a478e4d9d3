"""What can happen to a customer, as a line of his timeline."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.language import Message, _


class Kind(StrEnum):
    REGISTRATION = 'registration'
    LETTER = 'letter'
    SIGN_IN = 'sign-in'
    PAUSE = 'pause'
    REQUEST = 'request'
    IMPORT = 'import'
    STAFF = 'staff'
    VIEW = 'view'


KINDS: dict[Kind, Message] = {
    Kind.REGISTRATION: _('Registration'), Kind.LETTER: _('Message'), Kind.SIGN_IN: _('Sign-in'),
    Kind.PAUSE: _('Pause'), Kind.REQUEST: _('Request'), Kind.IMPORT: _('Import'), Kind.STAFF: _('Staff'),
    Kind.VIEW: _('Looked at'),
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: Kind
    sentence: Message
    below: Message | str = ''  # more of it; also what a mail server said
    target: str = ''  # a page about it
