"""Somebody who cannot register sends a request (manual, 1.2: »Posredovanje zahtevka za registracijo«).

Nothing here looks at customers, invoices or accounts: neither the page nor the letter can tell whether somebody is a
customer. Who asks the same twice joins the request that is open, and the page cannot tell that either: everything is
paid for in the same way, and only the letter knows the reference.
"""

from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from domain import clock, links, outbox, throttle
from domain.correspondence import pause_of
from domain.folding import folded
from domain.form import TooManyAttempts, valid
from domain.keys import keyed_hash
from domain.language import _
from domain.links import REQUEST
from domain.request_form import Request, tax_columns
from domain.settings import settings
from domain.throttle import DAY, HOUR, Budget
from domain.visitor import Visitor
from storage.models import AccessRequest, Letter, NoteKind, RequestNote, RequestOrigin, RequestState

LETTER = 'request'
STAFF_LANGUAGE = 'sl'  # of what the portal itself writes into a request
NOTED = {
    'address': _('Address'), 'metering_point': _('Metering point code'), 'phone': _('Phone'), 'message': _('Message'),
}  # fmt: skip


async def request_access(form: Request, *, by: Visitor) -> Request:
    """The form as it was understood. The request, its link and its letter are on disk when it returns.

    Raises `Rejected` or `TooManyAttempts`.
    """
    form = valid(form)
    try:
        async with in_transaction():
            await throttle.spend([*_budgets(by), of_recipient(form.email)])  # which also makes requests take turns
            request = await _open_already(form)
            await throttle.log('request', None, by, 'joined' if request else 'received')
            if request:
                await _join(request, form)
            else:
                request = await _opened(form, by)
            await _confirm_receipt(request)
    except TooManyAttempts:
        await throttle.log('request', None, by, 'budget used up')
        raise
    outbox.wake()
    return form


def open_key(name: str, email: str) -> str:
    """Under what a request is known while it is open, so that the same person asking again joins it."""
    return keyed_hash('open request', f'{folded(name)}\0{email.lower()}')


def search_key(name: str, address: str) -> str:
    return folded(f'{name} {address}')[:600]


def columns(form: Request) -> dict[str, Any]:
    """What a valid form says, as the table keeps it; without an address nobody can ask the same again."""
    return {
        'name': form.full_name, 'address': form.address, 'metering_point': form.metering_point,
        'email': form.email or None, 'phone': form.phone, 'message': form.message,
        'search_key': search_key(form.full_name, form.address),
        'open_for': open_key(form.full_name, form.email) if form.email else None, **tax_columns(form.tax_number),
    }  # fmt: skip


def of_recipient(email: str) -> Budget:
    """Spent by every request, whether or not it is written about: the page must not tell these apart."""
    return Budget('request letters per recipient', email.lower(), settings().letters_per_code, 6 * HOUR)


async def write(request: AccessRequest, *, due_at: datetime | None = None) -> None:
    """The letter that confirms the receipt, if there is an address; it holds a link until that is confirmed."""
    if not request.email:
        return
    link = None
    if request.confirmed_at is None:
        link = await links.living(REQUEST, request) or await links.issue(REQUEST, request)
    await outbox.queue(LETTER, request.email, request.language, request=request, link=link, due_at=due_at)


def _budgets(by: Visitor) -> list[Budget]:
    chosen = settings()
    return [
        Budget('requests per address and hour', by.network, chosen.requests_per_address_hour, HOUR),
        Budget('requests per address and day', by.network, 4 * chosen.requests_per_address_hour, DAY),
        Budget('requests', '', chosen.requests_per_day, DAY),
    ]


async def _open_already(form: Request) -> AccessRequest | None:
    same = AccessRequest.filter(open_for=open_key(form.full_name, form.email))
    return await same.select_for_update().first()


async def _opened(form: Request, by: Visitor) -> AccessRequest:
    return await AccessRequest.create(
        state=RequestState.UNCONFIRMED, origin=RequestOrigin.PORTAL, language=by.language, created_at=clock.now(),
        **columns(form),
    )  # fmt: skip


async def _join(request: AccessRequest, form: Request) -> None:
    """Fills in what was empty; what differs is noted, for a stranger may have typed it."""
    filled: dict[str, str | None] = {}
    differs = []
    for column, name in NOTED.items():
        typed, kept = getattr(form, column), getattr(request, column)
        if typed and not kept:
            filled[column] = typed
        elif folded(typed) not in ('', folded(kept)):
            differs.append(f'{name.said_in(STAFF_LANGUAGE)}: {typed}')
    tax = tax_columns(form.tax_number)
    if form.tax_number and request.tax_number_hmac is None:
        filled |= tax
    elif form.tax_number and request.tax_number_hmac != tax['tax_number_hmac']:
        differs.append(f'{_("Tax number").said_in(STAFF_LANGUAGE)}: •••••{tax["tax_number_ending"]}')
    if filled:
        await AccessRequest.filter(id=request.id).update(**filled)
    if await _noted(request, '\n'.join(differs)) or filled:
        await reopen(request)


async def _noted(request: AccessRequest, text: str) -> bool:
    """Once, however often it is said."""
    noted = await RequestNote.filter(request=request, kind=NoteKind.ADDITION)
    if not text or folded(text) in [folded(note.text) for note in noted]:
        return False
    await RequestNote.create(request=request, at=clock.now(), kind=NoteKind.ADDITION, text=text)
    return True


async def reopen(request: AccessRequest) -> None:
    """The customer has answered what staff wait for."""
    await AccessRequest.filter(id=request.id, state=RequestState.WAITING).update(state=RequestState.REOPENED)


async def _confirm_receipt(request: AccessRequest) -> None:
    """Not twice within the pause; behind a letter that somebody else caused it waits its turn."""
    since = clock.now() - settings().letter_pause
    if await Letter.filter(request=request, kind=LETTER, created_at__gt=since).exists():
        return
    due_at = None
    try:
        await throttle.spend([pause_of(request.email or '')])
    except TooManyAttempts as pause:
        due_at = pause.until
    await write(request, due_at=due_at)
