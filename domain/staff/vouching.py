"""The e-mail address of a request: a letter goes only where the link was opened, or for which a clerk vouches."""

from datetime import timedelta

from tortoise.transactions import in_transaction

from domain import clock, links
from domain.language import _
from domain.links import REQUEST
from domain.request import LETTER, write
from domain.request_link import confirm_address
from domain.settings import settings
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from domain.staff.requests import found, is_open
from storage.models import AccessRequest, Letter, Role

NOT_AGAIN_FOR = timedelta(minutes=1)


@needs(Role.CLERK)
async def vouch(by: Officer, request_id: int) -> None:
    """The clerk has asked, for example by phone."""
    async with in_transaction():
        request = await _unconfirmed(request_id)
        await links.end(REQUEST, request)
        await confirm_address(request)
        await by.did('address vouched for', f'request:{request.id}')


@needs(Role.CLERK)
async def send_confirmation(by: Officer, request_id: int) -> None:
    """The letter with the link once more."""
    async with in_transaction():
        request = await _unconfirmed(request_id)
        now = clock.now()
        if await Letter.filter(request=request, kind=LETTER, created_at__gt=now - NOT_AGAIN_FOR).exists():
            raise NotPossible(_('The confirmation was sent less than a minute ago.'))
        await write(request, due_at=now + settings().undo_for)
        await by.did('confirmation sent', f'request:{request.id}')


async def _unconfirmed(request_id: int) -> AccessRequest:
    request = await found(request_id)
    if not is_open(request) or not request.email or request.confirmed_at:
        raise NotPossible(_('There is nothing to confirm.'))
    return request
