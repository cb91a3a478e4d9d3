"""Where a customer stands on the way from the invoice to the access: what is active, what waits, and for what."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from domain import links
from domain.correspondence import FIRST
from domain.links import ACTIVATION
from storage.models import Access, AccessState, Account, Customer, Letter, Link, ParkedRegistration


class Shown(StrEnum):
    """The state of the access, as a word in a list."""

    NONE = 'none'
    WAITING = 'waiting'  # for the link in the letter
    ACTIVE = 'active'
    FROZEN = 'frozen'
    HELD = 'held'  # proven while somebody else had it
    PARKED = 'parked'  # for newer data


@dataclass(frozen=True)
class Standing:
    customer: Customer
    active: Access | None = None
    pending: Access | None = None
    held: list[Access] = field(default_factory=list)
    ended: list[Access] = field(default_factory=list)
    parked: list[ParkedRegistration] = field(default_factory=list)  # those that still wait
    letter: Letter | None = None  # the newest of what waits
    link: Link | None = None

    @property
    def shown(self) -> Shown:
        if self.active:
            return Shown.FROZEN if self.active.account.frozen_at else Shown.ACTIVE
        if self.pending:
            return Shown.WAITING
        if self.held:
            return Shown.HELD
        return Shown.PARKED if self.parked else Shown.NONE

    @property
    def waiting(self) -> Account | None:
        """Whose letter can be sent again and whose address corrected: the newest of what waits."""
        if self.pending:
            return self.pending.account
        return self.parked[-1].account if self.parked else None

    @property
    def accesses(self) -> list[Access]:
        """All of them, the newest first."""
        every = [*([self.active] if self.active else []), *([self.pending] if self.pending else [])]
        return sorted([*every, *self.held, *self.ended], key=lambda access: access.id, reverse=True)


async def standing(customer: Customer) -> Standing:
    by_state = defaultdict(list)
    for access in await Access.filter(customer=customer).order_by('id').select_related('account', 'customer'):
        by_state[access.state].append(access)
    parked = ParkedRegistration.filter(payer_code=customer.payer_code, ended_at=None)
    known = Standing(
        customer, _last(by_state[AccessState.ACTIVE]), _last(by_state[AccessState.PENDING]),
        by_state[AccessState.HELD], by_state[AccessState.ENDED],
        await parked.order_by('id').select_related('account'),
    )  # fmt: skip
    return await _with_letter(known) if known.waiting else known


async def shown(customers: Collection[Customer]) -> dict[int, Shown]:
    """By the customer's id: of many at once."""
    found = {customer.id: Shown.NONE for customer in customers}
    ids = {customer.payer_code: customer.id for customer in customers}
    parked = ParkedRegistration.filter(payer_code__in=list(ids), ended_at=None)
    found |= {ids[str(code)]: Shown.PARKED for code in await parked.values_list('payer_code', flat=True)}
    names = {AccessState.HELD: Shown.HELD, AccessState.PENDING: Shown.WAITING, AccessState.ACTIVE: Shown.ACTIVE}
    living = Access.filter(customer_id__in=list(found), state__in=list(names)).select_related('account')
    for access in sorted(await living, key=lambda access: list(names).index(access.state)):  # what counts most, last
        frozen = access.state == AccessState.ACTIVE and access.account.frozen_at
        found[access.customer_id] = Shown.FROZEN if frozen else names[access.state]  # type: ignore[attr-defined]
    return found


async def _with_letter(known: Standing) -> Standing:
    account = known.waiting
    letter = await Letter.filter(account=account, kind__in=FIRST).order_by('-id').select_related('link').first()
    link = await Link.filter(account=account, purpose=ACTIVATION).order_by('-issued_at').first()
    return Standing(
        known.customer, known.active, known.pending, known.held, known.ended, known.parked, letter, link
    )  # fmt: skip


def has_expired(link: Link | None) -> bool:
    return link is not None and links.state(link) == links.LinkState.EXPIRED


def _last(accesses: list[Access]) -> Access | None:
    return accesses[-1] if accesses else None
