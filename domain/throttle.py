"""Budgets: counters in the database, taken before the work they guard, so that parallel tries cannot overshoot them.

A budget that cannot be counted refuses: a database error goes up to the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from domain import clock
from domain.form import TooManyAttempts
from domain.keys import keyed_hash
from domain.settings import settings
from domain.visitor import Visitor
from storage.models import Attempt, AttemptLog

MINUTE, HOUR, DAY, MONTH = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=30)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
LOGGED_PER_ADDRESS_HOUR = 300


_log = structlog.get_logger('throttle')


@dataclass(frozen=True)
class Budget:
    """`limit` attempts on `subject` within `window`, which begins with the first of them.

    One with an `instead` refuses nobody when it is used up: whoever spends asks for something else then.
    """

    name: str
    subject: str
    limit: int
    window: timedelta
    instead: str = ''

    @property
    def key(self) -> str:
        return keyed_hash(f'attempt {self.name}', self.subject)


async def spend(budgets: Iterable[Budget]) -> list[Budget]:
    """Takes one of each, or raises `TooManyAttempts` and takes none; returns what it took, inside a transaction."""
    spent, now = [], clock.now()
    for budget in sorted(budgets, key=lambda budget: budget.key):  # one order for everybody: no deadlocks
        counter = await _locked(budget.key, now)
        if counter.started_at <= now - budget.window:
            counter.count, counter.started_at = 0, now
        if counter.count >= budget.limit:
            if budget.instead:
                continue
            raise TooManyAttempts(counter.started_at + budget.window)
        counter.count += 1
        await counter.save(update_fields=['count', 'started_at'])
        spent.append(budget)
        if counter.count == budget.limit and not budget.subject:
            facts = {'asked_instead': budget.instead} if budget.instead else {}
            _log.error('a budget of the whole installation is used up', budget=budget.name, **facts)
    return spent


async def is_used_up(budget: Budget) -> bool:
    """As of now, without taking anything."""
    used, _until = await spent_of(budget)
    return used >= budget.limit


async def spent_of(budget: Budget) -> tuple[int, datetime | None]:
    """How much of it is spent, and when it is counted anew."""
    counter = await Attempt.get_or_none(key=budget.key)
    if counter is None or not counter.count or counter.started_at <= clock.now() - budget.window:
        return 0, None
    return counter.count, counter.started_at + budget.window


async def give_back(spent: Iterable[Budget]) -> None:
    """In the same transaction as `spend`: the attempt turned out to be none."""
    for budget in spent:
        await Attempt.filter(key=budget.key, count__gt=0).update(count=F('count') - 1)


async def take_sign_in(name: str, by: Visitor, *, knows_address: bool) -> list[Budget]:
    """Counts a sign-in before the password is looked at; raises `TooManyAttempts`. Success calls `forgive_sign_in`.

    After the free failures each further one doubles the pause for this name from this address. After a hundred in a
    row (NIST SP 800-63B-4, 3.2.2) only addresses that the account was signed in from before may go on trying.
    """
    chosen = settings()
    async with in_transaction():
        now = clock.now()
        pair = await _locked(sign_in_key(name, by.network), now)
        if pair.paused_until and pair.paused_until > now:
            raise TooManyAttempts(pair.paused_until)
        row = await _locked(sign_in_key(name), now)
        if row.count >= chosen.sign_in_failures_in_a_row and not knows_address:
            raise TooManyAttempts(now + LONGEST_PAUSE)
        spent = await spend(_sign_in_budgets(by, knows_address=knows_address))
        if pair.paused_until and pair.paused_until < now - DAY:
            pair.count = 0  # yesterday's typing mistakes
        pair.count += 1
        pair.paused_until = now + _pause(pair.count - chosen.sign_in_failures)
        row.count += 1
        await pair.save(update_fields=['count', 'paused_until'])
        await row.save(update_fields=['count'])
        return spent


async def forgive_sign_in(name: str, by: Visitor, spent: Iterable[Budget]) -> None:
    """After a success: the name's counters only. The address's stay: a good login must not launder bad ones."""
    async with in_transaction():
        for key in (sign_in_key(name, by.network), sign_in_key(name)):  # in the order of `take_sign_in`: no deadlocks
            await Attempt.filter(key=key).update(count=0, paused_until=None)
        await give_back(spent)


async def log(what: str, about: str | None, by: Visitor, outcome: str) -> None:
    """What truly happened, for staff."""
    await AttemptLog.create(at=clock.now(), what=what, about=about, address=by.network[:45], outcome=outcome)


async def log_within_reason(what: str, about: str | None, by: Visitor, outcome: str) -> None:
    """As `log`, for what costs nobody anything: so many rows per address and hour that nobody fills the disk."""
    try:
        async with in_transaction():
            await spend([Budget('rows of the log', by.network, LOGGED_PER_ADDRESS_HOUR, HOUR)])
            await log(what, about, by, outcome)
    except TooManyAttempts:
        pass


def sign_in_key(name: str, network: str | None = None) -> str:
    """Under which failed sign-ins with this name are counted: from everywhere, or from one address."""
    if network is None:
        return keyed_hash('attempt sign-in', name)
    return keyed_hash('attempt sign-in from', f'{name}\0{network}')


def _pause(failures_beyond: int) -> timedelta:
    if failures_beyond < 0:
        return timedelta(0)
    return min(FIRST_PAUSE * (1 << min(failures_beyond, 10)), LONGEST_PAUSE)


def _sign_in_budgets(by: Visitor, *, knows_address: bool) -> list[Budget]:
    """The installation's budget never shuts out who comes from where he has signed in before."""
    chosen = settings()
    own = Budget('sign-ins per address', by.network, chosen.sign_ins_per_address_hour, HOUR)
    return [own] if knows_address else [own, Budget('sign-ins', '', chosen.sign_ins_per_hour, HOUR)]


async def _locked(key: str, now: datetime) -> Attempt:
    """The counter's row, made if absent and locked until the transaction ends (SQLite has locked the whole file)."""
    await Attempt.bulk_create([Attempt(key=key, count=0, started_at=now)], ignore_conflicts=True)
    return await Attempt.select_for_update().get(key=key)
