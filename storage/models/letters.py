"""The outbox."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.models.access import Account, Link
from storage.models.billing import Customer
from storage.models.requests import AccessRequest, IssuedControlNumber, RequestNote


class LetterState(StrEnum):
    QUEUED = 'queued'
    LEASED = 'leased'
    SENT = 'sent'  # the mail server said 250
    REFUSED = 'refused'  # the mail server said no for good, or 48 hours have passed
    WITHDRAWN = 'withdrawn'  # before it was sent: undone, or its address was corrected


class Letter(Model):
    """The outbox. A letter is rendered when it is sent, from what it refers to."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=30)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='letters', null=True, on_delete=fields.CASCADE
    )
    request: fields.ForeignKeyNullableRelation[AccessRequest] = fields.ForeignKeyField(
        'models.AccessRequest', related_name='letters', null=True, on_delete=fields.CASCADE
    )
    issued: fields.ForeignKeyNullableRelation[IssuedControlNumber] = fields.ForeignKeyField(
        'models.IssuedControlNumber', related_name='letters', null=True, on_delete=fields.SET_NULL
    )
    note: fields.ForeignKeyNullableRelation[RequestNote] = fields.ForeignKeyField(
        'models.RequestNote', related_name='letters', null=True, on_delete=fields.SET_NULL
    )  # the question or the reason that it tells
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
            Index(fields=['request_id'], name='letter_by_request'),
            Index(fields=['created_at'], name='letter_by_time'),
        ]
