"""Does this payer own this code? The number of an invoice he received proves it (manual, 1.1: Kontrolna številka).

Payer codes and invoice numbers are short and often sequential, so failed proofs are counted per code, per address and
over the whole installation (trust.md, "the proof budget"). Only a failed proof is spent. Where somebody has used up the
installation's budget by guessing, everybody is asked for something more instead of being turned away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from domain import further_proof, throttle
from domain.setting_types import FurtherProof
from domain.settings import settings
from domain.throttle import DAY, HOUR, MONTH, Budget
from domain.visitor import Visitor
from storage.proof import Answer, Pair, look_up


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


async def asked() -> tuple[FurtherProof, ...]:
    """What a registration has to bring beside the two numbers, as of now."""
    return _asked(used_up=bool(_fallback()) and await throttle.is_used_up(_of_installation()))


async def prove(form: Any, by: Visitor) -> Verdict:
    """Whether the form, which is valid but for what is asked only now, proves the code. Inside a transaction.

    The budget is taken before anything is looked up and given back on success. Raises `TooManyAttempts`, and `Rejected`
    where something asked is missing.
    """
    spent = await throttle.spend([*_budgets(form.payer_code, by), _of_installation()])
    form = replace(form, asked=_asked(used_up=_of_installation() not in spent))
    further_proof.require(form, form.asked)
    claim = Claim(form.payer_code, form.control_number, further_proof.typed(form))
    verdict = await judge(claim, form.asked)
    if verdict.outcome == Outcome.PROVEN:
        await throttle.give_back(spent)
    return verdict


async def judge(claim: Claim, asked: tuple[FurtherProof, ...]) -> Verdict:
    """The same work whatever the outcome."""
    answer = await look_up(claim.payer_code, claim.control_number)
    agrees = await further_proof.agree(asked, claim.given, answer.pair)
    return Verdict(_outcome(answer, agrees), claim, answer.pair, answer.newest_run)


def _outcome(answer: Answer, agrees: bool) -> Outcome:
    if answer.pair is None:
        return Outcome.PARKED if answer.is_beyond else Outcome.NO_PAIR
    if answer.pair.is_spent:
        return Outcome.USED_UP
    if answer.pair.newer >= settings().accepted_invoices:
        return Outcome.TOO_OLD
    return Outcome.PROVEN if agrees else Outcome.FURTHER_WRONG


def _asked(*, used_up: bool) -> tuple[FurtherProof, ...]:
    kinds = (settings().second_proof, settings().fallback_proof if used_up else FurtherProof.NONE)
    return tuple(kind for kind in kinds if kind != FurtherProof.NONE)


def _fallback() -> str:
    chosen = settings().fallback_proof
    return '' if chosen == FurtherProof.NONE else chosen.value


def _of_installation() -> Budget:
    return Budget('proofs', '', settings().proofs_per_day, DAY, instead=_fallback())


def _budgets(payer_code: str, by: Visitor) -> list[Budget]:
    chosen = settings()
    return [
        Budget('proofs per code and day', payer_code, chosen.proofs_per_code_day, DAY),
        Budget('proofs per code and month', payer_code, chosen.proofs_per_code_month, MONTH),
        Budget('proofs per address and hour', by.network, chosen.proofs_per_address_hour, HOUR),
        Budget('proofs per address and day', by.network, chosen.proofs_per_address_day, DAY),
    ]
