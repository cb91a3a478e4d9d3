"""Members of the staff with a password and a phone, for the stories of who gets in."""

from typing import Any
from uuid import UUID, uuid4

from domain import clock, passwords
from domain.form import Rejected
from domain.staff import second_factor
from domain.staff.session import session_of
from domain.staff.sign_in import StaffSignIn, sign_in
from domain.visitor import Visitor
from storage.models import Role, Staff, StaffSession
from tests.world import HOME

PASSWORD = 'zelena hiša na hribu'
EMAIL = 'marija.kos@primer.si'


async def a_member(email: str = EMAIL, role: Role = Role.CLERK, **columns: Any) -> Staff:
    """Set up, with the password above."""
    now = clock.now()
    values = {
        'name': 'Marija Kos', 'password_hash': await passwords.hashed(PASSWORD), 'second_factor': uuid4(),
        'created_at': now, 'set_up_at': now,
    } | columns  # fmt: skip
    return await Staff.create(email=email, role=role, **values)


def code(staff: Staff, *, later: int = 0) -> str:
    """What the phone shows, so many steps of 30 seconds from now."""
    assert isinstance(staff.second_factor, UUID)
    return second_factor.code(staff.second_factor, second_factor.step_now() + later)


def a_sign_in(code: object, **values: Any) -> StaffSignIn:
    return StaffSignIn(**{'email': EMAIL, 'password': PASSWORD, 'code': code, **values})


async def let_in(code: object, by: Visitor = HOME, **values: Any) -> StaffSession:
    session = await session_of(await sign_in(a_sign_in(code, **values), by=by), by)
    assert session
    return session


def sentences(rejection: Rejected) -> dict[str, str]:
    return {name: sentence.text for name, sentence in rejection.problems.items()}
