"""»Preverite pošto« (manual, 2): the letter of a registration, once more or to another address, and how it fares."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.transactions import in_transaction

from domain import clock, links, outbox, throttle
from domain.checks import address, is_email
from domain.form import entry, valid
from domain.language import _
from domain.links import ACTIVATION
from domain.proof import ProofFailed
from domain.settings import settings
from domain.throttle import HOUR, Budget
from storage.models import Access, AccessState, Account, Customer, Letter, LetterState, Session, SessionKind

CONFIRM, ALREADY, NOTICE = 'confirm', 'already', 'notice'  # letters


@dataclass(kw_only=True)
class NewAddress:
    email: str = entry(_('Correct e-mail address'), is_email, tidy=address)


@dataclass(frozen=True)
class Progress:
    """What »Preverite pošto« may say; the same for a code that is free and for one that is in use."""

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
    letter = await Letter.filter(account=account, kind__in=[CONFIRM, ALREADY]).order_by('-id').first()
    access = await Access.filter(account=account).order_by('-id').first()
    sent_at = letter.sent_at if letter else None
    return Progress(
        email=account.email,
        letter=letter,
        letter_valid_until=sent_at + settings().link_valid_for if sent_at else None,
        may_resend_at=(letter.created_at if letter else clock.now()) + settings().letter_pause,
        may_correct=session.kind == SessionKind.REGISTERING,
        confirmed=account.activated_at is not None,
        superseded=access is None or access.state == AccessState.ENDED,
    )


async def resend(session: Session) -> None:
    """The same link once more, or a new one if it has expired; raises `TooManyAttempts`."""
    async with in_transaction():
        access = await _open_access(session.account)
        await write(access, access.account)
    outbox.wake()


async def correct_address(form: NewAddress, *, session: Session) -> None:
    """For a mistyped address, in the browser that proved the numbers: the old link dies, a new one goes out.

    Raises `Rejected`, `TooManyAttempts`, or `ProofFailed` where the numbers have to be proven again.
    """
    form = valid(form)
    if session.kind != SessionKind.REGISTERING:
        raise ProofFailed
    async with in_transaction():
        access = await _open_access(session.account)
        await Account.filter(id=access.account.id).update(email=form.email)
        access.account.email = form.email
        await links.end(ACTIVATION, access.account)
        await Letter.filter(account=access.account, state=LetterState.QUEUED).update(
            state=LetterState.REFUSED, last_reply='address corrected'
        )
        await write(access, access.account)
    outbox.wake()


async def resend_after_expiry(token: object) -> None:
    """From the page of an expired link: a new one, to the address on file only; raises `TooManyAttempts`."""
    async with in_transaction():
        link = await links.found(ACTIVATION, token)
        if link is None or not await Access.filter(account=link.account, state=AccessState.PENDING).exists():
            return
        access = await _open_access(link.account)
        await write(access, access.account)
    outbox.wake()


async def wrote_just_now(account: Account) -> bool:
    return await Letter.filter(
        account=account, kind__in=[CONFIRM, ALREADY], created_at__gt=clock.now() - settings().letter_pause
    ).exists()


async def write(access: Access, account: Account) -> None:
    """The letter of this access, within the budgets for letters; raises `TooManyAttempts`."""
    chosen = settings()
    await throttle.spend(
        [
            Budget('letters per code', str(access.customer.id), chosen.letters_per_code, 6 * HOUR),
            Budget('letters per recipient', account.email.lower(), 1, chosen.letter_pause),
            Budget('letters', '', chosen.letters_per_hour, HOUR),
        ]
    )
    if access.state == AccessState.HELD:
        await outbox.queue(ALREADY, account, account.email, customer=access.customer)
        return
    link = await links.living(ACTIVATION, account) or await links.issue(ACTIVATION, account)
    await outbox.queue(CONFIRM, account, account.email, customer=access.customer, link=link)


async def _open_access(account: Account) -> Access:
    """What waits for its letter, behind the same lock as a registration for this code; raises `ProofFailed`."""
    waiting = Access.filter(account=account, state__in=[AccessState.PENDING, AccessState.HELD])
    if access := await waiting.first():
        await Customer.select_for_update().get(id=access.customer_id)  # type: ignore[attr-defined]
    if access := await waiting.select_related('account', 'customer').first():
        return access
    raise ProofFailed
