"""The one question behind every proof, in the databases' own words: Tortoise would take four, and longer for each."""

from datetime import datetime
from decimal import Decimal
from itertools import count
from re import sub
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.connection import get_connection

# Beginning with a row of its own it does the same work, and answers, whether or not the pair is found. The highest
# number is what the runs have kept: to look for it among the invoices would walk over all those of a run that is just
# being applied, and be heard to do so. Only before the first run it is looked for, upwards from the given number.
# `visible(…)` leaves out rows of an import that is still being applied, as `Invoice.visible` does.
_QUESTION = """
SELECT pair.invoice_id, pair.customer_id, pair.amount, pair.spent_by_id, pair.tax_number_hmac,
  (SELECT count(*) FROM invoice newer
    WHERE newer.customer_id = pair.customer_id AND newer.issued_on > pair.issued_on AND visible(newer)),
  CASE WHEN EXISTS (SELECT 1 FROM import_run WHERE state = 'applied' AND highest_number IS NOT NULL)
    THEN ? > (SELECT max(highest_number) FROM import_run WHERE state = 'applied')
    ELSE NOT EXISTS (SELECT 1 FROM invoice later
        WHERE later.number >= ? AND length(later.number) = ? AND visible(later))
      AND EXISTS (SELECT 1 FROM invoice known WHERE length(known.number) = ? AND visible(known)) END,
  (SELECT max(id) FROM import_run WHERE state = 'applied'),
  issued.id, issued.customer_id, issued.used_at, issued.cancelled_at, issued.valid_until
FROM (SELECT 1 AS one) always LEFT JOIN (
  SELECT invoice.id AS invoice_id, invoice.customer_id, invoice.amount, invoice.spent_by_id, invoice.issued_on,
    customer.tax_number_hmac
  FROM invoice JOIN customer ON customer.id = invoice.customer_id
  WHERE invoice.number = ? AND customer.payer_code = ? AND customer.gone_at IS NULL AND visible(invoice)
) pair ON 1 = 1 LEFT JOIN (
  SELECT made.id, made.customer_id, made.used_at, made.cancelled_at, made.valid_until
  FROM issued_control_number made JOIN customer ON customer.id = made.customer_id
  WHERE made.number_hash = ? AND customer.gone_at IS NULL
) issued ON 1 = 1"""
_VISIBLE = r"""(\1.came_with IS NULL
    OR EXISTS (SELECT 1 FROM import_run WHERE import_run.id = \1.came_with AND import_run.state = 'applied'))"""
_FOR_SQLITE = sub(r'visible\((\w+)\)', _VISIBLE, _QUESTION)
_places = count(1)
_FOR_POSTGRES = sub(r'\?', lambda _place: f'${next(_places)}', _FOR_SQLITE)


class Pair(NamedTuple):
    """An invoice of the customer with this code, or a number that staff issued to him."""

    invoice_id: int | None
    customer_id: int
    amount: Decimal
    is_spent: bool
    newer: int  # invoices of the same customer
    tax_number_hmac: str | None
    issued_id: UUID | None = None


class Issued(NamedTuple):
    """A number that staff issued, whatever has become of it."""

    id: UUID
    customer_id: int
    is_used: bool
    is_cancelled: bool
    valid_until: datetime

    @property
    def pair(self) -> Pair:
        return Pair(None, self.customer_id, Decimal(0), False, 0, None, self.id)


class Answer(NamedTuple):
    pair: Pair | None
    is_beyond: bool  # the number is higher than any that we know
    newest_run: int | None  # the import whose data this answer rests on
    issued: Issued | None = None


async def look_up(payer_code: str, control_number: str, issued_hash: str = '') -> Answer:
    """As of one moment: one statement sees one state of the data. `issued_hash`: as issued numbers are kept."""
    connection = get_connection('default')
    query = _FOR_SQLITE if connection.capabilities.dialect == 'sqlite' else _FOR_POSTGRES
    length = len(control_number)
    values = [control_number, control_number, length, length, control_number, payer_code, issued_hash]
    _, rows = await connection.execute_query(query, values)
    invoice_id, customer_id, amount, spent_by, tax_number_hmac, newer, is_beyond, newest_run, *issued = tuple(rows[0])
    pair = None
    if invoice_id is not None:
        pair = Pair(invoice_id, customer_id, Decimal(amount), spent_by is not None, newer, tax_number_hmac)
    return Answer(pair, bool(is_beyond), newest_run, _issued(*issued))


def _issued(identity: Any, customer_id: int, used_at: Any, cancelled_at: Any, until: Any) -> Issued | None:
    """SQLite answers in texts, PostgreSQL in values."""
    if identity is None:
        return None
    valid_until = until if isinstance(until, datetime) else datetime.fromisoformat(until)
    return Issued(UUID(str(identity)), customer_id, used_at is not None, cancelled_at is not None, valid_until)
