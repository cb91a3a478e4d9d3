"""Does this payer own this invoice? The portal's question beside the shortest one that a database can be asked."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from itertools import islice

from tortoise.connection import get_connection

from storage.database import database
from storage.proof import look_up
from tests.bench.baseline import fill, rows
from tests.bench.installation import installation
from tests.bench.measure import ratio, say, share
from tests.bench.samples import RUNS, Files

QUESTIONS = 2_000
BLOCK = 100  # of one way, before the other's turn
SHORTEST = """SELECT invoice.id FROM invoice JOIN customer ON customer.id = invoice.customer_id
    WHERE invoice.number = $1 AND customer.payer_code = $2"""
Pair = tuple[str, str]  # payer code, invoice number
Way = Callable[[str, str], Awaitable[object]]


def run(engine: str, files: Files, customers: int) -> None:
    print(f'\nLook-up on {engine}: one of {customers * RUNS:,} invoices')
    with installation(engine) as made:
        fill(made, files)
        asyncio.run(_measure(made.url, _pairs(files)))


def _pairs(files: Files) -> dict[str, list[Pair]]:
    """Those that exist, and the three ways not to."""
    chance = random.Random(2026)
    known = [(row[1], row[0]) for row in rows(files.invoices)]
    found = chance.sample(known, min(QUESTIONS, len(known)))
    shifted = found[1:] + found[:1]
    return {
        'found': found,
        "somebody else's invoice": [(code, number) for (code, _), (_, number) in zip(found, shifted, strict=True)],
        'no such payer': [('999999', number) for _, number in found],
        'newer than any': [(code, str(900_000_000 + place)) for place, (code, _) in enumerate(found)],
    }


async def _measure(url: str, pairs: dict[str, list[Pair]]) -> None:
    async with database(url):
        connection = get_connection('default')
        await connection.execute_query('ANALYZE')

        query = SHORTEST.replace('$', '?') if url.startswith('sqlite') else SHORTEST

        async def shortest(payer_code: str, number: str) -> object:
            return await connection.execute_query(query, [number, payer_code])

        for what, questions in pairs.items():
            raw, ours = await _alternately(questions, shortest, look_up)
            beside = f'{ratio(ours, raw):.2f} × the shortest ({share(raw, 0.5):.0f} µs, p95 {share(raw, 0.95):.0f})'
            say(what, f'{share(ours, 0.5):.0f} µs, p95 {share(ours, 0.95):.0f}', beside)


async def _alternately(questions: list[Pair], *ways: Way) -> list[list[float]]:
    """A hundred by one way, the same hundred by the other; microseconds each."""
    taken: list[list[float]] = [[] for _ in ways]
    left = iter(questions)
    while block := list(islice(left, BLOCK)):
        for way, figures in zip(ways, taken, strict=True):
            for pair in block:
                began = time.perf_counter()
                await way(*pair)
                figures.append((time.perf_counter() - began) * 1e6)
    return taken
