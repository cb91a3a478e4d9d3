"""Who may see what: accounts, their accesses to payer codes, links in letters, browsers that are let in."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.models.billing import Customer, Invoice


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
    proven_by_issued: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        'models.IssuedControlNumber', related_name='proofs', null=True, on_delete=fields.SET_NULL
    )  # in place of an invoice
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


class ParkedRegistration(Model):
    """A registration by an invoice newer than the billing data, which waits for the next import (domain/parking.py)."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='parked', on_delete=fields.CASCADE
    )
    payer_code = fields.CharField(max_length=20)
    control_number = fields.CharField(max_length=20)
    further_proofs: Any = fields.JSONField()  # keyed hashes of what else was asked and typed, by kind
    since = fields.DatetimeField()
    imports_seen = fields.IntField(default=0)
    last_import = fields.IntField(null=True)  # the run it was compared with last
    ended_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=30, null=True)

    class Meta:
        table = 'parked_registration'
        indexes = [
            Index(fields=['account_id'], name='parked_by_account'),
            Index(fields=['ended_at'], name='parked_by_end'),
        ]


class Link(Model):
    """An address in a letter that acts once, for an account, a request, or somebody of the staff.

    Neither this table nor the outbox holds its token (domain/links.py).
    """

    id = fields.UUIDField(primary_key=True)
    purpose = fields.CharField(max_length=20)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='links', null=True, on_delete=fields.CASCADE
    )
    request: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        'models.AccessRequest', related_name='links', null=True, on_delete=fields.CASCADE
    )
    staff: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        'models.Staff', related_name='links', null=True, on_delete=fields.CASCADE
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    issued_at = fields.DatetimeField()
    valid_until = fields.DatetimeField(null=True)  # counts from the moment the letter is handed over
    used_at = fields.DatetimeField(null=True)
    replaced_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'link'
        indexes = [
            Index(fields=['account_id', 'purpose'], name='link_by_account'),
            Index(fields=['request_id'], name='link_by_request'),
            Index(fields=['staff_id'], name='link_by_staff'),
        ]


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
