"""Who of the register may have sent a request (manual, 1.2): ranked, with a verdict on every datum.

`certain` is only what a clerk may answer without a second look: a number that nobody else has, the same name, nothing
that speaks against it, and nobody who comes near. A tenant at somebody else's metering point is never certain.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tortoise.transactions import in_transaction

from domain.further_proof import normal_metering_point
from domain.staff.likeness import NOTHING, Likeness, Verdict, addresses_alike, mistyped_once, names_alike
from domain.staff.permission import Officer, needs
from domain.staff.register import Known, by_metering_point, known, near, typed_in
from storage.models import AccessRequest, Customer, Role

SHOWN = 5
WORTH_SHOWING = 30  # points: about a matching surname at a matching address
NEAR = 25  # points; who is not that far behind comes near
UNLIKE = Likeness(Verdict.DIFFERS)


@dataclass(frozen=True)
class Candidate:
    customer: Customer
    name: Likeness
    address: Likeness
    metering_point: Verdict
    tax_number: Verdict
    email: Verdict
    shown_metering_point: str  # the one that was meant, else the customer's first
    shown_address: str  # the customer's, or the metering point's if that is the one that matches
    score: int
    has_access: bool = False
    certain: bool = False

    @property
    def is_gone(self) -> bool:
        return self.customer.gone_at is not None


@needs(Role.CLERK)
async def candidates(by: Officer, request_id: int, *, again: bool = False) -> list[Candidate]:
    """The best first. Showing them is on record, but for a page that shows them already (`again`)."""
    request = await AccessRequest.get(id=request_id)
    owner = await by_metering_point(request.metering_point)
    every = [_judged(request, one, owner) for one in await known(await near(request))]
    worth = sorted((c for c in every if c.score >= WORTH_SHOWING), key=_rank)
    if worth and _is_certain(worth[0], worth[1:]):
        worth[0] = replace(worth[0], certain=True)
    found = worth[:SHOWN]
    if not again:
        await _put_on_record(by, request, found)
    return found


@needs(Role.CLERK)
async def candidate(by: Officer, request_id: int, customer_id: int, *, again: bool = False) -> Candidate:
    """A customer whom the clerk has chosen by hand, or answered with, beside the request."""
    request = await AccessRequest.get(id=request_id)
    owner = await by_metering_point(request.metering_point)
    found = _judged(request, (await known([await Customer.get(id=customer_id)]))[0], owner)
    if not again:
        await _put_on_record(by, request, [found])
    return found


@needs(Role.CLERK)
async def customers_like(by: Officer, typed: str) -> list[Customer]:
    """By payer code, metering point, or words of name and address, whatever their accents and order."""
    return await typed_in(typed if isinstance(typed, str) else '')


def _judged(request: AccessRequest, one: Known, owner: int | None) -> Candidate:
    customer = one.customer
    name = names_alike(request.name, customer.name)
    places = [customer.address, *(point.address for point in one.points)]
    address, shown_address = max(
        ((addresses_alike(request.address, place), place) for place in places), key=lambda found: found[0].share
    )
    point, code = _metering_point(request, one, owner)
    tax = _same(request.tax_number_hmac, customer.tax_number_hmac)
    email = _same((request.email or '').lower(), (customer.email or '').lower())
    return Candidate(
        customer, name, address, point, tax, email, code, shown_address, _score(name, address, point, tax, email),
        has_access=one.has_access,
    )  # fmt: skip


def _metering_point(request: AccessRequest, one: Known, owner: int | None) -> tuple[Verdict, str]:
    """Mistyped is a code that nobody has; somebody else's differs, however near."""
    typed, codes = normal_metering_point(request.metering_point), [point.code for point in one.points]
    first = codes[0] if codes else ''
    if not typed or not codes:
        return Verdict.MISSING, first
    if owner is not None:
        same = [code for code in codes if normal_metering_point(code) == typed]
        return (Verdict.MATCH, same[0]) if same else (Verdict.DIFFERS, first)
    close = [code for code in codes if mistyped_once(normal_metering_point(code), typed)]
    return (Verdict.CLOSE, close[0]) if close else (Verdict.DIFFERS, first)


def _same(typed: str | None, kept: str | None) -> Verdict:
    if not typed or not kept:
        return Verdict.MISSING
    return Verdict.MATCH if typed == kept else Verdict.DIFFERS


def _score(name: Likeness, address: Likeness, point: Verdict, tax: Verdict, email: Verdict) -> int:
    """A tax number is one person's; a metering point is often the landlord's; a name is many people's."""
    points = 40 * name.share + 25 * address.share
    points -= 10 * (name.verdict == Verdict.DIFFERS and not name.share)
    points += {Verdict.MATCH: 55, Verdict.DIFFERS: -30}.get(tax, 0)
    points += {Verdict.MATCH: 40, Verdict.CLOSE: 15, Verdict.DIFFERS: -5}.get(point, 0)
    points += {Verdict.MATCH: 20}.get(email, 0)
    return round(points)


def _rank(one: Candidate) -> tuple[bool, int, str]:
    return one.is_gone, -one.score, one.customer.payer_code


def _is_certain(first: Candidate, others: Iterable[Candidate]) -> bool:
    if first.is_gone or Verdict.DIFFERS in (first.tax_number, first.metering_point, first.name.verdict):
        return False
    by_tax_number = first.tax_number == Verdict.MATCH and (first.name.exact or first.name.typed_amiss)
    by_place = first.metering_point == Verdict.MATCH and first.name.exact and first.address.verdict != Verdict.DIFFERS
    if not (by_tax_number or by_place):
        return False
    return not any(_comes_near(other, first, by_tax_number=by_tax_number) for other in others)


def _comes_near(other: Candidate, first: Candidate, *, by_tax_number: bool) -> bool:
    """Father and son of one name in one house come near each other, whatever the points say."""
    if other.score > first.score - NEAR:
        return True
    namesake = other.name.exact and other.address.verdict == Verdict.MATCH
    return other.tax_number == Verdict.MATCH != first.metering_point or (namesake and not by_tax_number)


async def _put_on_record(by: Officer, request: AccessRequest, found: list[Candidate]) -> None:
    async with in_transaction():
        for one in found:
            await by.did('customer viewed', f'customer:{one.customer.id}', purpose='request', request=request.id)


__all__ = ['NOTHING', 'Candidate', 'Likeness', 'Verdict', 'candidate', 'candidates', 'customers_like']
