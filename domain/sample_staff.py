"""Demo mode: an administrator and a clerk whose passwords and second factors are shown to anybody who tries it."""

from dataclasses import dataclass
from uuid import UUID

from domain import clock, passwords
from domain.settings import settings
from domain.staff import second_factor
from storage.models import Role, Staff


@dataclass(frozen=True)
class Sample:
    name: str
    email: str
    password: str
    role: Role
    second_factor: UUID

    @property
    def secret(self) -> str:
        return second_factor.secret(self.second_factor)


SAMPLES = (
    Sample('Marija Kos', 'marija.kos@primer.si', 'kanglica medu na polici', Role.ADMINISTRATOR,
           UUID('6f0c3a52-7c55-4d0e-9c3a-2f6a1be0a101')),
    Sample('Peter Novak', 'peter.novak@primer.si', 'modra vrata pri potoku', Role.CLERK,
           UUID('6f0c3a52-7c55-4d0e-9c3a-2f6a1be0a102')),
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """What one of them types at this moment."""

    sample: Sample
    code: str


async def add_staff() -> None:
    """Once; in demo mode only, for their passwords are known to everybody."""
    if not settings().demo:
        raise RuntimeError('sample staff are for the demonstration only')
    for sample in SAMPLES:
        if await Staff.filter(email=sample.email).exists():
            continue
        now, password_hash = clock.now(), await passwords.hashed(sample.password)
        await Staff.create(
            email=sample.email, name=sample.name, role=sample.role, password_hash=password_hash,
            second_factor=sample.second_factor, created_at=now, set_up_at=now,
        )  # fmt: skip


async def cards() -> list[Card]:
    """Of those who can sign in still; nothing outside demo mode."""
    if not settings().demo:
        return []
    working = Staff.filter(email__in=[sample.email for sample in SAMPLES], disabled_at=None)
    able = {row.email: row for row in await working}
    return [
        Card(sample, second_factor.code(sample.second_factor, _next_step(able[sample.email].last_step)))
        for sample in SAMPLES
        if sample.email in able and able[sample.email].second_factor == sample.second_factor
    ]


def greeting() -> list[str]:
    """The lines that `make run` prints."""
    lines = [f'Staff sign in at {settings().public_url}/uprava, where the codes of the moment are shown as well:']
    for sample in SAMPLES:
        lines.append(f'  {sample.role}: {sample.email}, password “{sample.password}”, TOTP secret {sample.secret}')
    return lines


def _next_step(used: int) -> int:
    """A code that was not used yet, as far as the clock allows one: nobody need wait to sign in twice."""
    now = second_factor.step_now()
    return max(now, used + 1) if used + 1 <= now + second_factor.STEPS_ASIDE else now
