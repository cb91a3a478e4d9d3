"""Who works here, the browsers they are let in with, and the trail of what they did."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Role(StrEnum):
    CLERK = 'clerk'
    ADMINISTRATOR = 'administrator'  # everything a clerk may, and staff, devices and the audit trail


class Staff(Model):
    """Somebody who works at the utility. Signs in by e-mail address, password and a second factor."""

    id = fields.IntField(primary_key=True)
    email = fields.CharField(max_length=254, unique=True)  # in lower case
    name = fields.CharField(max_length=100)
    role = fields.CharEnumField(Role, max_length=15)
    password_hash = fields.CharField(max_length=200, null=True)
    second_factor = fields.UUIDField(null=True)  # the TOTP secret is derived from it (domain/staff/second_factor.py)
    last_step = fields.IntField(default=0)  # of TOTP, so that no code acts twice
    created_at = fields.DatetimeField()
    set_up_at = fields.DatetimeField(null=True)
    disabled_at = fields.DatetimeField(null=True)
    last_sign_in_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'staff'


class RecoveryCode(Model):
    """Stands for the second factor once, when the phone is lost. Kept as a keyed hash."""

    id = fields.IntField(primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        'models.Staff', related_name='recovery_codes', on_delete=fields.CASCADE
    )
    code_hash = fields.CharField(max_length=64, unique=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'recovery_code'
        indexes = [Index(fields=['staff_id'], name='recovery_code_by_staff')]


class StaffSession(Model):
    """A browser in which somebody of the staff is signed in. No customer's session is ever one of these."""

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        'models.Staff', related_name='sessions', on_delete=fields.CASCADE
    )
    address = fields.CharField(max_length=45)
    started_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'staff_session'
        indexes = [Index(fields=['staff_id'], name='staff_session_by_staff')]


class AuditEvent(Model):
    """What was done to whom, by whom, from where. Append-only (triggers) and chained by hashes (domain/audit.py).

    Names nobody: `actor` and `about` are opaque, such as »staff:3« and »customer:17«.
    """

    id = fields.IntField(primary_key=True)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=60)
    what = fields.CharField(max_length=40)
    about = fields.CharField(max_length=40, null=True)
    detail: Any = fields.JSONField()  # purpose, kind of change, numbers, never personal data
    address = fields.CharField(max_length=45)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = 'audit_event'
        indexes = [
            Index(fields=['about'], name='audit_event_by_subject'),
            Index(fields=['actor'], name='audit_event_by_actor'),
        ]


class AuditHead(Model):
    """The end of the chain, one row: without it nobody would miss the newest events."""

    id = fields.IntField(primary_key=True)
    events = fields.IntField()
    hash = fields.CharField(max_length=64)

    class Meta:
        table = 'audit_head'


class DailyCount(Model):
    """How often something happened on a day (in Ljubljana): numbers for the overview, nothing about persons."""

    id = fields.IntField(primary_key=True)
    day = fields.DateField()
    what = fields.CharField(max_length=60)
    count = fields.IntField(default=0)

    class Meta:
        table = 'daily_count'
        unique_together = (('day', 'what'),)
