"""A customer opens access with two numbers printed on an invoice (manual, 1.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from domain import clock, links, outbox, passwords, proof, throttle
from domain.captcha import Challenge
from domain.checks import (
    address,
    at_least,
    at_most,
    digits,
    has_text,
    is_control_number,
    is_email,
    is_payer_code,
    same_as,
)
from domain.form import consent_to, entry, valid
from domain.language import _
from domain.links import ACTIVATION
from domain.proof import ProofFailed
from domain.session import open_session
from domain.settings import settings
from domain.throttle import HOUR, Budget
from domain.visitor import Visitor
from storage.models import Access, AccessState, Account, Customer, Invoice, Letter, LetterState, Session, SessionKind

CONFIRM, ALREADY, NOTICE = 'confirm', 'already', 'notice'  # letters


@dataclass(kw_only=True)
class Registration:
    payer_code: str = entry(
        _('Username'), is_payer_code, hint=_('User code on the invoice, {digits} digits'), tidy=digits
    )
    email: str = entry(
        _('E-mail address'), is_email, hint=_('We send the link for the confirmation to it'), tidy=address
    )
    control_number: str = entry(
        _('Control number'), is_control_number, hint=_('Number of the same invoice, {digits} digits'), tidy=digits
    )
    password: str = entry(
        _('Password'), at_least(passwords.SHORTEST), at_most(passwords.LONGEST), passwords.not_common,
        passwords.not_own('payer_code', 'control_number', 'email'),
        hint=_('At least {least} characters. Three or four words are easy to remember and hard to guess.'),
    )  # fmt: skip
    repeated: str = entry(
        _('Repeat password'), same_as('password', _('Type the chosen password once more.'), _('The passwords differ.'))
    )
    captcha: str = entry(
        _('Characters from the picture'), has_text(_('Copy the characters from the picture.')),
        hint=_('Mind upper and lower case'),
    )  # fmt: skip
    consent: bool = consent_to(
        _('I agree with {terms} and confirm that the data are correct.'),
        _('Tick that you agree with the Terms and Conditions and that the data are correct.'),
    )


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


async def register(form: Registration, *, challenge: Challenge, by: Visitor) -> str:
    """The token of a session that opens »Preverite pošto«. Account, link and letter are on disk when it returns.

    Raises `Rejected`, `TooManyAttempts`, or `ProofFailed` whatever the cause.
    """
    form = valid(form)
    challenge.judge(form.captcha)
    password_hash = await passwords.hashed(form.password)
    token = None
    async with in_transaction():
        invoice, outcome = await proof.prove(form.payer_code, form.control_number, by)
        if invoice:
            account = await _accepted(form, password_hash, invoice, by)
            token = await open_session(account, SessionKind.REGISTERING, by)
        await throttle.log('registration', form.payer_code, by, outcome)
    if token is None:
        raise ProofFailed
    outbox.wake()
    return token


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
        access = await _open_access(session)
        await _write(access, access.account)
    outbox.wake()


async def correct_address(form: NewAddress, *, session: Session) -> None:
    """For a mistyped address, in the browser that proved the numbers: the old link dies, a new one goes out.

    Raises `Rejected`, `TooManyAttempts`, or `ProofFailed` where the numbers have to be proven again.
    """
    form = valid(form)
    if session.kind != SessionKind.REGISTERING:
        raise ProofFailed
    async with in_transaction():
        access = await _open_access(session)
        await Account.filter(id=access.account.id).update(email=form.email)
        access.account.email = form.email
        await links.end(ACTIVATION, access.account)
        await Letter.filter(account=access.account, state=LetterState.QUEUED).update(
            state=LetterState.REFUSED, last_reply='address corrected'
        )
        await _write(access, access.account)
    outbox.wake()


async def resend_after_expiry(token: object) -> None:
    """From the page of an expired link: a new one, to the address on file only; raises `TooManyAttempts`."""
    async with in_transaction():
        link = await links.found(ACTIVATION, token)
        access = (
            link
            and await Access.filter(account=link.account, state=AccessState.PENDING)
            .select_related('account', 'customer')
            .first()
        )
        if not access:
            return
        await _write(access, access.account)
    outbox.wake()


async def _accepted(form: Registration, password_hash: str, invoice: Invoice, by: Visitor) -> Account:
    """The account that waits for its letter. A code in use takes the same way and ends in another letter."""
    customer = await Customer.select_for_update().get(id=invoice.customer.id)
    holder = await Access.filter(first_holder_of=customer.id).select_related('account').first()
    state = AccessState.HELD if holder else AccessState.PENDING
    account = await _same_again(form, customer, state)
    if account is None:
        if not holder:
            await _end_pending(customer)
        account = await _new_account(form, password_hash, by)
        access = await _new_access(account, customer, invoice, state)
    else:
        await Account.filter(id=account.id).update(password_hash=password_hash, **_accepted_terms(by))
        access = await Access.get(account=account, state=state).select_related('account', 'customer')
        await Access.filter(id=access.id).update(proven_by=invoice)
        if await _wrote_just_now(account):
            return account
    await _write(access, account)
    if holder and holder.account.email.lower() != account.email.lower():
        await outbox.queue(NOTICE, holder.account, holder.account.email, customer=customer)
    return account


async def _same_again(form: Registration, customer: Customer, state: AccessState) -> Account | None:
    """A repeated submit, a second browser, a page sent again after a crash: the account that waits already."""
    access = (
        await Access.filter(customer=customer, state=state, account__email__iexact=form.email, account__closed_at=None)
        .select_related('account')
        .first()
    )
    return access.account if access else None


async def _end_pending(customer: Customer) -> None:
    """The newest valid proof wins: the earlier registration that nobody confirmed ends, and so do its links."""
    for access in await Access.filter(pending_for=customer.id).select_related('account'):
        await links.end(ACTIVATION, access.account)
        await end_access(access)


async def end_access(access: Access) -> None:
    """An access that was never confirmed is over, and its account with it."""
    now = clock.now()
    await Access.filter(id=access.id).update(state=AccessState.ENDED, pending_for=None, until=now)
    await Account.filter(id=access.account.id).update(closed_at=now)


async def _new_account(form: Registration, password_hash: str, by: Visitor) -> Account:
    return await Account.create(
        email=form.email, password_hash=password_hash, created_at=clock.now(), **_accepted_terms(by)
    )


def _accepted_terms(by: Visitor) -> dict[str, Any]:
    return {'language': by.language, 'terms_version': settings().terms_version, 'terms_accepted_at': clock.now()}


async def _new_access(account: Account, customer: Customer, invoice: Invoice, state: AccessState) -> Access:
    pending_for = customer.id if state == AccessState.PENDING else None
    return await Access.create(
        account=account, customer=customer, proven_by=invoice, state=state, pending_for=pending_for, since=clock.now()
    )


async def _open_access(session: Session) -> Access:
    """What this browser registered, if it still waits; raises `ProofFailed`."""
    access = (
        await Access.filter(account=session.account, state__in=[AccessState.PENDING, AccessState.HELD])
        .select_related('account', 'customer')
        .first()
    )
    if access is None:
        raise ProofFailed
    return access


async def _wrote_just_now(account: Account) -> bool:
    return await Letter.filter(
        account=account, kind__in=[CONFIRM, ALREADY], created_at__gt=clock.now() - settings().letter_pause
    ).exists()


async def _write(access: Access, account: Account) -> None:
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
