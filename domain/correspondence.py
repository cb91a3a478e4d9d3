"""The letters of a registration, within the budgets for letters, which nobody can use to flood a mailbox.

Whoever typed a number newer than our data has proven nothing yet. His letters have budgets of their own, so that they
use up nothing of what those need who have; the page cannot tell the two apart.
"""

from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from domain import clock, links, outbox, throttle
from domain.links import ACTIVATION
from domain.settings import settings
from domain.throttle import DAY, HOUR, Budget
from storage.models import Access, AccessState, Account, Customer, Letter

CONFIRM, ALREADY, NOTICE = 'confirm', 'already', 'notice'
PARKED, UNPROVEN = 'parked', 'unproven'  # of a registration that waits for newer data, and of one that waited in vain
FIRST = (CONFIRM, ALREADY, PARKED)  # what »Preverite pošto« speaks of; their subject is the same


async def wrote_just_now(account: Account) -> bool:
    recent = Q(created_at__gt=clock.now() - settings().letter_pause)
    return await Letter.filter(recent, account=account, kind__in=FIRST).exists()


async def write(access: Access, account: Account) -> None:
    """The letter of this access; raises `TooManyAttempts`."""
    everywhere = Budget('letters', '', settings().letters_per_hour, HOUR)
    await throttle.spend([budget_of_code(access.customer), everywhere, pause_of(account.email)])
    await queue_first(access, account)


async def queue_first(access: Access, account: Account, *, due_at: datetime | None = None) -> Letter:
    """The same letter where nobody can flood a mailbox: staff send it."""
    if access.state == AccessState.HELD:
        return await _queue(ALREADY, account, due_at=due_at, customer=access.customer)
    link = await links.living(ACTIVATION, account) or await links.issue(ACTIVATION, account)
    return await _queue(CONFIRM, account, due_at=due_at, customer=access.customer, link=link)


def budget_of_code(customer: Customer) -> Budget:
    return Budget('letters per code', str(customer.id), settings().letters_per_code, 6 * HOUR)


def pause_of(email: str) -> Budget:
    """One letter to one address at a time, whatever it is about."""
    return Budget('letters per recipient', email.lower(), 1, settings().letter_pause)


async def write_parked(account: Account) -> None:
    """The letter that says: received, we write again; raises `TooManyAttempts`.

    Not counted by payer code, which anybody can type: it would shut out the code's owner.
    """
    chosen = settings()
    await throttle.spend(
        [
            Budget('parked letters per registration', str(account.id), chosen.letters_per_code, 6 * HOUR),
            Budget('parked letters per recipient', account.email.lower(), chosen.letters_per_code, 6 * HOUR),
            Budget('parked letters', '', chosen.proofs_per_day, DAY),
            pause_of(account.email),
        ]
    )
    await queue_parked(account)


async def queue_parked(account: Account, *, due_at: datetime | None = None) -> Letter:
    return await _queue(PARKED, account, due_at=due_at)


async def write_unproven(account: Account) -> None:
    """The letter that says: not in our data, here is another way; raises `TooManyAttempts`."""
    await throttle.spend([pause_of(account.email)])
    await _queue(UNPROVEN, account)


async def write_notice(holder: Account, customer: Customer) -> None:
    """To who has the access already: somebody else proved the same numbers."""
    await _queue(NOTICE, holder, customer=customer)


async def _queue(kind: str, account: Account, **about: Any) -> Letter:
    return await outbox.queue(kind, account.email, account.language, account=account, **about)
