"""What holds somebody back just now: the counters of one payer code in words, and lifting them (for staff)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain import clock
from domain.correspondence import budget_of_code
from domain.proof import budgets_of_code
from domain.settings import settings
from domain.throttle import Budget, sign_in_key
from storage.models import Attempt, AttemptLog, Customer


class Counted(StrEnum):
    PROOFS_DAY = 'proofs per code and day'
    PROOFS_MONTH = 'proofs per code and month'
    LETTERS = 'letters per code'
    SIGN_IN = 'sign-in'  # with this name, from wherever
    SIGN_IN_FROM = 'sign-in from'  # with this name, from one address


@dataclass(frozen=True)
class Counter:
    """`until` is set while it is used up, where anybody knows how long."""

    what: Counted
    count: int
    limit: int
    since: datetime
    is_used_up: bool
    until: datetime | None = None
    address: str = ''


async def counters(payer_code: str, customer: Customer | None = None) -> list[Counter]:
    """Those that have counted anything within their window; a code that nobody has is counted as well."""
    kept = {row.key: row for row in await Attempt.filter(key__in=await _keys(payer_code, customer))}
    found = [_of_budget(budget, kept) for budget in _budgets(payer_code, customer)]
    found.append(_everywhere(payer_code, kept))
    found += [_from(payer_code, address, kept) for address in await _addresses(payer_code)]
    return [counter for counter in found if counter]


async def used_up(payer_code: str, customer: Customer | None = None) -> list[Counter]:
    """The pauses in force."""
    return [counter for counter in await counters(payer_code, customer) if counter.is_used_up]


async def lift(payer_code: str, customer: Customer | None = None) -> list[Counter]:
    """Begins all of them anew; which were in force. Inside the caller's transaction.

    Those of addresses and of the whole installation stay: they are not this customer's.
    """
    lifted = await used_up(payer_code, customer)
    for key in sorted(await _keys(payer_code, customer)):  # in the order of `spend`: no deadlocks
        await Attempt.filter(key=key).update(count=0, paused_until=None)
    return lifted


def _budgets(payer_code: str, customer: Customer | None) -> list[Budget]:
    return [*budgets_of_code(payer_code), *([budget_of_code(customer)] if customer else [])]


async def _keys(payer_code: str, customer: Customer | None) -> list[str]:
    budgets = [budget.key for budget in _budgets(payer_code, customer)]
    pairs = [sign_in_key(payer_code, address) for address in await _addresses(payer_code)]
    return [*budgets, sign_in_key(payer_code), *pairs]


async def _addresses(payer_code: str) -> Iterable[str]:
    """From which this name was tried lately: their counters can be found by nothing else."""
    tried = AttemptLog.filter(about=payer_code, what='sign-in')
    return sorted({str(address) for address in await tried.distinct().values_list('address', flat=True)})


def _of_budget(budget: Budget, kept: Mapping[str, Attempt]) -> Counter | None:
    row = kept.get(budget.key)
    if row is None or not row.count or row.started_at <= clock.now() - budget.window:
        return None
    full = row.count >= budget.limit
    until = row.started_at + budget.window if full else None
    return Counter(Counted(budget.name), row.count, budget.limit, row.started_at, full, until)


def _everywhere(name: str, kept: Mapping[str, Attempt]) -> Counter | None:
    row, limit = kept.get(sign_in_key(name)), settings().sign_in_failures_in_a_row
    if row is None or not row.count:
        return None
    return Counter(Counted.SIGN_IN, row.count, limit, row.started_at, row.count >= limit)


def _from(name: str, address: str, kept: Mapping[str, Attempt]) -> Counter | None:
    row = kept.get(sign_in_key(name, address))
    if row is None or not row.count:
        return None
    until = row.paused_until if row.paused_until and row.paused_until > clock.now() else None
    limit = settings().sign_in_failures
    return Counter(Counted.SIGN_IN_FROM, row.count, limit, row.started_at, until is not None, until, address)
