"""Staff sign in with e-mail address, password and second factor; never with the password alone (trust.md, rule 15)."""

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from domain import audit, checks, clock, passwords, throttle
from domain.checks import at_most, has_text, is_email
from domain.form import entry, valid
from domain.language import _
from domain.staff import second_factor
from domain.staff.session import end_session, open_session, session_of
from domain.visitor import Visitor
from storage.models import RecoveryCode, Staff, StaffSession


class NotLetIn(Exception):
    """One refusal for an unknown address, a wrong password, a wrong code, a code used before, a disabled access."""


@dataclass(kw_only=True)
class StaffSignIn:
    email: str = entry(_('E-mail address'), is_email, tidy=checks.address)
    password: str = entry(_('Password'), has_text(_('Type your password.')), at_most(passwords.LONGEST))
    code: str = entry(
        _('Code'), second_factor.is_code, tidy=second_factor.tidy,
        hint=_('Six digits from the app on your phone, or a recovery code'),
    )  # fmt: skip


@dataclass(frozen=True)
class _Shown:
    """What the typed code turned out to be."""

    step: int | None
    recovery: RecoveryCode | None


async def sign_in(form: StaffSignIn, *, by: Visitor) -> str:
    """The token of a new session. Raises `Rejected`, `TooManyAttempts` or `NotLetIn`.

    Unknown and known addresses cost the same work; nothing is spent by a try that fails.
    """
    form = valid(form)
    email = form.email.lower()
    staff = await Staff.get_or_none(email=email)
    name = f'staff\0{email}'
    spent = await throttle.take_sign_in(name, by, knows_address=await _came_from(staff, by))
    shown = await _shown(staff, form.code)
    right, better_hash = await passwords.verified(form.password, staff.password_hash if staff else None)
    reason = _reason_against(staff, right, shown)
    token = None
    if staff and not reason:
        token = await _let_in(staff, shown, better_hash, by)
    if token is None:
        await _note_refusal(staff, reason or 'code used before', by)
        raise NotLetIn
    await throttle.forgive_sign_in(name, by, spent)
    return token


async def sign_out(token: object, by: Visitor) -> None:
    """Ends the session behind this cookie."""
    session = await session_of(token, by, acted=False)
    if session is None:
        return
    async with in_transaction():
        if await end_session(session):
            await audit.record(f'staff:{session.staff.id}', 'signed out', address=by.address)


async def _came_from(staff: Staff | None, by: Visitor) -> bool:
    return await StaffSession.filter(staff_id=staff.id if staff else 0, address=by.address[:45]).exists()


async def _shown(staff: Staff | None, code: str) -> _Shown:
    identity = staff.second_factor if staff and staff.second_factor else second_factor.NOBODY
    return _Shown(
        second_factor.step_of(identity, code), await second_factor.recovery_code(staff.id if staff else 0, code)
    )


def _reason_against(staff: Staff | None, right: bool, shown: _Shown) -> str:
    """The true one, for staff; nothing if they may go on."""
    if staff is None:
        return 'unknown address'
    if staff.disabled_at:
        return 'disabled'
    if not (staff.password_hash and staff.second_factor and staff.set_up_at):
        return 'not set up'
    if not right:
        return 'wrong password'
    return '' if shown.step is not None or shown.recovery else 'wrong code'


async def _let_in(staff: Staff, shown: _Shown, better_hash: str | None, by: Visitor) -> str | None:
    """None if the code was used before, or the access was changed while the password was looked at."""
    async with in_transaction():
        now = await Staff.select_for_update().get(id=staff.id)
        unchanged = (now.password_hash, now.second_factor, now.disabled_at) == (
            staff.password_hash, staff.second_factor, None,
        )  # fmt: skip
        if not (unchanged and await _used_up(staff, shown)):
            return None
        if better_hash:
            await Staff.filter(id=staff.id).update(password_hash=better_hash)
        await Staff.filter(id=staff.id).update(last_sign_in_at=clock.now())
        token = await open_session(staff, by)
        actor = f'staff:{staff.id}'
        if shown.step is None:
            left = await second_factor.recovery_codes_left(staff.id)
            await audit.record(actor, 'recovery code used', actor, address=by.address, left=left)
        await audit.record(actor, 'signed in', address=by.address)
    return token


async def _used_up(staff: Staff, shown: _Shown) -> bool:
    if shown.step is not None:
        return await second_factor.use_step(staff.id, shown.step)
    return shown.recovery is not None and await second_factor.use_recovery_code(shown.recovery)


async def _note_refusal(staff: Staff | None, reason: str, by: Visitor) -> None:
    """Whom it was about, if anybody; never what a stranger typed."""
    await throttle.log('staff sign-in', None, by, reason)
    about = f'staff:{staff.id}' if staff else None
    await audit.record(audit.NOBODY, 'sign-in failed', about, address=by.address, reason=reason)
