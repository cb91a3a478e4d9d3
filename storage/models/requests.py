"""Requests for the use of ePortal (manual, 1.2), and the control numbers that staff issue."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.models.access import Account
from storage.models.billing import Customer
from storage.models.staff import Staff


class RequestState(StrEnum):
    UNCONFIRMED = 'unconfirmed'  # nobody has opened the link in the letter yet
    NEW = 'new'
    TAKEN = 'taken'  # by one clerk
    WAITING = 'waiting'  # for the customer's addition
    REOPENED = 'reopened'  # the customer added something, or staff took it up again
    ANSWERED = 'answered'  # with a username and a control number
    REJECTED = 'rejected'


OPEN_STATES = (
    RequestState.UNCONFIRMED, RequestState.NEW, RequestState.TAKEN, RequestState.WAITING, RequestState.REOPENED,
)  # fmt: skip


class RequestOrigin(StrEnum):
    PORTAL = 'portal'
    MAIL = 'mail'
    PHONE = 'phone'
    IN_PERSON = 'in person'


class AccessRequest(Model):
    """Somebody who cannot register by himself. Tells nobody whether he is a customer. Only staff compare."""

    id = fields.IntField(primary_key=True)
    state = fields.CharEnumField(RequestState, max_length=12)
    origin = fields.CharEnumField(RequestOrigin, max_length=10)
    name = fields.CharField(max_length=200)
    address = fields.CharField(max_length=300)
    metering_point = fields.CharField(max_length=40, default='')  # as typed
    tax_number_hmac = fields.CharField(max_length=64, null=True)
    tax_number_ending = fields.CharField(max_length=3, null=True)
    email = fields.CharField(max_length=254, null=True)  # null where it came by phone or in person
    phone = fields.CharField(max_length=40, default='')
    message = fields.TextField(default='')
    language = fields.CharField(max_length=2)
    search_key = fields.CharField(max_length=600, default='')  # folded name and address
    open_for = fields.CharField(max_length=64, null=True, unique=True)  # keyed hash of who asks, while it is open
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)  # the e-mail address, by the link or by a clerk who vouches for it
    taken_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        'models.Staff', related_name='requests', null=True, on_delete=fields.SET_NULL
    )
    taken_at = fields.DatetimeField(null=True)
    customer: fields.ForeignKeyNullableRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='requests', null=True, on_delete=fields.SET_NULL
    )  # whom the answer named
    ended_at = fields.DatetimeField(null=True)  # answered or rejected
    undo_until = fields.DatetimeField(null=True)
    state_before = fields.CharEnumField(RequestState, max_length=12, null=True)  # of the last deed, to be undone

    class Meta:
        table = 'access_request'
        indexes = [
            Index(fields=['state', 'created_at'], name='access_request_by_state'),
            Index(fields=['email'], name='access_request_by_email'),
        ]

    @property
    def reference(self) -> str:
        """What letters and clerks call it: »2026-0412«."""
        return f'{self.created_at.year}-{self.id:04d}'


class NoteKind(StrEnum):
    NOTE = 'note'  # for staff only
    QUESTION = 'question'  # to the customer
    ADDITION = 'addition'  # by the customer
    REASON = 'reason'  # of a rejection, told to the customer unless it was silent


class RequestNote(Model):
    """What was written to a request after it came."""

    id = fields.IntField(primary_key=True)
    request: fields.ForeignKeyRelation[AccessRequest] = fields.ForeignKeyField(
        'models.AccessRequest', related_name='noted', on_delete=fields.CASCADE
    )
    at = fields.DatetimeField()
    kind = fields.CharEnumField(NoteKind, max_length=10)
    by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        'models.Staff', related_name='notes', null=True, on_delete=fields.SET_NULL
    )
    text = fields.TextField()

    class Meta:
        table = 'request_note'
        indexes = [Index(fields=['request_id'], name='request_note_by_request')]


class IssuedControlNumber(Model):
    """A one-time control number for a customer without an invoice: as many random digits as an invoice number has.

    Neither the number nor the token of its link stands here: both are derived (domain/control_numbers.py).
    """

    id = fields.UUIDField(primary_key=True)
    number_hash = fields.CharField(max_length=64, unique=True)  # keyed, of payer code and number together
    token_hash = fields.CharField(max_length=64, unique=True)  # of the link that opens the registration filled in
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='issued_numbers', on_delete=fields.RESTRICT
    )
    request: fields.ForeignKeyNullableRelation[AccessRequest] = fields.ForeignKeyField(
        'models.AccessRequest', related_name='issued_numbers', null=True, on_delete=fields.SET_NULL
    )
    issued_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        'models.Staff', related_name='issued_numbers', null=True, on_delete=fields.SET_NULL
    )
    issued_at = fields.DatetimeField()
    valid_until = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)  # by a confirmed registration
    spent_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        'models.Account', related_name='spent_numbers', null=True, on_delete=fields.SET_NULL
    )
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'issued_control_number'
        indexes = [Index(fields=['customer_id'], name='issued_control_number_by_customer')]
