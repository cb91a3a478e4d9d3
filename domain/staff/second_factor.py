"""The second factor of staff: six digits from a phone (TOTP, RFC 6238), or a recovery code where the phone is lost.

No table holds the secret: it is derived from a random id under DATA_KEY. Neither a step nor a recovery code acts twice.
"""

import base64
import re
import secrets
import unicodedata
from typing import Any
from uuid import UUID

import pyotp

from domain import clock
from domain.keys import derived, keyed_hash
from domain.language import Message, _
from domain.settings import settings
from storage.models import RecoveryCode, Staff

STEP_SECONDS, STEPS_ASIDE, DIGITS = 30, 1, 6
READABLE = 'abcdefghjkmnpqrstuvwxyz23456789'  # nothing that is taken for something else
CODE_LENGTH, CODES = 10, 10  # 49 bits each
NOBODY = UUID(int=0)  # whose second factor an unknown name is compared with


def secret(identity: UUID) -> str:
    """What the phone is told, in base32."""
    return base64.b32encode(derived('staff second factor', identity.bytes)[:20]).decode()


def address(identity: UUID, email: str) -> str:
    """The same as an otpauth address, for a QR code."""
    issuer = f'ePortal {settings().utility_short_name}'
    return pyotp.TOTP(secret(identity)).provisioning_uri(name=email, issuer_name=issuer)


def code(identity: UUID, step: int) -> str:
    return pyotp.TOTP(secret(identity), digits=DIGITS).generate_otp(step)


def step_now() -> int:
    return int(clock.now().timestamp()) // STEP_SECONDS


def step_of(identity: UUID, typed: str) -> int | None:
    """The step whose code this is: clocks may differ by one."""
    now, found = step_now(), None
    for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1):
        if secrets.compare_digest(code(identity, step).encode(), typed.encode()):
            found = step
    return found


async def use_step(staff_id: int, step: int) -> bool:
    """False if this code, or a later one, has been used already. One statement, so exactly one of many wins."""
    return await Staff.filter(id=staff_id, last_step__lt=step).update(last_step=step) == 1


async def new_recovery_codes(staff: Staff) -> list[str]:
    """In place of all earlier ones, inside the caller's transaction; told once, kept as keyed hashes."""
    await RecoveryCode.filter(staff=staff).delete()
    codes = [''.join(secrets.choice(READABLE) for _place in range(CODE_LENGTH)) for _code in range(CODES)]
    await RecoveryCode.bulk_create([RecoveryCode(staff=staff, code_hash=_hash(staff.id, code)) for code in codes])
    return [f'{code[:5]}-{code[5:]}' for code in codes]


async def recovery_code(staff_id: int, typed: str) -> RecoveryCode | None:
    """The unused one that was typed."""
    return await RecoveryCode.get_or_none(staff_id=staff_id, code_hash=_hash(staff_id, typed), used_at=None)


async def use_recovery_code(code: RecoveryCode) -> bool:
    """False if somebody was faster."""
    return await RecoveryCode.filter(id=code.id, used_at=None).update(used_at=clock.now()) == 1


async def recovery_codes_left(staff_id: int) -> int:
    return await RecoveryCode.filter(staff_id=staff_id, used_at=None).count()


def tidy(value: str) -> str:
    """Forgives case, spaces and dashes."""
    return re.sub(r'[\W_]', '', unicodedata.normalize('NFKC', value)).lower()


def is_six_digits(value: str, _form: Any = None) -> Message | None:
    if not re.fullmatch(r'[0-9]{6}', value):
        return _('Type the six digits that the app on your phone shows.')
    return None


def is_code(value: str, _form: Any = None) -> Message | None:
    """Six digits, or a recovery code."""
    if re.fullmatch(rf'[{READABLE}]{{{CODE_LENGTH}}}', value):
        return None
    return is_six_digits(value)


def _hash(staff_id: int, code: str) -> str:
    return keyed_hash('staff recovery code', f'{staff_id}\0{code}')
