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
from storage.models.requests import (
    OPEN_STATES,
    AccessRequest,
    IssuedControlNumber,
    NoteKind,
    RequestNote,
    RequestOrigin,
    RequestState,
)
from storage.models.staff import AuditEvent, AuditHead, DailyCount, RecoveryCode, Role, Staff, StaffSession

__all__ = [
    'OPEN_STATES', 'Access', 'AccessRequest', 'AccessState', 'Account', 'Attempt', 'AttemptLog', 'AuditEvent',
    'AuditHead', 'Customer', 'DailyCount', 'ImportProfile', 'ImportRun', 'Invoice', 'IssuedControlNumber', 'Letter',
    'LetterState', 'Link', 'MeterReading', 'MeteringPoint', 'NoteKind', 'ParkedRegistration', 'RecoveryCode',
    'RequestNote', 'RequestOrigin', 'RequestState', 'Role', 'RunState', 'Session', 'SessionKind', 'Staff',
    'StaffSession',
]  # fmt: skip
