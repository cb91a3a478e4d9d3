"""The outbox: a letter is accepted in the transaction it tells of, and then tried until it is sent or refused.

States: queued → leased → sent or refused. A sender takes a letter by a conditional update, so each has one. A lease
that nobody finished (a killed process) runs out, and the letter comes back with the same Message-ID and the same link.
"""

import asyncio
import contextlib
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from tortoise.exceptions import BaseORMException
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from domain import clock, letters, links, mail
from domain.checks import is_email
from domain.links import LinkState
from domain.settings import settings
from storage.models import Letter, LetterState, Link

AT_ONCE = 4  # conversations with the mail server side by side, so that a slow one holds up no others
ENDED = (LinkState.REPLACED, LinkState.CANCELLED)
PATIENCE_SECONDS = (0.5, 1, 2, 4, 8)  # between tries to write down how a conversation ended
NAP_SECONDS = 1.0  # how long a letter that became due may lie unseen

_log = structlog.get_logger('outbox')
_awake = asyncio.Event()
_in_hand: set[int] = set()  # letters of this process whose end is not written down yet, whatever their lease says


async def queue(kind: str, recipient: str, language: str, *, due_at: datetime | None = None, **about: Any) -> Letter:
    """Puts a letter into the outbox inside the caller's transaction; call `wake` after it.

    `about` are the rows it speaks of: account, request, customer, link, issued (a control number), note.
    """
    now = clock.now()
    return await Letter.create(
        kind=kind, recipient=recipient, language=language, created_at=now, due_at=due_at or now, **about,
        message_id=f'<{uuid4()}@{settings().mail_from.rsplit("@", 1)[1]}>',
    )  # fmt: skip


async def withdraw(**which: Any) -> int:
    """Letters that no sender has taken yet never go out; how many."""
    waiting = Letter.filter(**which, state=LetterState.QUEUED)
    return await waiting.update(state=LetterState.WITHDRAWN, last_reply=None)


def wake() -> None:
    """Sending starts at once, but never inside the request."""
    _awake.set()


async def run() -> None:
    """Sends for as long as the process lives; a slow conversation holds up none but itself."""
    busy: set[asyncio.Task[None]] = set()
    try:
        while True:
            _awake.clear()
            letters = await _claimed(AT_ONCE - len(busy))
            for letter in letters:
                task = asyncio.create_task(_deliver(letter.id))
                busy.add(task)
                task.add_done_callback(busy.discard)
                task.add_done_callback(_look_again)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_awake.wait(), NAP_SECONDS)
    finally:
        for task in busy:
            task.cancel()


async def deliver_due() -> bool:
    """Takes letters that are due and tries each once; whether there were any."""
    letters = await _claimed(AT_ONCE)
    await asyncio.gather(*(_deliver(letter.id) for letter in letters))
    return bool(letters)


async def oldest_unsent() -> datetime | None:
    """When the oldest letter that still waits was written."""
    letter = await Letter.filter(state__in=[LetterState.QUEUED, LetterState.LEASED]).order_by('created_at').first()
    return letter.created_at if letter else None


def _claimable(now: datetime) -> Q:
    return Q(state=LetterState.QUEUED, due_at__lte=now) | Q(state=LetterState.LEASED, leased_until__lte=now)


async def _claimed(at_most: int) -> list[Letter]:
    """Letters that nobody else takes; none while the database cannot be asked, which is waited out."""
    try:
        claimable = Letter.filter(_claimable(clock.now())).exclude(id__in=list(_in_hand) or [0])
        due = await claimable.order_by('due_at').limit(at_most) if at_most else []
        return [letter for letter in due if await _lease(letter)]
    except (BaseORMException, OSError):
        _log.exception('the outbox cannot reach the database')
        return []


def _look_again(task: asyncio.Task[None]) -> None:
    """A place is free. What failed beyond the letter itself (the database) is logged: its lease brings it back."""
    if not task.cancelled() and (problem := task.exception()):
        _log.error('letter left to its lease', exc_info=problem)
    wake()


async def _lease(letter: Letter) -> bool:
    now = clock.now()
    taken = await Letter.filter(_claimable(now), id=letter.id).update(
        state=LetterState.LEASED, leased_until=now + settings().letter_lease, attempts=letter.attempts + 1
    )
    return taken == 1


async def _deliver(letter_id: int) -> None:
    _in_hand.add(letter_id)
    try:
        await _try(letter_id)
    finally:
        _in_hand.discard(letter_id)


async def _try(letter_id: int) -> None:
    letter = await Letter.get(id=letter_id).select_related(*letters.SPEAKS_OF)
    try:
        if is_email(letter.recipient):
            raise mail.Refused('not an e-mail address')
        if letter.link and links.state(letter.link) in ENDED:
            raise mail.Refused('its link has ended meanwhile')
        async with asyncio.timeout(settings().letter_lease.total_seconds() * 0.9):  # before another sender may take it
            reply = await mail.send(letters.rendered(letter), letter.recipient)
    except mail.Refused as refusal:
        await _refuse(letter, str(refusal))
    except Exception as problem:  # one bad letter must not stop the others: it waits and is tried again
        if not isinstance(problem, mail.NotNow | TimeoutError):
            _log.exception('letter could not be made', letter=letter.id)
        await _put_back(letter, str(problem) or type(problem).__name__)
    else:
        await _finish(letter, reply)


async def _finish(letter: Letter, reply: str) -> None:
    await _end(letter, LetterState.SENT, reply, sent_at=clock.now())


async def _refuse(letter: Letter, reply: str) -> None:
    _log.warning('letter refused', letter=letter.id, reply=reply)
    await _end(letter, LetterState.REFUSED, reply)


async def _put_back(letter: Letter, reply: str) -> None:
    chosen, now = settings(), clock.now()
    if now - letter.created_at >= chosen.letter_gives_up_after:
        await _refuse(letter, reply)
        return
    pause = chosen.letter_retries[min(letter.attempts, len(chosen.letter_retries)) - 1]
    _log.warning('letter waits', letter=letter.id, attempts=letter.attempts, reply=reply)
    await _end(letter, LetterState.QUEUED, reply, due_at=now + pause)


async def _end(letter: Letter, state: LetterState, reply: str, **columns: object) -> None:
    told = {'state': state, 'last_reply': _readable(reply)[:500], 'leased_until': None, **columns}
    for pause in PATIENCE_SECONDS:
        try:
            await _write_down(letter, told)
            return
        except BaseORMException:  # what the mail server said must not be forgotten, or the letter goes out again
            await asyncio.sleep(pause)
    await _write_down(letter, told)


async def _write_down(letter: Letter, told: dict[str, object]) -> None:
    """A link lives from the moment its letter is handed over."""
    async with in_transaction():
        await Letter.filter(id=letter.id).update(**told)
        if letter.link and told['state'] == LetterState.SENT:
            until = clock.now() + links.valid_for(letter.link.purpose)
            await Link.filter(id=letter.link.id).update(valid_until=until)


def _readable(reply: str) -> str:
    """Servers answer in any encoding; what no database takes must not undo a letter that was handed over."""
    return ''.join(c if c.isprintable() else '\N{REPLACEMENT CHARACTER}' for c in reply)
