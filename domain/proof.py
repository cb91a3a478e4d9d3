"""Does this payer own this code? The number of an invoice he received proves it (manual, 1.1: Kontrolna številka).

Payer codes and invoice numbers are short and often sequential, so failed proofs are counted per code, per address and
over the whole installation (trust.md, "the proof budget"). Only a failed proof is spent.
"""

from datetime import date

from domain import throttle
from domain.settings import settings
from domain.throttle import DAY, HOUR, MONTH, Budget
from domain.visitor import Visitor
from storage.models import Invoice


class ProofFailed(Exception):
    """The two numbers do not prove anything; whoever asks learns no more than that."""


async def prove(payer_code: str, control_number: str, by: Visitor) -> tuple[Invoice | None, str]:
    """The invoice that proves the code, and the true outcome for staff. To be called inside a transaction.

    The budget is taken before anything is looked up and given back on success. Raises `TooManyAttempts`.
    """
    spent = await throttle.spend(_budgets(payer_code, by))
    invoice = (
        await Invoice.filter(number=control_number, customer__payer_code=payer_code, customer__gone_at=None)
        .select_related('customer')
        .first()
    )
    outcome = await _outcome(invoice)
    if outcome != 'proven':
        return None, outcome
    await throttle.give_back(spent)
    return invoice, outcome


async def _outcome(invoice: Invoice | None) -> str:
    """Asks for newer invoices even when there is none to compare, so that both answers take the same time."""
    customer_id = invoice.customer_id if invoice else 0  # type: ignore[attr-defined]
    newer = await Invoice.filter(
        customer_id=customer_id, issued_on__gt=invoice.issued_on if invoice else date.max
    ).count()
    if invoice is None:
        return 'no such pair'
    if invoice.spent_by_id is not None:  # type: ignore[attr-defined]
        return 'invoice used up'
    return 'proven' if newer < settings().accepted_invoices else 'invoice too old'


def _budgets(payer_code: str, by: Visitor) -> list[Budget]:
    chosen = settings()
    return [
        Budget('proofs per code and day', payer_code, chosen.proofs_per_code_day, DAY),
        Budget('proofs per code and month', payer_code, chosen.proofs_per_code_month, MONTH),
        Budget('proofs per address and hour', by.network, chosen.proofs_per_address_hour, HOUR),
        Budget('proofs per address and day', by.network, chosen.proofs_per_address_day, DAY),
        Budget('proofs', '', chosen.proofs_per_day, DAY),
    ]
