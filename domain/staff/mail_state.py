"""Is the mail server down? Told by how the newest conversations with it ended (for every desk of the staff)."""

from datetime import datetime

from domain.language import Message, _n
from domain.settings import settings
from domain.staff.replies import OUR_TROUBLE, cause, plain
from storage.models import Letter, LetterState

LOOKED_AT = 50  # of the letters that wait


async def mail_trouble() -> Message | None:
    """A sentence while letters wait because of the mail server itself, and none has gone out since."""
    tried = Letter.filter(state=LetterState.QUEUED, attempts__gt=0, last_reply__isnull=False)
    waiting = [letter for letter in await tried.order_by('-due_at').limit(LOOKED_AT) if _is_ours(letter)]
    if not waiting:
        return None
    newest = max(waiting, key=_tried_at)
    sent = await Letter.filter(state=LetterState.SENT).order_by('-due_at').first()  # by the index; close enough
    if sent and sent.sent_at and sent.sent_at > _tried_at(newest):
        return None
    held_up = await Letter.filter(state__in=[LetterState.QUEUED, LetterState.LEASED]).count()
    return _n(
        'Messages do not go out. {why} {n} message waits; it is tried again and again by itself.',
        'Messages do not go out. {why} {n} messages wait; they are tried again and again by themselves.',
        held_up, why=plain(newest.last_reply),
    )  # fmt: skip


def _is_ours(letter: Letter) -> bool:
    return cause(letter.last_reply) in OUR_TROUBLE


def _tried_at(letter: Letter) -> datetime:
    """When its last try ended: the outbox has put it back for as long as its tries ask for."""
    pauses = settings().letter_retries
    return letter.due_at - pauses[min(letter.attempts, len(pauses)) - 1]
