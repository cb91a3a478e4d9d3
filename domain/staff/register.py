"""Looking somebody up among a hundred thousand customers: by what is theirs alone, then by words."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from domain.folding import folded
from domain.further_proof import normal_metering_point
from domain.settings import settings
from domain.staff.likeness import house_number, name_words, street_words
from storage.models import Access, AccessRequest, AccessState, Customer, MeteringPoint

AT_MOST = 60  # customers of each way of looking; more than that tell nobody apart
FOUND_AT_MOST = 12  # for a clerk who types
LONGEST_TYPED = 100  # characters


@dataclass(frozen=True)
class Known:
    """A customer with what stands around him in the register."""

    customer: Customer
    points: list[MeteringPoint]
    has_access: bool


async def known(customers: Iterable[Customer]) -> list[Known]:
    by_id = {customer.id: customer for customer in customers}
    points: defaultdict[int, list[MeteringPoint]] = defaultdict(list)
    for point in await MeteringPoint.filter(customer_id__in=list(by_id), gone_at=None).order_by('code'):
        points[point.customer_id].append(point)  # type: ignore[attr-defined]
    active = Access.filter(customer_id__in=list(by_id), state=AccessState.ACTIVE)
    let_in = {int(str(number)) for number in await active.values_list('customer_id', flat=True)}
    return [Known(customer, points[number], number in let_in) for number, customer in by_id.items()]


async def near(request: AccessRequest) -> list[Customer]:
    """Everybody who may be meant, each once."""
    found: dict[int, Customer] = {}
    if (owner := await by_metering_point(request.metering_point)) is not None:
        found |= {owner: await Customer.get(id=owner)}
    for condition in _conditions(request):
        found |= {customer.id: customer for customer in await Customer.filter(condition).limit(AT_MOST)}
    return list(found.values())


async def by_metering_point(typed: str) -> int | None:
    """The customer's id. Codes are kept as the billing program writes them, and typed as people do."""
    code = normal_metering_point(typed)
    digits = max(re.findall(r'\d+', code), key=len, default='')
    if not digits:
        return None
    letters = code.removesuffix(digits)
    written = {typed.strip(), code, f'{letters}-{digits}', f'{letters} {digits}'}
    points = await MeteringPoint.filter(code__in=list(written), gone_at=None)
    points = points or await MeteringPoint.filter(code__contains=digits, gone_at=None).limit(AT_MOST)
    owners = {point.customer_id for point in points if normal_metering_point(point.code) == code}  # type: ignore[attr-defined]
    return owners.pop() if len(owners) == 1 else None


async def typed_in(typed: str) -> list[Customer]:
    """What a clerk types to find somebody: each word has to be there."""
    typed = typed[:LONGEST_TYPED].strip()
    words = folded(typed).split()
    if not words or len(''.join(words)) < 2:
        return []
    found = {c.id: c for c in await Customer.filter(all_of(words)).order_by('search_key', 'id').limit(FOUND_AT_MOST)}
    if len(words) == 1 and words[0].isdigit() and len(words[0]) <= settings().payer_code_length:
        by_code = Customer.filter(payer_code__startswith=words[0]).order_by('payer_code').limit(FOUND_AT_MOST)
        found = {c.id: c for c in await by_code} | found
    if (owner := await by_metering_point(typed)) is not None:
        found = {owner: await Customer.get(id=owner)} | found
    return list(found.values())[:FOUND_AT_MOST]


def _conditions(request: AccessRequest) -> list[Q]:
    """Whatever is theirs alone first; then the same words, beginnings of words, the same house, a rare name."""
    names = [word for word in name_words(request.name) if len(word) > 2]
    house = re.sub(r'\D', '', house_number(request.address))
    street = [word for word in street_words(request.address) if len(word) > 2]
    conditions = []
    if request.tax_number_hmac:
        conditions.append(Q(tax_number_hmac=request.tax_number_hmac))
    if request.email:
        conditions.append(Q(email__iexact=request.email))
    if names:
        conditions += [
            all_of(names),
            all_of([word[:4] for word in names]),
            all_of([word[-4:] for word in names]),
        ]
        conditions += [all_of([word, *street[:1]]) for word in names if street]
        conditions += [all_of([word[:4], *street[:1], house]) for word in names if street and house]
        conditions.append(all_of([max(names, key=len)]))
    if street and house:
        conditions.append(all_of([*(word[:4] for word in street[:2]), house]))
    return conditions


def all_of(words: Iterable[str]) -> Q:
    """Each of them, somewhere in the folded name and address."""
    conditions: list[Any] = [Q(search_key__contains=word) for word in words]
    return Q(*conditions)
