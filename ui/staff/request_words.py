"""How a request is spoken of: its state in a word, how long the oldest one waits, what a verdict means."""

from datetime import datetime, timedelta

from domain import clock
from domain.clock import day, time_of_day
from domain.language import Message, _, _n
from domain.staff.entering import ORIGINS
from domain.staff.likeness import Verdict
from domain.staff.permission import Officer
from domain.staff.requests import AccessRequest, RequestState, Waiting
from ui.elements import Element
from ui.session import language
from ui.staff.table import tag

STATES: dict[RequestState, tuple[Message, str]] = {
    RequestState.UNCONFIRMED: (_('Unconfirmed'), ''),
    RequestState.NEW: (_('New'), 'new'),
    RequestState.TAKEN: (_('With me'), 'mine'),
    RequestState.WAITING: (_('Waits for the customer'), 'wait'),
    RequestState.REOPENED: (_('Reopened'), 'new'),
    RequestState.ANSWERED: (_('Answered'), 'done'),
    RequestState.REJECTED: (_('Rejected'), 'bad'),
}
CAME_BY: dict[str, Message] = {'portal': _('through the portal'), **ORIGINS}
VERDICTS: dict[Verdict, tuple[str, str, Message]] = {
    Verdict.MATCH: ('✓', 'match', _('matches')),
    Verdict.CLOSE: ('≈', 'near', _('is close')),
    Verdict.DIFFERS: ('✗', 'mismatch', _('differs')),
    Verdict.MISSING: ('', '', _('cannot be compared')),
}


def state_tag(request: AccessRequest, me: Officer) -> None:
    """And with whom it is, if that is somebody else."""
    word, kind = STATES[request.state]
    mine = request.taken_by is not None and request.taken_by.id == me.staff_id
    if request.state == RequestState.TAKEN and request.taken_by and not mine:
        tag(_('With: {name}', name=request.taken_by.name))
        return
    tag(word, kind)
    if request.taken_by and request.state in (RequestState.WAITING, RequestState.REOPENED):
        Element('small', _('with me') if mine else request.taken_by.name)


def verdict_mark(verdict: Verdict) -> None:
    """A sign for the eye, the word for the ear."""
    sign, _class, word = VERDICTS[verdict]
    if sign:
        Element('span', f'{sign} ', aria_hidden='true')
    Element('span', word, 'unseen')


def lead(found: Waiting) -> Message:
    if found.oldest is None:
        return _('Nobody waits.')
    return _n('{n} waits, the oldest {age}.', '{n} wait, the oldest {age}.', found.count, age=_age(found.oldest))


def moment(at: datetime) -> str:
    """»20. 11. 2026 ob 9.14«"""
    return ' '.join(day_and_hour(at))


def day_and_hour(at: datetime) -> tuple[str, str]:
    """»20. 11. 2026« and »ob 9.14«"""
    return day(at, language()), ('ob ' if language() == 'sl' else 'at ') + time_of_day(at, language())


def _age(since: datetime) -> Message:
    waited = clock.now() - since
    if waited >= timedelta(days=1):
        return _n('for {n} day', 'for {n} days', waited.days)
    if waited >= timedelta(hours=1):
        return _n('for {n} hour', 'for {n} hours', waited // timedelta(hours=1))
    return _('for less than an hour')
