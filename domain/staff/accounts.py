"""The desk where administrators add, change and remove the access of staff; all of it stands in the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.functions import Count
from tortoise.transactions import in_transaction

from domain import clock
from domain.form import Rejected
from domain.language import _
from domain.links import STAFF_SETUP
from domain.settings import settings
from domain.staff import members
from domain.staff.listing import Listing, Look, listed
from domain.staff.members import ROLES, Invitation, NewMember
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from domain.staff.session import end_sessions
from storage.models import Link, Role, Staff, StaffSession

SORTS = {'name': 'name', 'email': 'email', 'role': 'role', 'last_sign_in': 'last_sign_in_at'}

__all__ = ['ROLES', 'Invitation', 'Member', 'NewMember', 'Role', 'Standing']


class Standing(StrEnum):
    ABLE = 'able'  # can sign in
    INVITED = 'invited'  # has a link that works
    FORGOTTEN = 'forgotten'  # the link has expired
    DISABLED = 'disabled'


@dataclass(frozen=True)
class Member:
    staff_id: int
    name: str
    email: str
    role: Role
    standing: Standing
    invited_until: datetime | None
    last_sign_in_at: datetime | None
    sessions: int
    is_me: bool


@needs(Role.ADMINISTRATOR)
async def staff(by: Officer, look: Look) -> Listing[Member]:
    found = await listed(Staff.all(), look, SORTS)
    return Listing(await _members(found.rows, by), found.total, found.look)


@needs(Role.ADMINISTRATOR)
async def member(by: Officer, staff_id: int) -> Member | None:
    rows = await Staff.filter(id=staff_id) if type(staff_id) is int else []
    return next(iter(await _members(rows, by)), None)


@needs(Role.ADMINISTRATOR)
async def add(by: Officer, form: NewMember) -> Invitation:
    """Raises `Rejected`."""
    return await members.add(form, by)


@needs(Role.ADMINISTRATOR)
async def change_role(by: Officer, staff_id: int, role: str) -> None:
    if role not in list(Role):
        raise Rejected(role=_('Choose a role.'))
    _require_another(by, staff_id)
    async with in_transaction():
        if role != Role.ADMINISTRATOR:
            await members.keep_an_administrator_but(staff_id)
        changed = await members.locked(staff_id)
        if changed.role != role:
            await Staff.filter(id=changed.id).update(role=Role(role))
            await by.did('staff role changed', f'staff:{changed.id}', role=role)


@needs(Role.ADMINISTRATOR)
async def disable(by: Officer, staff_id: int) -> None:
    _require_another(by, staff_id)
    await members.disable(staff_id, by)


@needs(Role.ADMINISTRATOR)
async def enable(by: Officer, staff_id: int) -> None:
    async with in_transaction():
        enabled = await members.locked(staff_id)
        if enabled.disabled_at:
            await Staff.filter(id=enabled.id).update(disabled_at=None)
            await by.did('staff enabled', f'staff:{enabled.id}')


@needs(Role.ADMINISTRATOR)
async def reset(by: Officer, staff_id: int) -> Invitation:
    """A new set-up link for somebody else, in place of password and second factor."""
    _require_another(by, staff_id)
    async with in_transaction():
        await members.keep_an_administrator_but(staff_id)
        return await members.reset(staff_id, by)


@needs(Role.ADMINISTRATOR)
async def sign_out_everywhere(by: Officer, staff_id: int) -> int:
    """How many sessions it ended."""
    async with in_transaction():
        somebody = await members.locked(staff_id)
        ended = await end_sessions(somebody)
        await by.did('staff sessions ended', f'staff:{somebody.id}', sessions=ended)
    return ended


def _require_another(by: Officer, staff_id: object) -> None:
    if staff_id == by.staff_id:
        raise NotPossible(_('Nobody does this to their own access. Ask another administrator.'))


async def _members(rows: list[Staff], by: Officer) -> list[Member]:
    ids = [row.id for row in rows] or [0]
    invitations = Link.filter(purpose=STAFF_SETUP, staff_id__in=ids, used_at=None, replaced_at=None)
    until: Mapping[int, datetime] = dict(await invitations.values_list('staff_id', 'valid_until'))
    sessions = await _sessions(ids)
    return [
        Member(
            row.id, row.name, row.email, row.role, _standing(row, until.get(row.id)), until.get(row.id),
            row.last_sign_in_at, sessions.get(row.id, 0), row.id == by.staff_id,
        )
        for row in rows
    ]  # fmt: skip


async def _sessions(ids: list[int]) -> Mapping[int, int]:
    """How many live, by whose they are."""
    now, chosen = clock.now(), settings()
    living = StaffSession.filter(
        staff_id__in=ids, ended_at=None, last_seen_at__gt=now - chosen.staff_session_idle,
        started_at__gt=now - chosen.staff_session_absolute,
    )  # fmt: skip
    counted = living.annotate(sessions=Count('id')).group_by('staff_id')
    return dict(await counted.values_list('staff_id', 'sessions'))


def _standing(row: Staff, until: datetime | None) -> Standing:
    if row.disabled_at:
        return Standing.DISABLED
    if row.set_up_at:
        return Standing.ABLE
    return Standing.INVITED if until and until > clock.now() else Standing.FORGOTTEN
