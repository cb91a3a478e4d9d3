"""What has happened to a request: who did what, what was written, and how its letters fared."""

from dataclasses import dataclass
from datetime import datetime

from domain.language import Message, _
from domain.staff.audit_names import staff_names
from domain.staff.permission import Officer, needs
from storage.models import (
    AccessRequest,
    AuditEvent,
    Letter,
    LetterState,
    NoteKind,
    RequestNote,
    RequestOrigin,
    Role,
)


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: Message
    by: str = ''
    text: str = ''  # what somebody wrote
    bad: bool = False


DEEDS: dict[str, Message] = {
    'request taken': _('Taken'),
    'request given back': _('Given back'),
    'request taken over': _('Taken over from a colleague'),
    'request handed on': _('Handed on'),
    'request answered': _('Answered with the username and a control number'),
    'request rejected': _('Rejected'),
    'request deed undone': _('The last step was undone'),
    'request reopened': _('Reopened'),
    'request entered': _('Entered by staff'),
    'address vouched for': _('A clerk vouched for the e-mail address'),
    'confirmation sent': _('The confirmation of the address was sent again'),
    'answer printed': _('The answer on paper was opened'),
}
WRITTEN = {
    NoteKind.NOTE: _('Note for staff'),
    NoteKind.QUESTION: _('Question to the customer'),
    NoteKind.ADDITION: _('Added by the customer'),
    NoteKind.REASON: _('Reason of the rejection'),
}
CAME = {
    RequestOrigin.PORTAL: _('Received through the portal'),
    RequestOrigin.MAIL: _('Received by e-mail'),
    RequestOrigin.PHONE: _('Received by phone'),
    RequestOrigin.IN_PERSON: _('Received in person'),
}
LETTERS = {
    'request': _('Letter about the receipt'),
    'request_answer': _('Letter with the answer'),
    'request_question': _('Letter with the question'),
    'request_rejected': _('Letter about the rejection'),
}
FARED = {
    LetterState.QUEUED: _('{letter}: waits to be sent'),
    LetterState.LEASED: _('{letter}: is being sent'),
    LetterState.SENT: _('{letter}: handed over to the mail server'),
    LetterState.REFUSED: _('{letter}: refused by the mail server'),
    LetterState.WITHDRAWN: _('{letter}: withdrawn before it was sent'),
}


@needs(Role.CLERK)
async def history(by: Officer, request: AccessRequest) -> list[Happened]:
    """The newest first."""
    events = await AuditEvent.filter(about=f'request:{request.id}', what__in=list(DEEDS)).order_by('id')
    names = await staff_names(event.actor for event in events)
    happened = [Happened(request.created_at, CAME[request.origin])]
    if request.confirmed_at:
        happened.append(Happened(request.confirmed_at, _('The e-mail address was confirmed')))
    happened += [Happened(event.at, _deed(event), names.get(event.actor, '')) for event in events]
    notes = await RequestNote.filter(request=request).select_related('by').order_by('id')
    happened += [Happened(note.at, WRITTEN[note.kind], note.by.name if note.by else '', note.text) for note in notes]
    happened += [_letter(letter) for letter in await Letter.filter(request=request).order_by('id')]
    return sorted(happened, key=lambda one: one.at)[::-1]  # of what happened at once, the later step first


def _deed(event: AuditEvent) -> Message:
    if event.detail.get('silently'):
        return _('Rejected without a letter')
    return _('Answered on paper') if event.detail.get('on') == 'paper' else DEEDS[event.what]


def _letter(letter: Letter) -> Happened:
    name = LETTERS.get(letter.kind, _('Letter'))
    refused = letter.state == LetterState.REFUSED
    told = Message(FARED[letter.state].text, facts={'letter': name})
    return Happened(
        letter.sent_at or letter.created_at, told, text=(letter.last_reply or '') if refused else '', bad=refused
    )
