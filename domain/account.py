"""What a signed-in customer sees of himself (manual, 2: the access that the confirmation opened)."""

from dataclasses import dataclass

from storage.models import Access, AccessState, Account, Customer


@dataclass(frozen=True)
class Overview:
    account: Account
    customers: list[Customer]


async def overview(account: Account) -> Overview:
    """The payer codes that this account may see: asked by the account, never by what a page says."""
    accesses = await Access.filter(account=account, state=AccessState.ACTIVE).select_related('customer').order_by('id')
    return Overview(account, [access.customer for access in accesses])
