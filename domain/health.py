"""Whether the portal can do its work, for `/readyz` and for `app.py doctor`."""

from typing import Any

from tortoise.exceptions import BaseORMException

from domain import clock, outbox
from storage.database import pending_migrations, schema_version


async def readiness() -> dict[str, Any]:
    """Database, schema version, and for how many seconds the oldest letter has waited."""
    try:
        version, missing = await schema_version(), await pending_migrations()
        oldest = await outbox.oldest_unsent()
    except (BaseORMException, OSError) as problem:
        return {'ready': False, 'database': type(problem).__name__}
    waiting = (clock.now() - oldest).total_seconds() if oldest else 0
    return {
        'ready': not missing,
        'database': 'ok',
        'schema': version,
        'schema_is_current': not missing,
        'oldest_unsent_letter_seconds': round(waiting),
    }
