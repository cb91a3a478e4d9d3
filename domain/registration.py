"""A customer opens access with two numbers printed on an invoice (manual, 1.1)."""

from dataclasses import dataclass
from typing import Any

from tortoise.transactions import in_transaction

from domain import clock, links, outbox, passwords, proof, throttle
from domain.captcha import Challenge
from domain.check_mail import NOTICE, write, wrote_just_now
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
from domain.form import TooManyAttempts, consent_to, entry, valid
from domain.language import _
from domain.links import ACTIVATION
from domain.proof import ProofFailed
from domain.session import open_session
from domain.settings import settings
from domain.visitor import Visitor
from storage.models import Access, AccessState, Account, Customer, Invoice, SessionKind


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


async def register(form: Registration, *, challenge: Challenge, by: Visitor) -> str:
    """The token of a session that opens »Preverite pošto«. Account, link and letter are on disk when it returns.

    Raises `Rejected`, `TooManyAttempts`, or `ProofFailed` whatever the cause.
    """
    form = valid(form)
    challenge.judge(form.captcha)
    password_hash = await passwords.hashed(form.password)
    try:
        token = await _proven(form, password_hash, by)
    except TooManyAttempts:
        await throttle.log('registration', form.payer_code, by, 'budget used up')
        raise
    if token is None:
        raise ProofFailed
    outbox.wake()
    return token


async def end_access(access: Access) -> None:
    """An access that was never confirmed is over, and its account with it."""
    now = clock.now()
    await Access.filter(id=access.id).update(state=AccessState.ENDED, pending_for=None, until=now)
    await Account.filter(id=access.account.id).update(closed_at=now)


async def _proven(form: Registration, password_hash: str, by: Visitor) -> str | None:
    """Everything or nothing, in one transaction; None if the numbers prove nothing, which alone is then kept."""
    async with in_transaction():
        invoice, outcome = await proof.prove(form.payer_code, form.control_number, by)
        await throttle.log('registration', form.payer_code, by, outcome)
        if invoice is None:
            return None
        account = await _accepted(form, password_hash, invoice, by)
        return await open_session(account, SessionKind.REGISTERING, by)


async def _accepted(form: Registration, password_hash: str, invoice: Invoice, by: Visitor) -> Account:
    """The account that waits for its letter. A code in use takes the same way and ends in another letter."""
    customer = await Customer.select_for_update().get(id=invoice.customer.id)
    holder = await Access.filter(first_holder_of=customer.id).select_related('account').first()
    state = AccessState.HELD if holder else AccessState.PENDING
    account = await _same_again(form, customer, state)
    if account is None:
        await _end_earlier(customer)
        account = await _new_account(form, password_hash, by)
        access = await _new_access(account, customer, invoice, state)
    else:
        await Account.filter(id=account.id).update(password_hash=password_hash, **_accepted_terms(by))
        access = await Access.get(account=account, state=state).select_related('account', 'customer')
        await Access.filter(id=access.id).update(proven_by=invoice)
        if await wrote_just_now(account):
            return account
    await write(access, account)
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


async def _end_earlier(customer: Customer) -> None:
    """The newest valid proof wins: earlier registrations that nobody confirmed end, and so do their links."""
    waiting = Access.filter(customer=customer, state__in=[AccessState.PENDING, AccessState.HELD])
    for access in await waiting.select_related('account'):
        await links.end(ACTIVATION, access.account)
        await end_access(access)


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
