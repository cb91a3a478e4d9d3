"""How a request ends (manual, 1.2: »boste prejeli uporabniško ime in kontrolno številko«), and taking that back.

A letter that a clerk causes becomes due when the time for taking it back is over, so that undoing never chases one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from domain import clock, control_numbers, links, outbox
from domain.checks import has_text
from domain.form import entry, valid
from domain.language import Message, _
from domain.links import ADDITION
from domain.request_form import lines
from domain.settings import settings
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer, needs
from domain.staff.requests import found, holder, is_open, move, take_free, taken_by_another, written
from storage.models import (
    Access,
    AccessRequest,
    AccessState,
    Customer,
    IssuedControlNumber,
    NoteKind,
    RequestState,
    Role,
)

ANSWER, QUESTION, REJECTION = 'request_answer', 'request_question', 'request_rejected'
REASONS = (  # to pick from and to change, said in the language of the customer
    _('The data in the request do not match those that we have about the payer. Please check them and write again.'),
    _('At this metering point somebody else is the payer. The request has to come from the payer.'),
    _('We do not supply this address, or it is not in our register.'),
    _('You have access to the ePortal already. Sign in with your username and password.'),
)
QUESTIONS = (
    _('Please tell us the metering point code. It stands on the invoice and in the Access Contract.'),
    _('Please tell us the tax number of the payer, so that we can find you for sure.'),
    _('Please tell us the name and surname of the payer as they stand on the invoice.'),
)


@dataclass(kw_only=True)
class Question:
    question: str = entry(
        _('What is missing'), has_text(_('Write what the customer should tell us.')), tidy=lines, lines=True
    )


@dataclass(kw_only=True)
class Reason:
    reason: str = entry(_('Reason'), has_text(_('Write the reason.')), tidy=lines, lines=True)


@dataclass(frozen=True)
class Paper:
    """The answer as it is printed for post or counter."""

    request: AccessRequest
    payer_code: str
    control_number: str
    number_valid_until: str
    recipient: str
    street: str
    town: str


@needs(Role.CLERK)
async def answer(by: Officer, request_id: int, customer_id: int, *, knows_of_access: bool = False) -> None:
    """With username and control number, by letter."""
    async with in_transaction():
        request = await _held(by, request_id)
        _require_address(request)
        customer = await _customer(customer_id, knows_of_access=knows_of_access)
        until = await _end(request, RequestState.ANSWERED, customer_id=customer.id)
        issued = await control_numbers.issue(customer, by_staff=by.staff_id, request=request)
        await _queue(ANSWER, request, until, customer=customer, issued=issued)
        await by.did('request answered', f'request:{request.id}', customer=f'customer:{customer.id}')


@needs(Role.CLERK)
async def answer_on_paper(by: Officer, request_id: int, customer_id: int, *, knows_of_access: bool = False) -> None:
    """The same, to be printed."""
    async with in_transaction():
        request = await _held(by, request_id)
        customer = await _customer(customer_id, knows_of_access=knows_of_access)
        await _end(request, RequestState.ANSWERED, customer_id=customer.id)
        await control_numbers.issue(customer, by_staff=by.staff_id, request=request)
        await by.did('request answered', f'request:{request.id}', customer=f'customer:{customer.id}', on='paper')


@needs(Role.CLERK)
async def ask(by: Officer, request_id: int, form: Question) -> None:
    """For what is missing; the letter holds the link to add it."""
    text = valid(form).question
    async with in_transaction():
        request = await _held(by, request_id)
        _require_address(request)
        until = await _deed(request, RequestState.WAITING)
        note = await written(by, request, NoteKind.QUESTION, text)
        link = await links.issue(ADDITION, request)
        await _queue(QUESTION, request, until, note=note, link=link)
        await by.did('request question', f'request:{request.id}')


@needs(Role.CLERK)
async def reject(by: Officer, request_id: int, form: Reason) -> None:
    """With a reason, by letter."""
    text = valid(form).reason
    async with in_transaction():
        request = await _held(by, request_id)
        _require_address(request)
        until = await _end(request, RequestState.REJECTED)
        note = await written(by, request, NoteKind.REASON, text)
        await _queue(REJECTION, request, until, note=note)
        await by.did('request rejected', f'request:{request.id}')


@needs(Role.CLERK)
async def reject_silently(by: Officer, request_id: int) -> None:
    """Nobody is told: for nonsense, and for whom a letter would help to guess."""
    async with in_transaction():
        request = await _held(by, request_id)
        await _end(request, RequestState.REJECTED)
        await by.did('request rejected', f'request:{request.id}', silently=True)


@needs(Role.CLERK)
async def printed(by: Officer, request_id: int) -> Paper:
    """What stands on the paper, while the number is good. Each look at it is on record."""
    request = await found(request_id)
    issued = await issued_for(request) if request.state == RequestState.ANSWERED else None
    if issued is None or not control_numbers.is_good(issued):
        raise NotPossible(_('There is no control number to print: the request is not answered, or the number ended.'))
    told = control_numbers.told(issued, request.language)
    async with in_transaction():
        await by.did('answer printed', f'request:{request.id}', customer=f'customer:{issued.customer.id}')
    street, _comma, town = issued.customer.address.rpartition(', ')
    return Paper(
        request, str(told['payer_code']), str(told['control_number']), str(told['number_valid_until']),
        issued.customer.name, street, town,
    )  # fmt: skip


def may_undo(request: AccessRequest, by: Officer) -> bool:
    until = request.undo_until
    return bool(until and request.state_before and until > clock.now() and holder(request) == by.staff_id)


async def issued_for(request: AccessRequest) -> IssuedControlNumber | None:
    """The newest control number of this request."""
    mine = IssuedControlNumber.filter(request=request, cancelled_at=None)
    return await mine.order_by('-issued_at').select_related('customer').first()


async def _held(by: Officer, request_id: int) -> AccessRequest:
    """Open, and this clerk's; whoever ends one that nobody has taken takes it by that."""
    request = await found(request_id)
    if holder(request) == by.staff_id and is_open(request):
        return request
    if is_open(request) and holder(request) is not None:
        raise NotPossible(taken_by_another(request))
    await take_free(by, request)
    return request


async def _customer(customer_id: int, *, knows_of_access: bool) -> Customer:
    customer = await Customer.get_or_none(id=customer_id) if type(customer_id) is int else None
    if customer is None:
        raise NotPossible(_('Choose the customer first.'))
    if customer.gone_at:
        raise NotPossible(_('{name} is no longer in the register of payers.', name=customer.name))
    active = Access.filter(customer=customer, state=AccessState.ACTIVE)
    if knows_of_access is not True and await active.exists():
        raise NotPossible(has_access(customer))
    return customer


def has_access(customer: Customer) -> Message:
    return _(
        '{name} ({code}) has access to the ePortal already. Who registers with the answer gets a letter that says so.',
        name=customer.name, code=customer.payer_code,
    )  # fmt: skip


def _require_address(request: AccessRequest) -> None:
    if not request.email:
        raise NotPossible(_('The request has no e-mail address. Answer on paper, or call.'))
    if request.confirmed_at is None:
        raise NotPossible(
            _('The e-mail address is not confirmed. Send the confirmation again, vouch for it, or answer on paper.')
        )


async def _end(request: AccessRequest, state: RequestState, **columns: Any) -> datetime:
    return await _deed(request, state, ended_at=clock.now(), open_for=None, **columns)


async def _deed(request: AccessRequest, state: RequestState, **columns: Any) -> datetime:
    """Until when it can be taken back."""
    until = clock.now() + settings().undo_for
    await move(request, state=state, state_before=request.state, undo_until=until, **columns)
    return until


async def _queue(kind: str, request: AccessRequest, due_at: datetime, **about: Any) -> None:
    await outbox.queue(kind, str(request.email), request.language, due_at=due_at, request=request, **about)
