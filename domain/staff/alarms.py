"""What is wrong just now, each with what to do about it: somebody is guessing, mail is down, data or disk run out."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.functions import Count

from domain import clock
from domain.language import Message, _, _n
from domain.settings import settings
from domain.staff.mail_state import mail_trouble
from domain.throttle import DAY, HOUR, Budget, spent_of
from storage.models import AttemptLog, ImportRun, Letter, LetterState, RunState

GUESSING, MAIL, LETTERS, IMPORT, DISK = 'guessing', 'mail', 'letters', 'import', 'disk'
STUCK_AFTER = timedelta(hours=1)
WRONG_FROM_ONE_ADDRESS = 8  # of the ten that one address may try in an hour
FAILED = ('no such pair', 'second proof wrong', 'budget used up')


@dataclass(frozen=True)
class Alarm:
    kind: str
    sentence: Message
    advice: Message


async def alarms() -> list[Alarm]:
    """The gravest first; none on a good day."""
    looks: tuple[Callable[[], Awaitable[Alarm | None]], ...] = (
        _proofs, _one_address, _sign_ins, _mail, _letters, _import, _disk,
    )  # fmt: skip
    return [alarm for look in looks if (alarm := await look())]


async def spent_today() -> tuple[int, datetime | None]:
    """Failed proofs of the whole installation, and when they are counted anew."""
    return await spent_of(Budget('proofs', '', settings().proofs_per_day, DAY))


async def _proofs() -> Alarm | None:
    used, limit = (await spent_today())[0], settings().proofs_per_day
    if used * 2 < limit:
        return None
    facts: dict[str, object] = {'used': used, 'limit': limit}
    if used >= limit:
        return Alarm(GUESSING, _('Somebody is guessing: all {limit} failed proofs of the day are used up.', **facts), _(
            'Nobody has to do anything at once: registrations need more proof, or pause, until tomorrow. Look at the '
            'last import: if invoice numbers follow the payer codes, set EPORTAL_SECOND_PROOF.'
        ))  # fmt: skip
    sentence = _('Perhaps somebody is guessing: {used} of {limit} failed proofs of the day are used.', **facts)
    return Alarm(GUESSING, sentence, _('Look in again later. What happens at the end stands beside the number below.'))


async def _one_address() -> Alarm | None:
    wrong = AttemptLog.filter(at__gte=clock.now() - HOUR, what='registration', outcome__in=FAILED)
    each = await wrong.annotate(n=Count('id')).group_by('address').values_list('n')
    worst = max((int(n) for (n,) in each), default=0)
    if worst < min(WRONG_FROM_ONE_ADDRESS, settings().proofs_per_address_hour):
        return None
    return Alarm(
        GUESSING, _('One address has tried {n} wrong pairs of numbers within an hour.', n=worst),
        _('It is stopped by itself after {most} an hour. An office or a library may stand behind it.',
          most=settings().proofs_per_address_hour),
    )  # fmt: skip


async def _sign_ins() -> Alarm | None:
    limit = settings().sign_ins_per_hour
    used, _until = await spent_of(Budget('sign-ins', '', limit, HOUR))
    if used * 2 < limit:
        return None
    return Alarm(
        GUESSING, _('Somebody is trying passwords: {used} of {limit} failed sign-ins of the hour.', used=used,
                    limit=limit),
        _('It slows down by itself; customers who sign in from where they did before are let in. Tell whoever runs '
          'the network if it goes on.'),
    )  # fmt: skip


async def _mail() -> Alarm | None:
    if not (trouble := await mail_trouble()):
        return None
    return Alarm(MAIL, trouble, _('Tell whoever runs the mail server. Nothing is lost meanwhile.'))


async def _letters() -> Alarm | None:
    waiting = Letter.filter(state__in=[LetterState.QUEUED, LetterState.LEASED], attempts__gt=0)
    stuck = await waiting.filter(created_at__lt=clock.now() - STUCK_AFTER).count()
    if not stuck:
        return None
    return Alarm(
        LETTERS, _n('{n} message has waited for more than an hour.', '{n} messages have waited for more than an hour.',
                    stuck),
        _('On the desk “Letters” stands why. They are tried again by themselves for two days.'),
    )  # fmt: skip


async def _import() -> Alarm | None:
    done = ImportRun.filter(state__in=[RunState.APPLIED, RunState.UNCHANGED]).order_by('-id').only('id', 'started_at')
    last, advice = await done.first(), _('Export from the billing program, and load the files on the desk “Import”.')
    if last is None:
        return Alarm(IMPORT, _('No billing data were imported yet: nobody can register.'), advice)
    days = (clock.now() - last.started_at).days
    if clock.now() - last.started_at < settings().import_overdue_after:
        return None
    return Alarm(
        IMPORT, _n('The last import was {n} day ago: who has a newer invoice has to wait.',
                   'The last import was {n} days ago: who has a newer invoice has to wait.', days), advice,
    )  # fmt: skip


async def _disk() -> Alarm | None:
    free = (await asyncio.to_thread(shutil.disk_usage, settings().data_dir)).free // 1_000_000
    if free >= settings().disk_low_below:
        return None
    return Alarm(
        DISK, _('Only {free} MB are free where the portal keeps its data.', free=free),
        _('Make room, or registrations are refused once it is full. Copies in the folder “backups” may be carried '
          'to another machine.'),
    )  # fmt: skip
