"""What staff did to a customer, in plain words."""

from collections.abc import Mapping
from typing import Any

from domain.language import Message, _
from domain.staff.audit_words import DEEDS
from domain.staff.customers import OPENED, PURPOSES

CUSTOMER_DEEDS: dict[str, Message] = {
    OPENED: _('opened the customer'),
    'attempts on unknown code opened': _('opened the attempts on a payer code that nobody has'),
    'registration letter sent again': _('sent the message of the registration again'),
    'registration address corrected': _('corrected the address of the registration and sent the message to it'),
    'pause lifted': _('lifted the pause'),
    'control number issued': _('issued a control number'),
    'control number withdrawn': _('withdrew the control number'),
    'access frozen': _('froze the access'),
    'access unfrozen': _('unfroze the access'),
    'sessions ended': _('ended the sessions'),
    'access closed': _('closed the access'),
    'registration closed': _('closed the registration'),
    'numbers tried out': _('tried out what would happen with two numbers'),
    'letter sent again': _('sent a refused message again'),
    'letter stopped': _('stopped a message'),
}


ALL_DEEDS = {**DEEDS, **CUSTOMER_DEEDS}


def deed_words(what: str, detail: Mapping[str, Any]) -> Message:
    """»opened the customer (phone call)«; a deed that is not known here is shown as it is recorded."""
    words = ALL_DEEDS.get(what) or _('{what}', what=what)
    purpose = detail.get('purpose')
    return _('{deed} ({purpose})', deed=words, purpose=PURPOSES[purpose]) if purpose in PURPOSES else words
