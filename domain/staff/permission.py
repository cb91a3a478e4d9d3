"""Who may do what: asked by the services themselves, at every call, whatever the page shows (trust.md, rule 55)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from tortoise.transactions import in_transaction

from domain import audit
from domain.form import TooManyAttempts
from domain.staff.session import living
from domain.throttle import HOUR, Budget, spend
from storage.models import Role

P = ParamSpec('P')
Result = TypeVar('Result')
REFUSALS_ON_RECORD = 60  # per address and hour, so that nobody can flood the trail


class NotAllowed(Exception):
    """Signed out meanwhile, or without the role that this needs."""


@dataclass(frozen=True)
class Officer:
    """Somebody of the staff, signed in."""

    staff_id: int
    session_id: int
    name: str
    role: Role
    address: str
    language: str

    @property
    def actor(self) -> str:
        return f'staff:{self.staff_id}'

    async def did(self, what: str, about: str | None = None, **detail: object) -> None:
        """Puts it on record, as the last step of a transaction."""
        await audit.record(self.actor, what, about, address=self.address, **detail)


@dataclass(frozen=True)
class Stranger:
    """Whoever calls a service of the staff without being one; `actor` as the audit trail calls him."""

    address: str
    actor: str = audit.NOBODY


def needs(
    role: Role,
) -> Callable[
    [Callable[Concatenate[Officer, P], Awaitable[Result]]],
    Callable[Concatenate[Officer | Stranger, P], Awaitable[Result]],
]:
    """`@needs(Role.CLERK)` before a service whose first argument is who calls it. It raises `NotAllowed`."""

    def guarded(
        service: Callable[Concatenate[Officer, P], Awaitable[Result]],
    ) -> Callable[Concatenate[Officer | Stranger, P], Awaitable[Result]]:
        @wraps(service)
        async def checked(by: Officer | Stranger, *args: P.args, **kwargs: P.kwargs) -> Result:
            return await service(await _required(by, role, service.__qualname__), *args, **kwargs)

        checked.needs = role  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return guarded


async def _required(by: Officer | Stranger, role: Role, what: str) -> Officer:
    """Asks the database, not the caller: a role can be taken away, and a session ended, since the page was drawn."""
    session = await living(by.session_id) if isinstance(by, Officer) else None
    if isinstance(by, Officer) and session and session.staff.id == by.staff_id and _has(session.staff.role, role):
        return by
    await _refused(by, what)
    raise NotAllowed


def _has(own: Role, role: Role) -> bool:
    """An administrator may what a clerk may."""
    return own in (role, Role.ADMINISTRATOR)


async def _refused(by: Officer | Stranger, what: str) -> None:
    try:
        async with in_transaction():
            await spend([Budget('refusals on record', by.address, REFUSALS_ON_RECORD, HOUR)])
            await audit.record(by.actor, 'refused', address=by.address, deed=what)
    except TooManyAttempts:
        pass
