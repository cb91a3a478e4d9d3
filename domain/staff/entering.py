"""A clerk enters a request that came by e-mail, by phone or in person (manual, 1.2: the e-mail way stays)."""

from dataclasses import dataclass
from typing import Any

from tortoise.transactions import in_transaction

from domain import checks, clock
from domain.form import entry, valid
from domain.further_proof import is_metering_point, is_tax_number, normal_tax_number
from domain.language import LANGUAGES, Message, _
from domain.request import columns, open_key, search_key
from domain.request_form import Request, one_line, unless_empty
from domain.staff.permission import Officer, needs
from storage.models import OPEN_STATES, AccessRequest, RequestOrigin, RequestState, Role

ORIGINS: dict[str, Message] = {
    RequestOrigin.PHONE.value: _('by phone'),
    RequestOrigin.MAIL.value: _('by e-mail'),
    RequestOrigin.IN_PERSON.value: _('in person'),
}


class OpenAlready(Exception):
    """The same person waits already."""

    def __init__(self, request_id: int, reference: str) -> None:
        super().__init__(request_id)
        self.request_id, self.reference = request_id, reference


def _is_origin(value: str, _form: Any) -> Message | None:
    return None if value in ORIGINS else _('Choose how it came.')


def _is_language(value: str, _form: Any) -> Message | None:
    return None if value in LANGUAGES else _('Choose the language of the letters.')


@dataclass(kw_only=True)
class Entered(Request):
    """The customer's form, and what only the clerk knows."""

    origin: str = entry(_('How it came'), _is_origin)
    language: str = entry(_('Language of the letters'), _is_language)
    metering_point: str = entry(
        _('Metering point code'), unless_empty(is_metering_point), tidy=one_line,
        hint=_('As on the invoice, for example {sample}'),
    )  # fmt: skip
    tax_number: str = entry(
        _('Tax number'), unless_empty(is_tax_number), tidy=normal_tax_number,
        hint=_('8 digits; only the last three can be seen afterwards'),
    )  # fmt: skip
    email: str = entry(
        _('E-mail address (optional)'), unless_empty(checks.is_email), tidy=checks.address,
        hint=_('You vouch for it: the answer goes there without a confirmation. Without one you answer on paper.'),
    )  # fmt: skip


@needs(Role.CLERK)
async def enter(by: Officer, form: Entered) -> int:
    """The id of the new request; raises `Rejected`, or `OpenAlready` with the one that is to be used instead."""
    form, now = valid(form), clock.now()
    async with in_transaction():
        if same := await _open_already(form):
            raise OpenAlready(same.id, same.reference)
        request = await AccessRequest.create(
            state=RequestState.NEW, origin=RequestOrigin(form.origin), language=form.language, created_at=now,
            confirmed_at=now if form.email else None, **columns(form),
        )  # fmt: skip
        await by.did('request entered', f'request:{request.id}', origin=request.origin.value)
    return request.id


async def _open_already(form: Entered) -> AccessRequest | None:
    """By the address, as customers' own are joined; without one by name and place."""
    waiting = AccessRequest.filter(state__in=OPEN_STATES)
    if form.email and (same := await waiting.filter(open_for=open_key(form.full_name, form.email)).first()):
        return same
    return await waiting.filter(search_key=search_key(form.full_name, form.address)).order_by('id').first()
