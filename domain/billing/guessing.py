"""How well an invoice number follows from the payer code: measured after each import, told in plain words.

Somebody who holds one invoice guesses his neighbour's, if a billing run numbers invoices in the order of payer codes
(trust.md, "What an attacker has").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import StatisticsError, correlation, median

from domain.language import Message, _

FEWEST = 30  # invoices of a billing run, below which nothing can be said
NEIGHBOURS = 10  # places in the order of payer codes
TRIES = 5
HIGH, NOTICEABLE = 0.2, 0.02  # chance


@dataclass(frozen=True)
class Guessability:
    """`correlation` of ranks (Spearman, -1 to 1) and the `chance` to hit a neighbour's number in five tries."""

    invoices: int
    correlation: float
    chance: float

    @property
    def sentence(self) -> Message:
        percent = round(self.chance * 100)
        if self.chance >= HIGH:
            return _(
                'Invoice numbers follow the payer codes: who holds one invoice hits the number of a neighbour in '
                '{percent} of 100 cases within {tries} tries. Set EPORTAL_SECOND_PROOF, best to metering_point.',
                percent=percent, tries=TRIES,
            )  # fmt: skip
        if self.chance >= NOTICEABLE:
            return _(
                'Invoice numbers follow the payer codes a little: who holds one invoice hits the number of a neighbour '
                'in {percent} of 100 cases within {tries} tries. Consider EPORTAL_SECOND_PROOF.',
                percent=percent, tries=TRIES,
            )  # fmt: skip
        return _('Invoice numbers do not follow from the payer codes; no second proof is needed for that reason.')


def measured(numbers: Sequence[int]) -> Guessability | None:
    """Of the invoice numbers of one billing run in the order of payer codes; None for too few."""
    if len(numbers) < FEWEST:
        return None
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    ranks = [0] * len(numbers)
    for rank, place in enumerate(order):
        ranks[place] = rank
    try:
        related = correlation(range(len(numbers)), ranks)
    except StatisticsError:
        related = 0.0
    return Guessability(len(numbers), round(related, 3), round(_chance(numbers), 3))


def _chance(numbers: Sequence[int]) -> float:
    """Holding one invoice, he tries what a run in order would give the other, and what is beside that.

    In order means up or down, by one or by what is usual between two neighbours: a check digit at the end makes it ten.
    """
    usual = round(median(abs(other - own) for own, other in pairwise(numbers))) or 1
    return max(_hits(numbers, step) for step in (1, -1, usual, -usual))


def _hits(numbers: Sequence[int], step: int) -> float:
    reach, hits, pairs = TRIES // 2, 0, 0
    for distance in range(1, NEIGHBOURS + 1):
        for own, other in zip(numbers, numbers[distance:], strict=False):
            hits += abs(other - own - step * distance) <= reach
            pairs += 1
    return hits / pairs
