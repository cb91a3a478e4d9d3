"""What is wrong with a registration, in sentences, and the deeds that help; one of them is the one to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain import clock
from domain.language import Message, _
from domain.pauses import Counted, Counter
from domain.staff.attempt_words import attempted, registration_failed
from domain.staff.moment import moment
from domain.staff.replies import Cause, cause, plain
from domain.staff.standing import Shown, Standing, has_expired
from storage.models import Account, AttemptLog, Letter, LetterState, Session, SessionKind

RECENTLY = timedelta(days=7)
SIGNING_IN = {Counted.SIGN_IN, Counted.SIGN_IN_FROM}
PROVING = {Counted.PROOFS_DAY, Counted.PROOFS_MONTH}
IN_THE_WAY = {Shown.ACTIVE: SIGNING_IN, Shown.WAITING: SIGNING_IN, Shown.NONE: PROVING, Shown.PARKED: PROVING}

Finding = tuple[Message, 'Deed | None']


class Deed(StrEnum):
    SEND = 'send'
    CORRECT = 'correct'
    LIFT = 'lift'
    ISSUE = 'issue'
    UNFREEZE = 'unfreeze'
    FREEZE = 'freeze'
    END_SESSIONS = 'end-sessions'
    CLOSE = 'close'


@dataclass(frozen=True)
class Diagnosis:
    sentences: tuple[Message, ...]
    is_well: bool  # nothing has to be done
    deed: Deed | None  # the one that helps
    others: tuple[Deed, ...]


async def diagnose(stands: Standing, counters: Sequence[Counter], *, has_invoice: bool) -> Diagnosis:
    paused = [counter for counter in counters if counter.is_used_up]
    sentence, deed = await _finding(stands, has_invoice)
    sentences = [sentence, *(pause_words(counter) for counter in paused)]
    if any(counter.what in IN_THE_WAY.get(stands.shown, ()) for counter in paused):
        deed = Deed.LIFT
    if stands.active and (stands.held or stands.parked):
        sentences.append(_('Somebody has registered for the same payer code besides. That changes nothing here.'))
    if stands.customer.gone_at:
        sentences.append(_('The billing data no longer list this customer: nobody can register with this code.'))
        deed = None if deed == Deed.ISSUE else deed
    possible = await _possible(stands, is_paused=bool(paused))
    well = deed is None and not paused and stands.shown in (Shown.ACTIVE, Shown.NONE)
    return Diagnosis(tuple(sentences), well, deed, tuple(other for other in possible if other != deed))


def pause_words(counter: Counter) -> Message:
    """A pause in force."""
    facts = {'count': counter.count, 'address': counter.address, 'until': moment(counter.until)}
    if counter.what == Counted.LETTERS:
        return _('{count} messages within six hours: the customer gets no more until {until}.', **facts)
    if counter.what == Counted.SIGN_IN:
        return _('{count} failed sign-ins in a row: only from known addresses can anybody sign in.', **facts)
    if counter.what == Counted.SIGN_IN_FROM:
        return _('Signing in from {address} pauses until {until}, after {count} failures.', **facts)
    return _('Registration pauses until {until}: the numbers were wrong {count} times.', **facts)


async def _finding(stands: Standing, has_invoice: bool) -> Finding:
    if stands.active:
        return _of_holder(stands.active.account)
    if stands.pending:
        return await _of_pending(stands)
    if stands.held:
        return _HELD, Deed.ISSUE
    if stands.parked:
        until = moment(stands.parked[-1].since)
        return _('Since {since} a registration waits for newer billing data: its invoice is not among them yet.',
                 since=until), Deed.ISSUE  # fmt: skip
    return await _of_stranger(stands, has_invoice)


def _of_holder(account: Account) -> Finding:
    if account.frozen_at:
        frozen = _('The access has been frozen since {since}: nobody can sign in.', since=moment(account.frozen_at))
        return frozen, Deed.UNFREEZE
    if account.last_sign_in_at:
        return _('The access is active. Last sign-in: {at}.', at=moment(account.last_sign_in_at)), None
    return _('The access is active. Nobody has signed in yet.'), None


async def _of_pending(stands: Standing) -> Finding:
    """The registration is right and waits for the link in the letter: where does the letter stand?"""
    letter = stands.letter
    why = plain(letter.last_reply) if letter else None
    if letter is None or letter.state == LetterState.WITHDRAWN:
        return _('The registration waits to be confirmed, but its message was stopped before it was sent.'), Deed.SEND
    if letter.state == LetterState.REFUSED:
        deed = Deed.CORRECT if cause(letter.last_reply) in ADDRESS_IS_WRONG else Deed.SEND
        return _('The registration waits to be confirmed, but the message was refused. {why}', why=why), deed
    if letter.state != LetterState.SENT:
        if letter.attempts and why:
            return _('The registration waits to be confirmed; its message has not gone out yet. {why}', why=why), None
        return _('The registration waits to be confirmed; its message is just being sent.'), None
    return await _of_sent(stands, letter)


async def _of_sent(stands: Standing, letter: Letter) -> Finding:
    if has_expired(stands.link):
        return _('The registration waits to be confirmed, but the link expired unused on {until}.',
                 until=moment(stands.link.valid_until if stands.link else None)), Deed.SEND  # fmt: skip
    opened = await AttemptLog.filter(
        about=stands.customer.payer_code, what='link', outcome='opened, live', at__gte=letter.created_at
    ).order_by('-id').first()  # fmt: skip
    if opened:
        return _('The link was opened on {at}, but the button “Confirm registration” was not pressed.',
                 at=moment(opened.at)), Deed.SEND  # fmt: skip
    return _('The registration waits to be confirmed. The message went to {email} on {sent}; its link has not been '
             'opened.', email=letter.recipient, sent=moment(letter.sent_at)), Deed.SEND  # fmt: skip


async def _of_stranger(stands: Standing, has_invoice: bool) -> Finding:
    """Nothing waits: what was tried last?"""
    recent = AttemptLog.filter(about=stands.customer.payer_code, at__gte=clock.now() - RECENTLY)
    last = await recent.filter(what__in=['registration', 'link']).order_by('-id').first()
    if last and last.what == 'registration' and last.outcome == 'picture wrong':
        return _('The last registration did not get past the picture. A request needs none.'), Deed.ISSUE
    if last and last.what == 'registration' and registration_failed(last.outcome):
        return _('No access. {why}', why=attempted(last.what, last.outcome)), Deed.ISSUE
    if last and last.outcome == 'declined':
        return _('No access. {why}', why=attempted(last.what, last.outcome)), Deed.ISSUE
    if not has_invoice:
        return _('No access, and no invoice that could still prove the payer code.'), Deed.ISSUE
    return _('No access. Nobody has tried to register lately; an invoice for it is there.'), None


async def _possible(stands: Standing, *, is_paused: bool) -> list[Deed]:
    """In the order in which they are offered."""
    has_sessions = stands.active and await Session.filter(
        account=stands.active.account, kind=SessionKind.CUSTOMER, ended_at=None
    ).exists()  # fmt: skip
    frozen = stands.shown == Shown.FROZEN
    offered = {
        Deed.SEND: stands.waiting is not None and not stands.active,
        Deed.CORRECT: stands.waiting is not None and not stands.active,
        Deed.LIFT: is_paused,
        Deed.ISSUE: stands.active is None and stands.customer.gone_at is None,
        Deed.UNFREEZE: frozen,
        Deed.END_SESSIONS: bool(has_sessions),
        Deed.FREEZE: stands.active is not None and not frozen,
        Deed.CLOSE: bool(stands.active or stands.waiting or stands.held),
    }
    return [deed for deed, is_offered in offered.items() if is_offered]


ADDRESS_IS_WRONG = {Cause.NO_ADDRESS, Cause.BAD_ADDRESS, Cause.FULL, Cause.REFUSED, Cause.BLOCKED}
_HELD = _('A registration waits that was made while somebody else had the access; it cannot be confirmed any longer.')
