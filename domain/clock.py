"""The only clock: UTC in, Europe/Ljubljana out."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

LJUBLJANA = ZoneInfo('Europe/Ljubljana')


def now() -> datetime:
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds, for waits within one process; a moved wall clock does not touch it."""
    return time.monotonic()


def day_and_time(at: datetime, language: str) -> str:
    """»sreda, 25. 11. 2026 ob 17.40«, in Ljubljana."""
    pattern = "EEEE, d. M. y 'ob' H.mm" if language == 'sl' else "EEEE, d MMMM y 'at' H:mm"
    return format_datetime(at, pattern, tzinfo=LJUBLJANA, locale=language)


def time_of_day(at: datetime, language: str) -> str:
    """»17.40«, in Ljubljana."""
    return format_datetime(at, 'H.mm' if language == 'sl' else 'H:mm', tzinfo=LJUBLJANA, locale=language)


def day(at: datetime, language: str) -> str:
    """»31. 1. 2020«, in Ljubljana."""
    return format_datetime(at, 'd. M. y' if language == 'sl' else 'd MMMM y', tzinfo=LJUBLJANA, locale=language)
