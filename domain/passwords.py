"""Passwords: at least eight characters (manual, 1.1), nothing guessed first, argon2id by OWASP."""

import asyncio
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Any

from passlib.context import CryptContext
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from domain import clock
from domain.form import TooManyAttempts
from domain.language import Message, _

SHORTEST, LONGEST = 8, 128  # characters; the manual's floor, and a cap on what is hashed (trust.md, rules 1 and 2)
MEMORY_KIB, ROUNDS, LANES = 19_456, 2, 1  # OWASP Password Storage Cheat Sheet, argon2id
SITE_WORDS = ('brezovica', 'komunala', 'eportal', 'voda', 'jkp', 'geslo', 'password')
QUEUE_AT_MOST = 50  # waiting hashes; beyond it the portal asks to try again rather than stall everybody

_context = CryptContext(  # type: ignore[no-untyped-call]
    schemes=['argon2'], argon2__memory_cost=MEMORY_KIB, argon2__time_cost=ROUNDS, argon2__parallelism=LANES
)


def _step_back() -> None:
    """Hashing yields the processor to people who type. Linux renices the calling thread only."""
    os.nice(10)


_thread = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), 'hashing', initializer=_step_back)
_waiting = 0


async def hashed(password: str) -> str:
    digest: str = await _in_thread(_context.hash, password)
    return digest


async def verified(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """Whether it is right, and a new hash where the old one's parameters are weaker than today's.

    Without a hash the same work is done for nothing, so that an unknown name takes as long as a known one.
    """
    known = password_hash or await dummy_hash()
    outcome: tuple[bool, str | None] = await _in_thread(_context.verify_and_update, password, known)
    return outcome


_dummy: list[str] = []


async def dummy_hash() -> str:
    """The hash of a password nobody knows; made once, at start."""
    if not _dummy:
        _dummy.append(await hashed(os.urandom(16).hex()))
    return _dummy[0]


async def _in_thread(work: Any, *args: Any) -> Any:
    global _waiting
    if _waiting >= QUEUE_AT_MOST:
        raise TooManyAttempts(clock.now() + timedelta(seconds=30))
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_thread, work, *args)
    finally:
        _waiting -= 1


def not_common(value: str, _form: Any) -> Message | None:
    if value.lower() in _common_passwords() or re.sub(r'[\W\d_]', '', value.lower()) in SITE_WORDS:
        return _('This password is among those tried first. Choose another one, for example three or four words.')
    return None


def not_own(*names: str) -> Any:
    """Refuses a password made of the person's own numbers or address: whoever finds the invoice tries them first."""

    def check(value: str, form: Any) -> Message | None:
        own = [str(getattr(form, name)).split('@')[0].lower() for name in names]
        if any(len(word) > 3 and word in value.lower() and len(value) - len(word) < 4 for word in own):
            return _('The password is made of your own numbers or address. Choose another one.')
        return None

    return check


def strength(password: str) -> tuple[int, Message]:
    """0 to 4 by zxcvbn, and a word of advice. It refuses above 72 characters; 40 are enough to tell, and fast."""
    score: int = zxcvbn(password[:40])['score'] if password else 0
    if len(password) < SHORTEST:
        return min(score, 1), _('Too short')
    words = (
        _('Very easy to guess'),
        _('Easy to guess'),
        _('Could be better: add a word'),
        _('Hard to guess'),
        _('Very hard to guess'),
    )
    return score, words[score]


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(word for word in FREQUENCY_LISTS['passwords'] if len(word) >= SHORTEST)
