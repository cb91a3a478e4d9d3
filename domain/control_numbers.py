"""Control numbers for customers without an invoice (manual, 1.2): made by staff, good once, for 21 days.

Both the number and the token of the link that opens the registration filled in are derived from a random id, so that
no table, outbox or backup holds them.
"""

from uuid import UUID, uuid4

from domain import clock, links
from domain.keys import derived, keyed_hash
from domain.settings import settings
from storage.models import AccessRequest, Account, Customer, Invoice, IssuedControlNumber

PATH = '/vabilo'


async def issue(
    customer: Customer, *, by_staff: int | None = None, request: AccessRequest | None = None
) -> IssuedControlNumber:
    """Inside the caller's transaction. Earlier ones of this customer that nobody used are cancelled."""
    now = clock.now()
    await cancel(customer)
    identity = await _unlike_any_invoice()
    return await IssuedControlNumber.create(
        id=identity, number_hash=number_hash(customer.payer_code, number(identity)),
        token_hash=links.hash_of(links.token(identity)), customer=customer, request=request, issued_by_id=by_staff,
        issued_at=now, valid_until=now + settings().control_number_valid_for,
    )  # fmt: skip


async def cancel(customer: Customer) -> None:
    """No number issued to this customer works any longer, but for those that a registration has used."""
    unused = IssuedControlNumber.filter(customer=customer, used_at=None, cancelled_at=None)
    await unused.update(cancelled_at=clock.now())


async def invited(token: object) -> IssuedControlNumber | None:
    """The number behind the link of an answer, if it is still good."""
    if not links.is_token(token):
        return None
    named = IssuedControlNumber.filter(token_hash=links.hash_of(token))
    issued = await named.select_related('customer').first()
    return issued if issued and is_good(issued) else None


async def use_up(issued: IssuedControlNumber, account: Account) -> None:
    """By a confirmed registration, in its transaction."""
    await IssuedControlNumber.filter(id=issued.id, used_at=None).update(used_at=clock.now(), spent_by=account)


async def invites(token: object, payer_code: object, typed: object) -> bool:
    """Whether the link of an answer was opened for exactly these two numbers."""
    issued = await invited(token)
    return issued is not None and (payer_code, typed) == (issued.customer.payer_code, number(issued.id))


def is_good(issued: IssuedControlNumber) -> bool:
    return not (issued.used_at or issued.cancelled_at) and clock.now() < issued.valid_until


def number(identity: UUID) -> str:
    """As many digits as an invoice number has, the first of them not 0, which people leave out."""
    lowest = 10 ** (settings().invoice_number_length - 1)
    drawn = int.from_bytes(derived('control number', identity.bytes))
    return str(lowest + drawn % (9 * lowest))


def told(issued: IssuedControlNumber, language: str) -> dict[str, object]:
    """What the answer tells, in a letter or on paper; the row comes with its customer."""
    return {
        'payer_code': issued.customer.payer_code,
        'control_number': number(issued.id),
        'invitation': f'{settings().public_url}{PATH}/{links.token(issued.id)}',
        'number_valid_until': clock.day(issued.valid_until, language),
    }


def number_hash(payer_code: str, typed: str) -> str:
    """How an issued number is kept: with the code that it was issued to."""
    return keyed_hash('issued control number', f'{payer_code}\0{typed}')


async def _unlike_any_invoice() -> UUID:
    while await Invoice.filter(number=number(identity := uuid4())).exists():
        pass
    return identity
