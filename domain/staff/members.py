"""Who works here: added, reset, disabled. What the page (`accounts`) and the command line do alike.

Nobody chooses a password for another: whoever is added or reset gets a link and sets up the access alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from domain import audit, checks, clock, links
from domain.checks import at_most, has_text, is_email
from domain.form import Rejected, as_typed, entry, valid
from domain.language import Message, _
from domain.links import STAFF_SETUP
from domain.settings import settings
from domain.staff.not_possible import NotPossible
from domain.staff.session import end_sessions
from storage.models import RecoveryCode, Role, Staff

ROLES = {Role.CLERK: _('Clerk'), Role.ADMINISTRATOR: _('Administrator')}


class Author(Protocol):
    """Whoever does it and stands for it in the audit trail."""

    async def did(self, what: str, about: str | None = None, **detail: Any) -> None: ...


class OnTheServer:
    """Whoever may run commands there."""

    async def did(self, what: str, about: str | None = None, **detail: Any) -> None:
        await audit.record(audit.COMMAND_LINE, what, about, **detail)


def _is_role(value: str, _form: Any) -> Message | None:
    return None if value in list(Role) else _('Choose a role.')


def _name(value: str) -> str:
    return ' '.join(as_typed(value).split())


@dataclass(kw_only=True)
class NewMember:
    name: str = entry(_('Name and surname'), has_text(_('Type the name.')), at_most(100), tidy=_name)
    email: str = entry(
        _('E-mail address'), is_email, tidy=checks.address, hint=_('The username at the sign-in to the administration')
    )
    role: str = entry(
        _('Role'), _is_role,
        hint=_('A clerk answers requests and helps customers. An administrator also loads billing data, manages staff '
               'and reads the audit trail.'),
    )  # fmt: skip


@dataclass(frozen=True)
class Invitation:
    """A link that sets up an access; it is told once."""

    staff: Staff
    address: str


async def add(form: NewMember, by: Author) -> Invitation:
    """Raises `Rejected`."""
    form = valid(form)
    email, role = form.email.lower(), Role(form.role)
    try:
        async with in_transaction():
            staff = await Staff.create(email=email, name=form.name, role=role, created_at=clock.now())
            address = await _invite(staff)
            await by.did('staff added', f'staff:{staff.id}', role=role)
    except IntegrityError:
        if not await Staff.filter(email=email).exists():
            raise
        raise Rejected(email=_('Somebody with this e-mail address is among the staff already.')) from None
    return Invitation(staff, address)


async def reset(staff_id: int, by: Author) -> Invitation:
    """Password, second factor and recovery codes are gone, and so are the sessions; the link makes new ones."""
    async with in_transaction():
        staff = await locked(staff_id)
        if staff.disabled_at:
            raise NotPossible(_('{name} is disabled. Enable the access first.', name=staff.name))
        await Staff.filter(id=staff.id).update(password_hash=None, second_factor=None, set_up_at=None, last_step=0)
        await RecoveryCode.filter(staff=staff).delete()
        ended = await end_sessions(staff)
        address = await _invite(staff)
        await by.did('staff reset', f'staff:{staff.id}', sessions=ended)
    return Invitation(staff, address)


async def disable(staff_id: int, by: Author) -> None:
    """At once, in every browser: whoever is disabled is asked for again at every event."""
    async with in_transaction():
        await keep_an_administrator_but(staff_id)
        staff = await locked(staff_id)
        if staff.disabled_at:
            return
        await Staff.filter(id=staff.id).update(disabled_at=clock.now())
        await links.end(STAFF_SETUP, staff)
        ended = await end_sessions(staff)
        await by.did('staff disabled', f'staff:{staff.id}', sessions=ended)


async def keep_an_administrator_but(staff_id: int) -> None:
    """Inside the caller's transaction: raises `NotPossible` where this one is the last who can sign in.

    It locks the administrators, so that two of them cannot remove each other.
    """
    administrators = Staff.filter(role=Role.ADMINISTRATOR, disabled_at=None)
    able = [staff.id for staff in await administrators.select_for_update().order_by('id') if staff.set_up_at]
    if able == [staff_id]:
        raise NotPossible(_('This is the last administrator who can sign in. Make somebody else one first.'))


async def locked(staff_id: object) -> Staff:
    """Inside the caller's transaction; raises `NotPossible` for somebody who does not exist."""
    staff = await Staff.select_for_update().get_or_none(id=staff_id) if type(staff_id) is int else None
    if staff is None:
        raise NotPossible(_('Nobody of the staff is known by this.'))
    return staff


async def of_email(email: str) -> Staff:
    """Raises `NotPossible`."""
    if staff := await Staff.get_or_none(email=checks.address(email).lower()):
        return staff
    raise NotPossible(_('Nobody of the staff has the e-mail address {email}.', email=email))


async def everybody() -> Sequence[Staff]:
    return await Staff.all().order_by('name', 'id')


def able() -> QuerySet[Staff]:
    """Those who can sign in."""
    return Staff.filter(disabled_at=None, set_up_at__isnull=False)


def administrators() -> QuerySet[Staff]:
    """Those of them who can do everything."""
    return able().filter(role=Role.ADMINISTRATOR)


async def _invite(staff: Staff) -> str:
    link = await links.issue(STAFF_SETUP, staff, valid_for=settings().staff_setup_valid_for)
    return links.address(link)
