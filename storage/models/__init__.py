"""The tables. Times are UTC, uniqueness is the database's work, money is Decimal (euros).

Docstrings become comments in the schema, and Tortoise splits that at semicolons: write none in them.
"""

from storage.models.access import Access, AccessState, Account, Link, ParkedRegistration, Session, SessionKind
from storage.models.attempts import Attempt, AttemptLog
from storage.models.billing import (
    Customer,
    ImportProfile,
    ImportRun,
    Invoice,
    MeteringPoint,
    MeterReading,
    RunState,
)
from storage.models.letters import Letter, LetterState

__all__ = [
    'Access', 'AccessState', 'Account', 'Attempt', 'AttemptLog', 'Customer', 'ImportProfile', 'ImportRun', 'Invoice',
    'Letter', 'LetterState', 'Link', 'MeterReading', 'MeteringPoint', 'ParkedRegistration', 'RunState', 'Session',
    'SessionKind',
]  # fmt: skip
