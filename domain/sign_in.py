"""Prijava (manual, 1 and 2): with the payer code and the chosen password, possible only after the confirmation."""

from dataclasses import dataclass

from tortoise.expressions import F, Q
from tortoise.transactions import in_transaction

from domain import clock, passwords, throttle
from domain.checks import at_most, digits, has_text, is_payer_code
from domain.form import TooManyAttempts, entry, valid
from domain.language import _
from domain.session import came_from, open_session
from domain.visitor import Visitor
from storage.models import Access, Account, SessionKind


class WrongNameOrPassword(Exception):
    """One refusal for an unknown name, a wrong password and a closed access."""


@dataclass(kw_only=True)
class SignIn:
    payer_code: str = entry(
        _('Username'), has_text(_('Type your username: the user code from the invoice.')), tidy=digits,
        hint=_('Payer code from the invoice, for example {sample}'),
    )  # fmt: skip
    password: str = entry(_('Password'), has_text(_('Type your password.')), at_most(passwords.LONGEST))


async def sign_in(form: SignIn, *, by: Visitor) -> str:
    """The token of a new session: of a customer, or of somebody who still has to confirm.

    Raises `Rejected`, `TooManyAttempts` or `WrongNameOrPassword`. Unknown and known names cost the same work.
    """
    form = valid(form)
    account = await _account_of(form.payer_code)
    knows_address = await came_from(account.id if account else 0, by)
    about = None if is_payer_code(form.payer_code, form) else form.payer_code  # people type passwords there, too
    try:
        spent = await throttle.take_sign_in(form.payer_code, by, knows_address=knows_address)
    except TooManyAttempts:
        await throttle.log_within_reason('sign-in', about, by, 'paused')
        raise
    right, better_hash = await passwords.verified(form.password, account.password_hash if account else None)
    if not right or account is None or account.closed_at or account.frozen_at:
        await throttle.log('sign-in', about, by, _true_reason(account) if right else 'wrong name or password')
        raise WrongNameOrPassword
    await throttle.forgive_sign_in(form.payer_code, by, spent)
    return await _let_in(account, better_hash, about, by)


def _true_reason(account: Account | None) -> str:
    """For staff: the password was right."""
    return 'access frozen' if account and account.frozen_at else 'access closed'


async def _let_in(account: Account, better_hash: str | None, about: str | None, by: Visitor) -> str:
    confirmed = account.activated_at is not None
    async with in_transaction():
        if better_hash:
            await Account.filter(id=account.id).update(password_hash=better_hash)
        if confirmed:
            await Account.filter(id=account.id).update(previous_sign_in_at=F('last_sign_in_at'))
            await Account.filter(id=account.id).update(last_sign_in_at=clock.now())
        await throttle.log('sign-in', about, by, 'signed in' if confirmed else 'not confirmed yet')
        return await open_session(account, SessionKind.CUSTOMER if confirmed else SessionKind.UNCONFIRMED, by)


async def _account_of(payer_code: str) -> Account | None:
    """The first holder of the code, or whoever has proven it and not yet confirmed."""
    signs_in_by_it = Q(first_holder_of__isnull=False) | Q(pending_for__isnull=False)
    named = Access.filter(signs_in_by_it, customer__payer_code=payer_code[:20])  # no code is so long
    access = await named.select_related('account').first()
    return access.account if access else None
