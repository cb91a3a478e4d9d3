"""Numbers of the last thirty days, for everybody of the staff: sums only, no tracking of persons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.functions import Count, Sum

from domain import clock
from domain.counts import BAIT, LEFT_AT, OPENED, WRONG
from domain.setting_types import FurtherProof
from domain.settings import settings
from domain.staff.alarms import Alarm, alarms, spent_today
from domain.staff.permission import Officer, needs
from storage.aggregates import by_hour, minutes_to_confirmation
from storage.models import AttemptLog, DailyCount, Role

DAYS = 30
PICTURE_WRONG = 'picture wrong'
SERIES = ('registered', 'confirmed', 'requested', 'refused')
ASKED_LAST = ('password', 'repeated', 'captcha', 'consent')
FIELDS = ('payer_code', 'email', 'control_number', *(k.value for k in FurtherProof if k != 'none'), *ASKED_LAST)
BINS = (0, 1, 2, 5, 10, 30, 60, 6 * 60, 24 * 60)  # minutes: where the bars of the histogram begin


@dataclass(frozen=True)
class Waiting:
    """How long people took from the registration to the confirmation, in whole minutes."""

    confirmed: int
    median: int | None
    slow: int | None  # nine of ten took no longer
    bars: Sequence[int]  # how many, by BINS


@dataclass(frozen=True)
class GivingUp:
    """Of one field: how often it was wrong on »Registriraj«, and how often it was the last one touched."""

    field: str
    wrong: int
    left: int


@dataclass(frozen=True)
class ProofBudget:
    used: int
    limit: int
    anew_at: datetime | None  # when counting begins anew
    instead: FurtherProof  # what everybody is asked once it is used up; NONE closes the registration


@dataclass(frozen=True)
class Overview:
    days: Sequence[date]
    per_day: Mapping[str, Sequence[int]]  # by SERIES
    waiting: Waiting
    giving_up: Sequence[GivingUp]
    opened: int
    pictures_wrong: int
    bait_taken: int
    refusals: Mapping[str, int]  # by their true reason
    proofs: ProofBudget
    alarms: Sequence[Alarm]


@needs(Role.CLERK)
async def overview(by: Officer) -> Overview:
    days = _last_days()
    since = datetime.combine(days[0], time(), clock.LJUBLJANA).astimezone(clock.now().tzinfo)
    counted, refusals = await _counted(days[0]), await _refusals(since)
    return Overview(
        days=days,
        per_day={what: _per_day(await by_hour(what, since), days) for what in SERIES},
        waiting=waiting(await minutes_to_confirmation(since)),
        giving_up=[GivingUp(f, counted.get(WRONG + f, 0), counted.get(LEFT_AT + f, 0)) for f in FIELDS],
        opened=counted.get(OPENED, 0),
        pictures_wrong=refusals.pop(PICTURE_WRONG, 0),
        bait_taken=counted.get(BAIT, 0),
        refusals=refusals,
        proofs=await _proofs(),
        alarms=await alarms(),
    )


def waiting(minutes: Mapping[int, int]) -> Waiting:
    """`minutes`: how many took so many."""
    everybody = sum(minutes.values())
    ends = [*BINS[1:], float('inf')]
    bars = [sum(n for m, n in minutes.items() if begin <= m < end) for begin, end in zip(BINS, ends, strict=True)]
    return Waiting(everybody, _within(minutes, 0.5), _within(minutes, 0.9), bars)


def _within(minutes: Mapping[int, int], share: float) -> int | None:
    """So many minutes were enough for this share of them."""
    left = share * sum(minutes.values())
    for minute in sorted(minutes):
        left -= minutes[minute]
        if left <= 1e-9:
            return minute
    return None


def _last_days() -> list[date]:
    today = clock.now().astimezone(clock.LJUBLJANA).date()
    return [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]


def _per_day(hours: Mapping[datetime, int], days: Sequence[date]) -> list[int]:
    sums = dict.fromkeys(days, 0)
    for hour, n in hours.items():
        day = hour.astimezone(clock.LJUBLJANA).date()
        if day in sums:
            sums[day] += n
    return list(sums.values())


async def _counted(since: date) -> dict[str, int]:
    rows = DailyCount.filter(day__gte=since).annotate(n=Sum('count')).group_by('what').values_list('what', 'n')
    return {str(what): int(n) for what, n in await rows}


async def _refusals(since: datetime) -> dict[str, int]:
    failed = AttemptLog.filter(at__gte=since, what='registration').exclude(outcome__in=['proven', 'parked'])
    rows = await failed.annotate(n=Count('id')).group_by('outcome').values_list('outcome', 'n')
    return {str(outcome): int(n) for outcome, n in sorted(rows, key=lambda row: -row[1])}


async def _proofs() -> ProofBudget:
    used, anew_at = await spent_today()
    return ProofBudget(used, settings().proofs_per_day, anew_at, settings().fallback_proof)
