"""Letters as staff call them: what kind, how they fare."""

from domain import clock
from domain.language import Message, _
from domain.staff.replies import Cause, cause
from storage.models import Letter, LetterState

KINDS = {
    'confirm': _('Confirmation of the registration'),
    'already': _('Access exists already'),
    'notice': _('Notice to the holder of the access'),
    'parked': _('Registration waits for newer data'),
    'unproven': _('Registration could not be completed'),
    'control_number': _('Username and control number'),
    'request': _('Receipt of the request'),
    'request_answer': _('Answer to the request'),
    'request_question': _('Question about the request'),
    'request_rejected': _('Rejection of the request'),
    'alarm_mail': _('Alarm: messages do not go out'),
    'alarm_guessing': _('Alarm: somebody is guessing'),
    'alarm_import': _('Alarm: import overdue'),
    'alarm_disk': _('Alarm: disk space'),
}
STATES = {
    LetterState.QUEUED: _('waiting'),
    LetterState.LEASED: _('being sent'),
    LetterState.SENT: _('handed over'),
    LetterState.REFUSED: _('refused'),
    LetterState.WITHDRAWN: _('stopped'),
}
TAGS = {
    LetterState.QUEUED: 'new',
    LetterState.LEASED: 'new',
    LetterState.SENT: 'done',
    LetterState.REFUSED: 'bad',
    LetterState.WITHDRAWN: '',
}


def kind_of(letter: Letter) -> Message | str:
    return KINDS.get(letter.kind, letter.kind.replace('_', ' ').replace('-', ' '))


def is_late(letter: Letter) -> bool:
    """It was tried in vain and waits for another try."""
    return letter.state == LetterState.QUEUED and bool(letter.attempts)


def fate(letter: Letter) -> Message:
    """One sentence, without the server's words."""
    if letter.state == LetterState.SENT:
        return _('Handed over to the mail server.')
    if letter.state == LetterState.WITHDRAWN:
        return _('It was stopped before it was sent.')
    if letter.state == LetterState.REFUSED:
        given_up = cause(letter.last_reply) not in (Cause.BAD_ADDRESS, Cause.LINK_ENDED) and _was_tried_long(letter)
        return _('Given up after many tries.') if given_up else _('It will not be tried again.')
    if is_late(letter):
        return _('It could not be handed over yet and is tried again.')
    return _('It is about to go out.') if letter.due_at > clock.now() else _('It is on its way to the mail server.')


def _was_tried_long(letter: Letter) -> bool:
    return letter.attempts > 1 and not (letter.last_reply or '').startswith('5')
