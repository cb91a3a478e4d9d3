"""The opaque subjects of the audit trail and the people behind them, as far as they are still known."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from domain.checks import address, digits
from domain.language import Message
from domain.staff.audit_words import ACTORS, KINDS
from storage.models import Access, AccessRequest, Account, Customer, Letter, Staff

REFERENCE = re.compile(r'(20\d\d)-0*(\d{1,9})')


async def named(found: Collection[str], language: str) -> dict[str, str]:
    """A name for each subject; one that was erased keeps its number."""
    words = {actor: message.said_in(language) for actor, message in ACTORS.items()}
    ids = defaultdict(list)
    for subject in found:
        kind, _colon, number = subject.partition(':')
        if kind in KINDS and re.fullmatch(r'\d{1,9}', number):
            words[subject] = Message(KINDS[kind].text, facts={'n': number}).said_in(language)
            ids[kind].append(int(number))
    for kind in ids:
        words |= {f'{kind}:{number}': name for number, name in (await _names(kind, ids[kind])).items()}
    return words


async def _names(kind: str, ids: list[int]) -> dict[int, str]:
    if kind == 'staff':
        return {row.id: row.name for row in await Staff.filter(id__in=ids)}
    if kind == 'customer':
        return {row.id: f'{row.name} ({row.payer_code})' for row in await Customer.filter(id__in=ids)}
    if kind == 'request':
        return {row.id: f'{row.name} ({row.reference})' for row in await AccessRequest.filter(id__in=ids)}
    if kind == 'account':
        return {row.id: row.email for row in await Account.filter(id__in=ids)}
    if kind == 'letter':
        return {row.id: f'{row.recipient} ({row.id})' for row in await Letter.filter(id__in=ids)}
    return {}


async def staff_names(actors: Iterable[str]) -> dict[str, str]:
    """»staff:3« → »Marija Kos«, of those who are staff."""
    ids = {int(actor.removeprefix('staff:')) for actor in actors if actor.startswith('staff:')}
    return {f'staff:{number}': name for number, name in (await _names('staff', list(ids))).items()}


async def subjects(typed: str) -> list[str]:
    """Whom somebody may mean: a payer code with its accesses and requests, one request, or staff."""
    if reference := REFERENCE.fullmatch(typed.strip()):
        return await _request(int(reference[1]), int(reference[2]))
    if '@' in typed:
        email = address(typed).lower()
        staff = [f'staff:{number}' for number in await _ids(Staff.filter(email=email))]
        return staff + [f'account:{number}' for number in await _ids(Account.filter(email__iexact=email))]
    if customer := await Customer.get_or_none(payer_code=digits(typed)[:20]):
        accounts = await Access.filter(customer=customer).values_list('account_id', flat=True)
        requests = await _ids(AccessRequest.filter(customer=customer))
        return [
            f'customer:{customer.id}', *(f'account:{number}' for number in accounts),
            *(f'request:{number}' for number in requests),
        ]  # fmt: skip
    return []


async def _request(year: int, number: int) -> list[str]:
    """The audit trail remembers a request that has been erased, so it need not be there any longer."""
    request = await AccessRequest.get_or_none(id=number)
    return [f'request:{number}'] if request is None or request.created_at.year == year else []


async def _ids(query: Any) -> list[int]:
    return [int(number) for number in await query.values_list('id', flat=True)]
