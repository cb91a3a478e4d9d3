"""The tables. Times are UTC, uniqueness is the database's work, money is Decimal (euros).

Docstrings become comments in the schema, and Tortoise splits that at semicolons: write none in them.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


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

    class Meta:
        table = 'customer'
        indexes = [Index(fields=['tax_number_hmac'], name='customer_by_tax_number')]


class Account(Model):
    """Somebody's access to the portal: an address, a password, and when each step was taken."""

    id = fields.IntField(primary_key=True)
    email = fields.CharField(max_length=254)
    password_hash = fields.CharField(max_length=200)
    language = fields.CharField(max_length=2)
    terms_version = fields.CharField(max_length=20)
    terms_accepted_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    activated_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    frozen_at = fields.DatetimeField(null=True)
    last_sign_in_at = fields.DatetimeField(null=True)
    previous_sign_in_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'account'
        indexes = [Index(fields=['email'], name='account_by_email')]


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
    spent_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='spent_invoices', null=True, on_delete=fields.SET_NULL
    )

    class Meta:
        table = 'invoice'
        indexes = [Index(fields=['customer_id', 'issued_on'], name='invoice_by_customer')]


class AccessState(StrEnum):
    PENDING = 'pending'  # proven, waiting for the link in the letter
    HELD = 'held'  # proven, but somebody holds the code already: nothing to confirm
    ACTIVE = 'active'
    ENDED = 'ended'  # replaced by a newer registration, cancelled, given back or closed


class Access(Model):
    """Which account sees which payer code. The first holder is the one who signs in by the code.

    Two nullable unique columns stand for partial unique indexes, which Tortoise's migrations leave out.
    """

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='accesses', on_delete=fields.CASCADE
    )
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='accesses', on_delete=fields.RESTRICT
    )
    proven_by: fields.ForeignKeyNullableRelation[Invoice] = fields.ForeignKeyField(
        'models.Invoice', related_name='proofs', null=True, on_delete=fields.SET_NULL
    )
    state = fields.CharEnumField(AccessState, max_length=10)
    first_holder_of = fields.IntField(null=True, unique=True)  # the customer's id while active as first holder
    pending_for = fields.IntField(null=True, unique=True)  # the customer's id while pending
    since = fields.DatetimeField()
    until = fields.DatetimeField(null=True)

    class Meta:
        table = 'access'
        indexes = [
            Index(fields=['account_id'], name='access_by_account'),
            Index(fields=['customer_id'], name='access_by_customer'),
        ]


class Link(Model):
    """An address in a letter that acts once. Neither this table nor the outbox holds its token (domain/links.py)."""

    id = fields.UUIDField(primary_key=True)
    purpose = fields.CharField(max_length=20)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='links', on_delete=fields.CASCADE
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    issued_at = fields.DatetimeField()
    valid_until = fields.DatetimeField(null=True)  # counts from the moment the letter is handed over
    used_at = fields.DatetimeField(null=True)
    replaced_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'link'
        indexes = [Index(fields=['account_id', 'purpose'], name='link_by_account')]


class SessionKind(StrEnum):
    CUSTOMER = 'customer'  # signed in
    REGISTERING = 'registering'  # proved the numbers in this browser: may correct the address
    UNCONFIRMED = 'unconfirmed'  # right password before the confirmation: sees how the letter fares


class Session(Model):
    """A browser that is let in: the cookie's token is kept only as a keyed hash."""

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    kind = fields.CharEnumField(SessionKind, max_length=12)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='sessions', on_delete=fields.CASCADE
    )
    address_hash = fields.CharField(max_length=64)
    started_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'session'
        indexes = [Index(fields=['account_id'], name='session_by_account')]


class LetterState(StrEnum):
    QUEUED = 'queued'
    LEASED = 'leased'
    SENT = 'sent'  # the mail server said 250
    REFUSED = 'refused'  # the mail server said no for good, or 48 hours have passed


class Letter(Model):
    """The outbox. A letter is rendered when it is sent, from what it refers to."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=30)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='letters', on_delete=fields.CASCADE
    )
    customer: fields.ForeignKeyNullableRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='letters', null=True, on_delete=fields.SET_NULL
    )
    link: fields.ForeignKeyNullableRelation[Link] = fields.ForeignKeyField(
        'models.Link', related_name='letters', null=True, on_delete=fields.SET_NULL
    )
    recipient = fields.CharField(max_length=254)
    language = fields.CharField(max_length=2)
    message_id = fields.CharField(max_length=200, unique=True)
    state = fields.CharEnumField(LetterState, max_length=10, default=LetterState.QUEUED)
    attempts = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    leased_until = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    last_reply = fields.CharField(max_length=500, null=True)

    class Meta:
        table = 'letter'
        indexes = [
            Index(fields=['state', 'due_at'], name='letter_by_state'),
            Index(fields=['account_id'], name='letter_by_account'),
        ]


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
