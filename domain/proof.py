"""Does this payer own this code? The number of an invoice he received proves it (manual, 1.1: Kontrolna številka).

Payer codes and invoice numbers are short and often sequential, so failed proofs are counted per code, per address and
over the whole installation (trust.md, "the proof budget"). Only a failed proof is spent. Where somebody has used up the
installation's budget by guessing, everybody is asked for something more instead of being turned away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from domain import clock, control_numbers, further_proof, throttle
from domain.checks import digits
from domain.setting_types import FurtherProof
from domain.settings import settings
from domain.throttle import DAY, HOUR, MONTH, Budget
from domain.visitor import Visitor
from storage.proof import Answer, Issued, Pair, look_up


class ProofFailed(Exception):
    """The two numbers do not prove anything; whoever asks learns no more than that."""


class Outcome(StrEnum):
    """What truly happened, for staff."""

    PROVEN = 'proven'
    PARKED = 'parked'  # the number is newer than our data
    NO_PAIR = 'no such pair'
    USED_UP = 'invoice used up'
    TOO_OLD = 'invoice too old'
    FURTHER_WRONG = 'second proof wrong'
    ISSUED_USED = 'issued number used up'
    ISSUED_CANCELLED = 'issued number cancelled'
    ISSUED_EXPIRED = 'issued number expired'


@dataclass(frozen=True)
class Claim:
    """What somebody says he has; `given` holds keyed hashes of what was asked beside the two numbers."""

    payer_code: str
    control_number: str
    given: Mapping[str, str]


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    claim: Claim
    pair: Pair | None
    newest_run: int | None


async def asked(form: Any = None) -> tuple[FurtherProof, ...]:
    """What a registration has to bring beside the two numbers, as of now; nothing if the form has an invitation."""
    if form and await _is_invited(form):
        return ()
    return _asked(used_up=bool(_fallback()) and await throttle.is_used_up(_of_installation()))


async def prove(form: Any, by: Visitor) -> Verdict:
    """Whether the form, which is valid but for what is asked only now, proves the code. Inside a transaction.

    The budget is taken before anything is looked up and given back on success. Raises `TooManyAttempts`, and `Rejected`
    where something asked is missing.
    """
    spent = await throttle.spend([*_budgets(form.payer_code, by), _of_installation()])
    used_up = _of_installation() not in spent
    form = replace(form, asked=() if await _is_invited(form) else _asked(used_up=used_up))
    further_proof.require(form, form.asked)
    claim = Claim(form.payer_code, form.control_number, further_proof.typed(form))
    verdict = await judge(claim, form.asked)
    if verdict.outcome == Outcome.PROVEN:
        await throttle.give_back(spent)
    return verdict


async def judge(claim: Claim, asked: tuple[FurtherProof, ...]) -> Verdict:
    """The same work whatever the outcome.

    Whoever has an issued number was checked by staff, so nothing else is compared for it. It is asked for all the
    same, unless the link of the answer was opened: what is missing must not tell issued numbers from others.
    """
    hashed = control_numbers.number_hash(claim.payer_code, claim.control_number)
    answer = await look_up(claim.payer_code, claim.control_number, hashed)
    agrees = await further_proof.agree(asked, claim.given, answer.pair)
    if answer.issued and (answer.pair is None or _of_issued(answer.issued) == Outcome.PROVEN):
        return Verdict(_of_issued(answer.issued), claim, answer.issued.pair, answer.newest_run)
    return Verdict(_outcome(answer, agrees), claim, answer.pair, answer.newest_run)


def _of_issued(issued: Issued) -> Outcome:
    if issued.is_used:
        return Outcome.ISSUED_USED
    if issued.is_cancelled:
        return Outcome.ISSUED_CANCELLED
    return Outcome.PROVEN if clock.now() < issued.valid_until else Outcome.ISSUED_EXPIRED


def _outcome(answer: Answer, agrees: bool) -> Outcome:
    if answer.pair is None:
        return Outcome.PARKED if answer.is_beyond else Outcome.NO_PAIR
    if answer.pair.is_spent:
        return Outcome.USED_UP
    if answer.pair.newer >= settings().accepted_invoices:
        return Outcome.TOO_OLD
    return Outcome.PROVEN if agrees else Outcome.FURTHER_WRONG


async def _is_invited(form: Any) -> bool:
    """The link of an answer was opened in this page, and its two numbers still stand in the form."""
    numbers = [digits(typed) if isinstance(typed, str) else '' for typed in (form.payer_code, form.control_number)]
    return await control_numbers.invites(form.invitation, *numbers)


def _asked(*, used_up: bool) -> tuple[FurtherProof, ...]:
    kinds = (settings().second_proof, settings().fallback_proof if used_up else FurtherProof.NONE)
    return tuple(kind for kind in kinds if kind != FurtherProof.NONE)


def _fallback() -> str:
    chosen = settings().fallback_proof
    return '' if chosen == FurtherProof.NONE else chosen.value


def _of_installation() -> Budget:
    return Budget('proofs', '', settings().proofs_per_day, DAY, instead=_fallback())


def budgets_of_code(payer_code: str) -> list[Budget]:
    chosen = settings()
    return [
        Budget('proofs per code and day', payer_code, chosen.proofs_per_code_day, DAY),
        Budget('proofs per code and month', payer_code, chosen.proofs_per_code_month, MONTH),
    ]


def _budgets(payer_code: str, by: Visitor) -> list[Budget]:
    chosen = settings()
    return [
        *budgets_of_code(payer_code),
        Budget('proofs per address and hour', by.network, chosen.proofs_per_address_hour, HOUR),
        Budget('proofs per address and day', by.network, chosen.proofs_per_address_day, DAY),
    ]
