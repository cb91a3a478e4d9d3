"""Registrations by an invoice newer than our data (manual, 1.1: the paper arrives before the import).

They are not refused: the person sees the same page, gets a letter that says so, and the next import completes them or,
after some imports or days without a match, a letter points to the request (manual, 1.2). Nothing here depends on
whether the payer code exists, and a parked number was paid for from the proof budget like any other guess.
"""

import asyncio

import structlog
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from domain import clock, outbox
from domain.acceptance import Applicant, accept_parked, lock, open_account
from domain.correspondence import write_parked, write_unproven, wrote_just_now
from domain.form import TooManyAttempts
from domain.proof import Claim, Outcome, Verdict, judge
from domain.setting_types import FurtherProof
from domain.settings import settings
from storage.models import Account, ImportRun, ParkedRegistration, RunState
from storage.proof import Pair

SETTLE_EVERY_SECONDS = 60  # a letter that had to wait for its budget waits a minute more at most

_log = structlog.get_logger('parking')


async def park(verdict: Verdict, applicant: Applicant) -> Account:
    """The account that waits for newer data; inside the caller's transaction. Raises `TooManyAttempts`."""
    account = await _same_again(verdict.claim, applicant.email)
    if account is None:
        account = await open_account(applicant)
        await ParkedRegistration.create(
            account=account, payer_code=verdict.claim.payer_code, control_number=verdict.claim.control_number,
            further_proofs=dict(verdict.claim.given), since=clock.now(), last_import=verdict.newest_run,
        )  # fmt: skip
    else:
        await Account.filter(id=account.id).update(**applicant.columns)
        if await wrote_just_now(account):
            return account
    await write_parked(account)
    return account


async def parked_of(account: Account, *, locked: bool = False) -> ParkedRegistration | None:
    """What this account still waits for."""
    waiting = ParkedRegistration.filter(account=account, ended_at=None)
    return await (waiting.select_for_update() if locked else waiting).first()


async def run() -> None:
    """Settles for as long as the process lives: what a killed import left undone, and what has waited too long."""
    while True:
        try:
            await settle()
        except (BaseORMException, OSError):
            _log.exception('parked registrations cannot be settled: the database does not answer')
        await asyncio.sleep(SETTLE_EVERY_SECONDS)


async def settle() -> None:
    """Compares what is parked with the newest import. May be called at any time, by several processes at once."""
    waiting = await ParkedRegistration.filter(ended_at=None).order_by('since', 'id')  # of equal ones the newest wins
    if not waiting:
        return
    newest = await _newest_run()
    for parked_id in [parked.id for parked in waiting]:
        try:
            await _settle(parked_id, newest)
        except TooManyAttempts:  # no letter may go to this address or code just now: the next time
            _log.debug('parked registration waits for its letter', parked=parked_id)
        except Exception:  # one bad row must not stop the others
            _log.exception('parked registration could not be settled', parked=parked_id)
    outbox.wake()


async def _settle(parked_id: int, newest: int | None) -> None:
    """All or nothing of one registration, and by one process only."""
    async with in_transaction():
        parked = await ParkedRegistration.get(id=parked_id).select_related('account')
        is_news = newest is not None and newest > (parked.last_import or 0)
        if parked.ended_at or not (is_news or _is_old(parked)):
            return
        verdict = await _judge(parked)
        if verdict.outcome == Outcome.PROVEN and verdict.pair:
            await _complete(parked, verdict.pair)
            return
        seen = parked.imports_seen + is_news
        if seen < settings().parked_imports and not _is_old(parked):
            await _taken(parked, imports_seen=seen, last_import=newest)
        elif await _taken(parked, imports_seen=seen, ended_at=clock.now(), outcome='given up'):
            account = await _closed(parked)
            await write_unproven(account)


async def _complete(parked: ParkedRegistration, pair: Pair) -> None:
    await lock(pair.customer_id)  # in the order in which a registration locks
    if await _proved_again_later(parked):
        if await _taken(parked, ended_at=clock.now(), outcome='registered meanwhile'):
            await _closed(parked)
    elif await _taken(parked, ended_at=clock.now(), outcome='completed'):
        await accept_parked(pair, await Account.get(id=parked.account.id))


async def _proved_again_later(parked: ParkedRegistration) -> bool:
    """Whether the same person typed it once more, and that is right as well: the newest password counts."""
    later = ParkedRegistration.filter(
        payer_code=parked.payer_code, account__email__iexact=parked.account.email, ended_at=None, id__gt=parked.id
    )
    return Outcome.PROVEN in [(await _judge(one)).outcome for one in await later]


async def _judge(parked: ParkedRegistration) -> Verdict:
    """As on »Registriraj«, without the budget: what was asked then, and what everybody is asked by now."""
    asked = {FurtherProof(kind) for kind in parked.further_proofs} | {settings().second_proof} - {FurtherProof.NONE}
    return await judge(Claim(parked.payer_code, parked.control_number, parked.further_proofs), tuple(sorted(asked)))


async def _taken(parked: ParkedRegistration, **columns: object) -> bool:
    """False if another process was faster."""
    as_read = ParkedRegistration.filter(
        id=parked.id, ended_at=None, last_import=parked.last_import, imports_seen=parked.imports_seen
    )
    return await as_read.update(**columns) == 1


async def _closed(parked: ParkedRegistration) -> Account:
    """Its account as it is by now: the address may have been corrected."""
    await Account.filter(id=parked.account.id).update(closed_at=clock.now())
    return await Account.get(id=parked.account.id)


async def _newest_run() -> int | None:
    """The last import that brought invoices and can be seen."""
    runs = await ImportRun.filter(state=RunState.APPLIED).order_by('-id').values_list('id', 'counts')
    return next((run_id for run_id, counts in runs if counts.get('invoice', {}).get('new')), None)


async def _same_again(claim: Claim, email: str) -> Account | None:
    """The very same again. Other numbers are another registration: a stranger could type them with this address."""
    equal = ParkedRegistration.filter(
        payer_code=claim.payer_code, control_number=claim.control_number, account__email__iexact=email, ended_at=None
    )
    for parked in await equal.select_related('account'):
        if parked.further_proofs == claim.given:
            return parked.account
    return None


def _is_old(parked: ParkedRegistration) -> bool:
    return clock.now() - parked.since >= settings().parked_for
