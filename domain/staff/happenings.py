"""Where the lines of a timeline come from: each table that knows something of a customer."""

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import timedelta

from tortoise.expressions import Q

from domain.language import Message, _
from domain.pauses import Counter
from domain.staff.attempt_words import PARKED, attempted
from domain.staff.audit_names import staff_names
from domain.staff.customers import OPENED
from domain.staff.deed_words import deed_words
from domain.staff.diagnosis import pause_words
from domain.staff.events import Event, Kind
from domain.staff.letter_words import fate, kind_of
from domain.staff.moment import moment
from domain.staff.replies import plain
from storage.models import (
    AccessRequest,
    Account,
    AttemptLog,
    AuditEvent,
    Customer,
    ImportRun,
    Invoice,
    IssuedControlNumber,
    Letter,
    ParkedRegistration,
    RunState,
    Session,
    SessionKind,
)

AT_MOST = 200  # of each table
TOGETHER = timedelta(seconds=5)  # what two tables say of the same moment
KIND_OF_ATTEMPT = {'sign-in': Kind.SIGN_IN}
Accounts = Sequence[Account]


async def imports(customer: Customer) -> list[Event]:
    """Those that brought the customer or invoices of his; what they changed in a row is not kept by the run."""
    invoices = await Invoice.visible().filter(customer=customer, came_with__isnull=False)
    brought = Tally(invoice.came_with for invoice in invoices)
    ids = {*brought, customer.came_with} - {None}
    found = [
        Event(run.finished_at or run.started_at, Kind.IMPORT, _import_words(run, customer, brought[run.id]))
        for run in await ImportRun.filter(id__in=list(ids) or [0], state=RunState.APPLIED)
    ]
    if customer.gone_at:
        found.append(Event(customer.gone_at, Kind.IMPORT, _('An import no longer listed the customer.')))
    return found


def _import_words(run: ImportRun, customer: Customer, invoices: int) -> Message:
    if run.id == customer.came_with:
        return _('Import no. {n} brought the customer; invoices in it: {invoices}.', n=run.id, invoices=invoices)
    return _('Import no. {n} brought new invoices: {invoices}.', n=run.id, invoices=invoices)


async def attempts(payer_code: str) -> list[Event]:
    """A sign-in that succeeded is told by its session."""
    tried = AttemptLog.filter(about=payer_code).filter(~Q(what='sign-in', outcome='signed in'))
    return [
        Event(
            row.at, KIND_OF_ATTEMPT.get(row.what, Kind.REGISTRATION), attempted(row.what, row.outcome),
            _('from {address}', address=row.address) if row.address else '',
        )
        for row in await tried.order_by('-id').limit(AT_MOST)
    ]  # fmt: skip


async def accounts(customer: Customer, known: Accounts) -> list[Event]:
    """Steps that the log no longer has: it forgets after 30 days."""
    logged = AttemptLog.filter(about=customer.payer_code, what__in=['registration', 'link'])
    times = [row.at for row in await logged.filter(outcome__in=['proven', 'parked', 'confirmed'])]
    found = []
    for account in known:
        steps = [(account.created_at, _('Registration with the address {email}.', email=account.email)),
                 (account.activated_at, _('Registration of {email} confirmed.', email=account.email))]  # fmt: skip
        for at, words in steps:
            if at and not any(abs(at - other) < TOGETHER for other in times):
                found.append(Event(at, Kind.REGISTRATION, words))
        if account.closed_at:
            ended = _('Access or registration of {email} ended.', email=account.email)
            found.append(Event(account.closed_at, Kind.REGISTRATION, ended))
    return found


async def letters(customer: Customer, known: Accounts) -> list[Event]:
    query = Letter.filter(Q(customer=customer) | Q(account_id__in=_ids(known)))
    return [_of_letter(letter) for letter in await query.order_by('-id').limit(AT_MOST)]


def _of_letter(letter: Letter) -> Event:
    kind, reply = kind_of(letter), plain(letter.last_reply)
    words = _('{kind}, to {email}. {fate}', kind=kind, email=letter.recipient, fate=fate(letter))
    if reply and letter.state != 'sent':
        words = _('{kind}, to {email}. {reply} {fate}', kind=kind, email=letter.recipient, reply=reply,
                  fate=fate(letter))  # fmt: skip
    return Event(letter.sent_at or letter.created_at, Kind.LETTER, words, letter.last_reply or '')


def pauses(in_force: Sequence[Counter]) -> list[Event]:
    return [Event(counter.since, Kind.PAUSE, pause_words(counter)) for counter in in_force]


async def sessions(known: Accounts) -> list[Event]:
    emails = {account.id: account.email for account in known}
    query = Session.filter(account_id__in=_ids(known), kind=SessionKind.CUSTOMER)
    return [
        Event(
            row.started_at, Kind.SIGN_IN,
            _('Signed in, with the address {email}.', email=emails[row.account_id]),  # type: ignore[attr-defined]
            _('signed out {at}', at=moment(row.ended_at)) if row.ended_at
            else _('last seen {at}', at=moment(row.last_seen_at)),
        )
        for row in await query.order_by('-id').limit(AT_MOST)
    ]  # fmt: skip


async def parked(payer_code: str) -> list[Event]:
    """How the wait of those ended that were newer than our data; how it began is in the log."""
    found = []
    for row in await ParkedRegistration.filter(payer_code=payer_code).order_by('-id').limit(AT_MOST):
        if row.ended_at:
            words = PARKED.get(row.outcome or '', _('The wait for newer data has ended.'))
            found.append(Event(row.ended_at, Kind.REGISTRATION, words))
    return found


async def numbers(customer: Customer) -> list[Event]:
    found = []
    for row in await IssuedControlNumber.filter(customer=customer).select_related('issued_by', 'spent_by'):
        by = row.issued_by.name if row.issued_by else '–'
        words = _('Control number issued by {name}, valid until {until}.', name=by, until=moment(row.valid_until))
        found.append(Event(row.issued_at, Kind.REGISTRATION, words))
        if row.used_at:
            used = _('The issued control number was used by a confirmed registration.')
            found.append(Event(row.used_at, Kind.REGISTRATION, used))
        elif row.cancelled_at:
            cancelled = _('The issued control number was withdrawn or replaced by a newer one.')
            found.append(Event(row.cancelled_at, Kind.REGISTRATION, cancelled))
    return found


async def requests(customer: Customer, known: Accounts) -> list[Event]:
    """Those that were answered with this customer, and those from an address of his."""
    emails = {account.email.lower() for account in known} | ({customer.email.lower()} if customer.email else set())
    query = AccessRequest.filter(Q(customer=customer) | Q(email__in=list(emails)))
    found = []
    for row in await query.order_by('-id').limit(AT_MOST):
        page = f'/uprava/zahtevki/{row.id}'
        found.append(Event(row.created_at, Kind.REQUEST, _('Request {n} came.', n=row.reference), row.name, page))
        if row.ended_at:
            found.append(Event(row.ended_at, Kind.REQUEST, _('Request {n} was closed.', n=row.reference), '', page))
    return found


async def deeds(customer: Customer, known: Accounts) -> list[Event]:
    subjects = [f'customer:{customer.id}', *(f'account:{number}' for number in _ids(known))]
    rows = await AuditEvent.filter(about__in=subjects).order_by('-id').limit(AT_MOST)
    names = await staff_names(row.actor for row in rows)
    return [
        Event(
            row.at, Kind.VIEW if row.what == OPENED else Kind.STAFF,
            _('{name}: {deed}', name=names.get(row.actor, row.actor), deed=deed_words(row.what, row.detail)),
        )
        for row in rows
    ]  # fmt: skip


def _ids(known: Accounts) -> list[int]:
    return [account.id for account in known] or [0]
