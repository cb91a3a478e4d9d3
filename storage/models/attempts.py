"""Counters of budgets, and what was tried."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Attempt(Model):
    """A counter of a budget. `key` is a keyed hash: neither names nor addresses can be read from it."""

    key = fields.CharField(max_length=64, primary_key=True)
    count = fields.IntField(default=0)
    started_at = fields.DatetimeField()  # of the window that is being counted
    paused_until = fields.DatetimeField(null=True)

    class Meta:
        table = 'attempt'
        indexes = [Index(fields=['started_at'], name='attempt_by_start')]


class AttemptLog(Model):
    """What was tried and why it truly failed, for staff, kept 30 days. `about` is a well-formed payer code or null."""

    id = fields.IntField(primary_key=True)
    at = fields.DatetimeField()
    what = fields.CharField(max_length=20)
    about = fields.CharField(max_length=20, null=True)
    address = fields.CharField(max_length=45)
    outcome = fields.CharField(max_length=30)

    class Meta:
        table = 'attempt_log'
        indexes = [
            Index(fields=['at'], name='attempt_log_by_time'),
            Index(fields=['about', 'at'], name='attempt_log_by_code'),
        ]
