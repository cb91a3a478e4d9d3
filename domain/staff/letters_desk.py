"""The outbox as staff see it: what waits and why, what was refused, and one more try."""

from datetime import timedelta
from enum import StrEnum

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from domain import clock, control_numbers, links, outbox
from domain.checks import is_email
from domain.correspondence import UNPROVEN
from domain.language import Message, _
from domain.links import LinkState
from domain.settings import settings
from domain.staff.listing import Listing, Look, listed
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from storage.models import OPEN_STATES, Account, Letter, LetterState, Role

OVERDUE = timedelta(minutes=5)  # a letter that has lain so long is stuck, whatever the reason
SORTS = {'written': 'created_at', 'recipient': 'recipient', 'state': 'state', 'next': 'due_at'}
RELATED = ('account', 'customer', 'request', 'link', 'link__staff', 'issued')


class Which(StrEnum):
    ALL = 'all'
    STUCK = 'stuck'
    REFUSED = 'refused'
    WAITING = 'waiting'
    SENT = 'sent'
    STOPPED = 'stopped'


@needs(Role.CLERK)
async def letters(by: Officer, which: str, typed: str, look: Look) -> Listing[Letter]:
    """Those of a kind, and to addresses with these characters in them."""
    known = Which(which) if which in list(Which) else Which.ALL
    query = Letter.filter(_of(known)).select_related(*RELATED)
    if isinstance(typed, str) and typed.strip():
        query = query.filter(recipient__icontains=typed.strip()[:254])
    return await listed(query, look, SORTS)


@needs(Role.CLERK)
async def stuck(by: Officer) -> dict[Which, int]:
    """How many need somebody to look at them."""
    return {which: await Letter.filter(_of(which)).count() for which in (Which.STUCK, Which.REFUSED)}


@needs(Role.CLERK)
async def send_again(by: Officer, letter_id: int) -> Letter:
    """A refused one, from the beginning; raises `NotPossible` where it would lead nowhere."""
    async with in_transaction():
        letter = await _letter(letter_id)
        if why := await _pointless(letter):
            raise NotPossible(why)
        now = clock.now()
        again = {'attempts': 0, 'last_reply': None, 'created_at': now, 'due_at': now + settings().undo_for}
        if not await Letter.filter(id=letter.id, state=LetterState.REFUSED).update(state=LetterState.QUEUED, **again):
            raise NotPossible(_('This message is being sent already.'))
        await by.did('letter sent again', f'letter:{letter.id}', kind=letter.kind)
    outbox.wake()
    return letter


@needs(Role.CLERK)
async def take_back(by: Officer, letter_id: int) -> None:
    """Stops a letter that waits; raises `NotPossible` if it has gone out."""
    async with in_transaction():
        letter = await _letter(letter_id)
        if not await outbox.withdraw(id=letter.id):
            raise NotPossible(_('Too late: the message has gone out.'))
        await by.did('letter stopped', f'letter:{letter.id}', kind=letter.kind)


def _of(which: Which) -> Q:
    overdue = Q(attempts__gt=0) | Q(due_at__lt=clock.now() - OVERDUE)
    return {
        Which.ALL: Q(),
        Which.STUCK: Q(overdue, state=LetterState.QUEUED) | Q(state=LetterState.LEASED, leased_until__lt=clock.now()),
        Which.REFUSED: Q(state=LetterState.REFUSED),
        Which.WAITING: Q(state__in=[LetterState.QUEUED, LetterState.LEASED]),
        Which.SENT: Q(state=LetterState.SENT),
        Which.STOPPED: Q(state=LetterState.WITHDRAWN),
    }[which]


async def _letter(letter_id: int) -> Letter:
    found = await Letter.filter(id=letter_id).select_related(*RELATED).first() if type(letter_id) is int else None
    if found is None:
        raise NotPossible(_('There is no such message.'))
    return found


async def _pointless(letter: Letter) -> Message | None:
    """Why another try would bring nobody anything."""
    if letter.state != LetterState.REFUSED:
        return _('Only a refused message can be sent again.')
    if is_email(letter.recipient):
        return _('This is no e-mail address. Correct it with the customer.')
    if letter.link and links.state(letter.link) != LinkState.LIVE:
        return _LINK_ENDED[links.state(letter.link)]
    if letter.issued and not control_numbers.is_good(letter.issued):
        return _('Its control number does not work any longer. Issue a new one.')
    if letter.request and letter.kind in ('request', 'request_question') and letter.request.state not in OPEN_STATES:
        return _('The request has been closed meanwhile.')
    return _about_account(letter, letter.account) if letter.account else None


def _about_account(letter: Letter, account: Account) -> Message | None:
    if account.closed_at and letter.kind != UNPROVEN:
        return _('This registration has ended meanwhile.')
    if letter.recipient.lower() != account.email.lower():
        return _('The address was corrected meanwhile, and the message went there.')
    return None


_LINK_ENDED = {
    LinkState.USED: _('Its link was used already: there is nothing left to confirm.'),
    LinkState.REPLACED: _('A newer message has replaced it. Send that one again.'),
    LinkState.CANCELLED: _('Its link was cancelled by the recipient. The customer has to register again.'),
    LinkState.EXPIRED: _('Its link has expired. Open the customer and send a new one.'),
}
