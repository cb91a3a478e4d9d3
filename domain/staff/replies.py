"""What mail servers answer, in plain words; the answer itself is shown beneath, for whoever can read it."""

import re
from enum import StrEnum

from domain.language import Message, _


class Cause(StrEnum):
    TAKEN = 'taken'
    NO_ADDRESS = 'no such address'
    FULL = 'mailbox full'
    LATER = 'greylisted'
    BLOCKED = 'blocked'
    BUSY = 'busy'
    SIGN_IN = 'our sign-in refused'
    UNREACHABLE = 'unreachable'
    UNKNOWN_HOST = 'host unknown'
    SILENT = 'silent'
    TLS = 'tls'
    HUNG_UP = 'hung up'
    LINK_ENDED = 'link ended'
    BAD_ADDRESS = 'bad address'
    OWN_FAULT = 'own fault'
    REFUSED = 'refused'
    OTHER = 'other'


# About us or the way to the mail server, and so about every letter.
OUR_TROUBLE = frozenset(
    {Cause.SIGN_IN, Cause.UNREACHABLE, Cause.UNKNOWN_HOST, Cause.SILENT, Cause.TLS, Cause.HUNG_UP, Cause.BUSY}
)

WORDS = {
    Cause.TAKEN: _('The mail server took the message.'),
    Cause.NO_ADDRESS: _('The address does not exist.'),
    Cause.FULL: _('The mailbox is full.'),
    Cause.LATER: _('The mail server asks us to come again later. That is usual with strangers; we do.'),
    Cause.BLOCKED: _('The mail server takes our message for unwanted mail.'),
    Cause.BUSY: _('The mail server is busy just now.'),
    Cause.SIGN_IN: _('The mail server does not accept our name and password. Tell whoever looks after ePortal.'),
    Cause.UNREACHABLE: _('The mail server cannot be reached.'),
    Cause.UNKNOWN_HOST: _('The name of the mail server is not known (DNS).'),
    Cause.SILENT: _('The mail server did not answer in time.'),
    Cause.TLS: _('The connection to the mail server could not be secured (TLS).'),
    Cause.HUNG_UP: _('The mail server broke the connection off.'),
    Cause.LINK_ENDED: _('Its link had ended meanwhile, so it was not sent.'),
    Cause.BAD_ADDRESS: _('This is no e-mail address that mail servers take.'),
    Cause.OWN_FAULT: _('The message could not be made. This is a fault of ePortal; please report it.'),
    Cause.REFUSED: _('The mail server refused the message for good.'),
    Cause.OTHER: _('The mail server did not take the message this time.'),
}

# In this order: the first that fits. What begins with a code was said to us about this letter …
_SAID: tuple[tuple[Cause, str], ...] = (
    (Cause.TAKEN, r'^2'),
    (Cause.BUSY, r'^421'),
    (Cause.SIGN_IN, r'^53[0458]'),
    (Cause.LATER, r'^4.*(gr[ae]y|try again|later|4\.7\.1)'),
    (Cause.FULL, r'^(452|552)|^...[ -][45]\.2\.2|\b(mailbox|quota)\b.*\b(full|exceeded)\b|over ?quota'),
    (Cause.BLOCKED, r'^55[0-4].*(spam|block|blacklist|reputation|[ -]5\.7\.\d)'),
    (Cause.NO_ADDRESS, r'^55[013]|^5.*(5\.1\.\d|user unknown|no such (user|mailbox)|does not exist)'),
    (Cause.REFUSED, r'^5'),
    (Cause.OTHER, r''),
)
# … and what does not is what the outbox, or the connection, says.
_HAPPENED: tuple[tuple[Cause, str], ...] = (
    (Cause.BAD_ADDRESS, r'^not an e-mail address'),
    (Cause.LINK_ENDED, r'^its link has ended'),
    (Cause.BUSY, r'^SMTP\w+: \(4\d\d'),
    (Cause.SIGN_IN, r'^SMTP(Auth|SenderRefused)|AUTH extension|\(53\d,'),
    (Cause.TLS, r'SSL|TLS|certificate'),
    (Cause.UNKNOWN_HOST, r'gaierror|getaddrinfo|Name or service|failure in name|nodename nor'),
    (Cause.SILENT, r'Timeout|timed out'),
    (Cause.HUNG_UP, r'Disconnected|ConnectionReset|BrokenPipe|Connection lost|Connection reset|Unexpected EOF'),
    (Cause.UNREACHABLE, r'^SMTPConnect|^Connection|^OSError|unreachable|Connect call failed'),
    (Cause.OTHER, r'^SMTP'),
    (Cause.OWN_FAULT, r''),
)


def cause(reply: str | None) -> Cause | None:
    """Of the outbox's `last_reply`; None before the first one."""
    if not reply:
        return None
    signs = _SAID if re.match(r'\d{3}\b', reply) else _HAPPENED
    return next(cause for cause, sign in signs if re.search(sign, reply, re.IGNORECASE))


def plain(reply: str | None) -> Message | None:
    found = cause(reply)
    return WORDS[found] if found else None
