"""Somebody of the staff sets up the access: own password, second factor, recovery codes. Nobody else sees them.

The second factor is that of the link's id: a reload shows the same one, and nothing is written before success.
"""

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from domain import audit, clock, links, passwords
from domain.checks import at_least, at_most, same_as
from domain.form import Rejected, entry, valid
from domain.language import _
from domain.links import STAFF_SETUP, LinkState
from domain.passwords import not_common, not_own
from domain.staff import second_factor
from storage.models import Link, Staff

SHORTEST = 15  # characters (trust.md, rule 1)


@dataclass(kw_only=True)
class SetUp:
    """`email`, `first_name` and `surname` are of the person, not of the form: no password is made of them."""

    email: str = ''
    first_name: str = ''
    surname: str = ''
    password: str = entry(
        _('Password'), at_least(SHORTEST), at_most(passwords.LONGEST), not_common,
        not_own('email', 'first_name', 'surname'),
        hint=_('At least 15 characters, for example four words. Use it nowhere else.'),
    )  # fmt: skip
    repeated: str = entry(
        _('Repeat password'), same_as('password', _('Type the password once more.'), _('The passwords differ.'))
    )
    code: str = entry(
        _('Code from the app'), second_factor.is_six_digits, tidy=second_factor.tidy,
        hint=_('The six digits that the app shows now. They change every 30 seconds.'),
    )  # fmt: skip


@dataclass(frozen=True)
class Invited:
    """What a link leads to; only a living one says whom it is for."""

    state: LinkState | None
    name: str = ''
    email: str = ''
    secret: str = ''
    address: str = ''  # otpauth://…


class LinkHasEnded(Exception):
    """Meanwhile: used, replaced or expired."""


async def look_up(token: object) -> Invited:
    link = await links.found(STAFF_SETUP, token)
    state = links.state(link) if link else None
    if link is None or link.staff is None or state != LinkState.LIVE:
        return Invited(state)
    staff = link.staff
    secret, address = second_factor.secret(link.id), second_factor.address(link.id, staff.email)
    return Invited(state, staff.name, staff.email, secret, address)


async def set_up(token: object, form: SetUp, *, address: str) -> list[str]:
    """The recovery codes, told once. Raises `Rejected` or `LinkHasEnded`."""
    link = await links.found(STAFF_SETUP, token)
    if link is None or link.staff is None or links.state(link) != LinkState.LIVE:
        raise LinkHasEnded
    staff = link.staff
    form = valid(_of(staff, form))
    step = second_factor.step_of(link.id, form.code)
    if step is None:
        raise Rejected(code=_('This is not the code that the app shows now. Type the next one.'))
    password_hash = await passwords.hashed(form.password)
    return await _write(link, staff, password_hash, step, address)


async def _write(link: Link, staff: Staff, password_hash: str, step: int, address: str) -> list[str]:
    async with in_transaction():
        if not await links.use(link):
            raise LinkHasEnded
        await Staff.filter(id=staff.id).update(
            password_hash=password_hash, second_factor=link.id, set_up_at=clock.now(), last_step=step
        )
        codes = await second_factor.new_recovery_codes(staff)
        actor = f'staff:{staff.id}'
        await audit.record(actor, 'staff set up', actor, address=address)
    return codes


def _of(staff: Staff, form: SetUp) -> SetUp:
    first_name, _space, surname = staff.name.partition(' ')
    return SetUp(
        email=staff.email, first_name=first_name, surname=surname, password=form.password, repeated=form.repeated,
        code=form.code,
    )  # fmt: skip
