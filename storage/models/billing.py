"""What the billing program exports, and the runs that brought it (domain/billing).

An import brings its rows in small transactions and makes all of them visible by one short switch. Until then a new
customer or metering point stands there as gone, and a new invoice or reading belongs to a run that is not applied:
`Invoice.visible()` leaves those out, and so must every other reader.
"""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.indexes import Index
from tortoise.models import Model
from tortoise.queryset import QuerySet


class RunState(StrEnum):
    APPLYING = 'applying'  # its rows come in and nobody sees them, or it was killed there
    APPLIED = 'applied'
    UNCHANGED = 'unchanged'  # the files say what is known already
    REFUSED = 'refused'  # too many bad rows or vanishing payers, and nobody confirmed it again
    FAILED = 'failed'


class ImportRun(Model):
    """One import of billing data: from which files, by whom, with what result."""

    id = fields.IntField(primary_key=True)
    state = fields.CharEnumField(RunState, max_length=10)
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    by = fields.CharField(max_length=100)
    profile = fields.CharField(max_length=60, null=True)
    files: Any = fields.JSONField()  # name, SHA-256, bytes, encoding of each
    counts: Any = fields.JSONField()  # per kind of row: new, changed, unchanged, gone, back, bad
    problems: Any = fields.JSONField()  # the first of them, as the report shows them
    guessability: Any = fields.JSONField(null=True)  # of the newest billing run in it
    highest_number = fields.CharField(max_length=20, null=True)  # of its invoices
    backup = fields.CharField(max_length=300, null=True)  # the copy made before it

    class Meta:
        table = 'import_run'
        indexes = [Index(fields=['state'], name='import_run_by_state')]


class ImportProfile(Model):
    """How the columns of a utility's files are to be read, kept by name for the next month."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=60, unique=True)
    columns: Any = fields.JSONField()  # folded name of a column: the datum it holds, or nothing
    encoding = fields.CharField(max_length=20, null=True)
    fill_up = fields.BooleanField(default=False)  # codes that lost their leading zeros

    class Meta:
        table = 'import_profile'


class Customer(Model):
    """A payer as the billing program knows him, never deleted, only marked as gone."""

    id = fields.IntField(primary_key=True)
    payer_code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=200)
    address = fields.CharField(max_length=300)
    email = fields.CharField(max_length=254, null=True)
    search_key = fields.CharField(max_length=600, default='')
    tax_number_hmac = fields.CharField(max_length=64, null=True)
    tax_number_ending = fields.CharField(max_length=3, null=True)
    gone_at = fields.DatetimeField(null=True)
    came_with = fields.IntField(null=True)  # the import run that brought him

    class Meta:
        table = 'customer'
        indexes = [Index(fields=['tax_number_hmac'], name='customer_by_tax_number')]

    @classmethod
    def visible(cls) -> 'QuerySet[Customer]':
        """Those who are gone as well, but for the new ones of an import that is still going on."""
        return cls.filter(Q(gone_at=None) | _came_with_what_is_applied())


class MeteringPoint(Model):
    """A place that is supplied, with its meter. Never deleted by an import, only marked as gone."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=40, unique=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='metering_points', on_delete=fields.RESTRICT
    )
    address = fields.CharField(max_length=300)
    meter_serial = fields.CharField(max_length=40)
    service = fields.CharField(max_length=100)
    gone_at = fields.DatetimeField(null=True)
    came_with = fields.IntField(null=True)

    class Meta:
        table = 'metering_point'
        indexes = [Index(fields=['customer_id'], name='metering_point_by_customer')]


class Invoice(Model):
    """A paper invoice. Its number proves the payer code once (`spent_by` is the registration that used it up)."""

    id = fields.IntField(primary_key=True)
    number = fields.CharField(max_length=20, unique=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='invoices', on_delete=fields.RESTRICT
    )
    issued_on = fields.DateField()
    period_from = fields.DateField(null=True)
    period_to = fields.DateField(null=True)
    due_on = fields.DateField(null=True)
    amount = fields.DecimalField(max_digits=12, decimal_places=2)
    open_amount = fields.DecimalField(max_digits=12, decimal_places=2)
    reference = fields.CharField(max_length=35, null=True)
    spent_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        'models.Account', related_name='spent_invoices', null=True, on_delete=fields.SET_NULL
    )
    came_with = fields.IntField(null=True)  # the import run; no foreign key, which would cost a look-up a row

    class Meta:
        table = 'invoice'
        indexes = [Index(fields=['customer_id', 'issued_on'], name='invoice_by_customer')]

    @classmethod
    def visible(cls) -> 'QuerySet[Invoice]':
        """Without those of an import that is still going on."""
        return cls.filter(_came_with_what_is_applied())


class MeterReading(Model):
    """What a meter showed on a day (cubic metres, or the unit of its service), and how that is known."""

    id = fields.IntField(primary_key=True)
    metering_point: fields.ForeignKeyRelation[MeteringPoint] = fields.ForeignKeyField(
        'models.MeteringPoint', related_name='readings', on_delete=fields.RESTRICT
    )
    meter_serial = fields.CharField(max_length=40)
    read_on = fields.DateField()
    state = fields.DecimalField(max_digits=12, decimal_places=3)
    origin = fields.CharField(max_length=40)
    came_with = fields.IntField(null=True)

    class Meta:
        table = 'meter_reading'
        unique_together = (('metering_point', 'meter_serial', 'read_on'),)


def _came_with_what_is_applied() -> Q:
    return Q(came_with=None) | Q(came_with__in=Subquery(ImportRun.filter(state=RunState.APPLIED).values('id')))
