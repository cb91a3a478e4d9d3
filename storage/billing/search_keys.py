"""Under what a customer is found, where a file says who he is and not where he lives."""

from collections.abc import Callable

from storage.billing.kinds import Scope

AT_ONCE = 1_000


async def refold(scope: Scope, folded: Callable[[str], str]) -> None:
    """The staged search key of those who change: of the new name with the address that is known."""
    if 'customer' not in scope.provided or 'search_key' in scope.provided['customer']:
        return
    rows = await scope.store.rows(
        "SELECT s.row, s.name || ' ' || l.address FROM changed_customer c JOIN staged_customer s ON s.row = c.row "
        'JOIN customer l ON l.id = c.live_id'
    )
    for first in range(0, len(rows), AT_ONCE):
        some = [(row, folded(said)) for row, said in rows[first : first + AT_ONCE]]
        values = ', '.join(['(CAST(? AS bigint), ?)'] * len(some))
        await scope.store.run(
            f'WITH found (place, key) AS (VALUES {values}) UPDATE staged_customer SET search_key = found.key '
            'FROM found WHERE staged_customer.row = found.place',
            *(value for pair in some for value in pair),
        )
