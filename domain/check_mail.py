"""»Preverite pošto« (manual, 2): the letter of a registration, once more or to another address, and how it fares."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.transactions import in_transaction

from domain import clock, links, outbox
from domain.acceptance import lock
from domain.checks import address, is_email
from domain.correspondence import FIRST, write, write_parked
from domain.form import entry, valid
from domain.language import _
from domain.links import ACTIVATION
from domain.parking import parked_of
from domain.proof import ProofFailed
from domain.settings import settings
from storage.models import Access, AccessState, Account, Letter, ParkedRegistration, Session, SessionKind


@dataclass(kw_only=True)
class NewAddress:
    email: str = entry(_('Correct e-mail address'), is_email, tidy=address)


@dataclass(frozen=True)
class Progress:
    """What »Preverite pošto« may say; the same for a code that is free, one in use, and a number that is parked."""

    email: str
    letter: Letter | None
    letter_valid_until: datetime | None
    may_resend_at: datetime
    may_correct: bool
    confirmed: bool
    superseded: bool


async def progress(session: Session) -> Progress:
    """How the registration behind this browser fares, as of now."""
    account = session.account
    letter = await Letter.filter(account=account, kind__in=FIRST).order_by('-id').first()
    access = await Access.filter(account=account).order_by('-id').first()
    parked = await parked_of(account)
    sent_at = letter.sent_at if letter else None
    return Progress(
        email=account.email,
        letter=letter,
        letter_valid_until=sent_at + settings().link_valid_for if sent_at else None,
        may_resend_at=(letter.created_at if letter else clock.now()) + settings().letter_pause,
        may_correct=session.kind == SessionKind.REGISTERING,
        confirmed=account.activated_at is not None,
        superseded=parked is None and (access is None or access.state == AccessState.ENDED),
    )


async def resend(session: Session) -> None:
    """The same link once more, or a new one if it has expired; raises `TooManyAttempts`."""
    async with in_transaction():
        await _write_again(await waiting_of(session.account))
    outbox.wake()


async def correct_address(form: NewAddress, *, session: Session) -> None:
    """For a mistyped address, in the browser that proved the numbers: the old link dies, a new one goes out.

    Raises `Rejected`, `TooManyAttempts`, or `ProofFailed` where the numbers have to be proven again.
    """
    form = valid(form)
    if session.kind != SessionKind.REGISTERING:
        raise ProofFailed
    async with in_transaction():
        waiting = await waiting_of(session.account)
        await move(waiting.account, form.email)
        await _write_again(waiting)
    outbox.wake()


async def resend_after_expiry(token: object) -> None:
    """From the page of an expired link: a new one, to the address on file only; raises `TooManyAttempts`."""
    async with in_transaction():
        link = await links.found(ACTIVATION, token)
        account = link.account if link else None
        if account and await Access.filter(account=account, state=AccessState.PENDING).exists():
            await _write_again(await waiting_of(account))
    outbox.wake()


async def move(account: Account, email: str) -> None:
    """Another address for what waits: the old link dies, and letters that nobody has taken yet never go out."""
    await Account.filter(id=account.id).update(email=email)
    account.email = email
    await links.end(ACTIVATION, account)
    await outbox.withdraw(account=account)


async def waiting_of(account: Account) -> Access | ParkedRegistration:
    """What waits for its letter, behind the same lock as a registration for this code; raises `ProofFailed`."""
    proven = Access.filter(account=account, state__in=[AccessState.PENDING, AccessState.HELD])
    if access := await proven.first():
        await lock(access.customer_id)  # type: ignore[attr-defined]
    if access := await proven.select_related('account', 'customer').first():
        return access
    if parked := await parked_of(account, locked=True):
        parked.account = await Account.get(id=account.id)
        return parked
    raise ProofFailed


async def _write_again(waiting: Access | ParkedRegistration) -> None:
    if isinstance(waiting, Access):
        await write(waiting, waiting.account)
    else:
        await write_parked(waiting.account)
