"""Taking a deed back within ten seconds, and taking up again what has ended."""

from tortoise.transactions import in_transaction

from domain import clock, links, outbox
from domain.language import _
from domain.links import ADDITION
from domain.request import open_key
from domain.staff.answers import ANSWER, QUESTION, REJECTION, issued_for, may_undo
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from domain.staff.requests import MEANWHILE, found, is_open, move
from storage.models import AccessRequest, IssuedControlNumber, Letter, RequestState, Role

TOO_LATE = _('Too late: it is done, and the letter is on its way. You can reopen the request.')


@needs(Role.CLERK)
async def undo(by: Officer, request_id: int) -> str:
    """The last deed of this clerk, as if it had never been; returns what he wrote with it."""
    async with in_transaction():
        request = await found(request_id)
        if not may_undo(request, by) or request.state_before is None:
            raise NotPossible(TOO_LATE)
        text = await _withdraw(request)
        await move(
            request, state=request.state_before, state_before=None, undo_until=None, ended_at=None, customer_id=None,
            open_for=await _open_for(request),
        )  # fmt: skip
        await by.did('request deed undone', f'request:{request.id}')
    return text


@needs(Role.CLERK)
async def reopen(by: Officer, request_id: int) -> None:
    """A control number that was given, and that nobody has used, works no longer."""
    async with in_transaction():
        request = await found(request_id)
        if is_open(request):
            raise NotPossible(MEANWHILE)
        if issued := await issued_for(request):
            await outbox.withdraw(issued=issued)
            await _cancel(issued)
        await move(
            request, state=RequestState.REOPENED, state_before=None, undo_until=None, ended_at=None,
            open_for=await _open_for(request), taken_by_id=by.staff_id,
        )  # fmt: skip
        await by.did('request reopened', f'request:{request.id}')


async def _withdraw(request: AccessRequest) -> str:
    """The deed's letter, which is the one that becomes due when the time is over; what it told goes with it."""
    due = Letter.filter(request=request, kind__in=[ANSWER, QUESTION, REJECTION], due_at=request.undo_until)
    letter = await due.select_related('note', 'link').first()
    if letter and not await outbox.withdraw(id=letter.id):
        raise NotPossible(TOO_LATE)
    if request.state == RequestState.ANSWERED and (issued := await issued_for(request)):
        await _cancel(issued)
    if letter and letter.link:
        await links.end(ADDITION, request)
    if letter is None or letter.note is None:
        return ''
    await letter.note.delete()
    return letter.note.text


async def _cancel(issued: IssuedControlNumber) -> None:
    await IssuedControlNumber.filter(id=issued.id, used_at=None).update(cancelled_at=clock.now())


async def _open_for(request: AccessRequest) -> str | None:
    """Unless the same person has asked anew meanwhile."""
    if not request.email:
        return None
    key = open_key(request.name, request.email)
    return None if await AccessRequest.filter(open_for=key).exclude(id=request.id).exists() else key
