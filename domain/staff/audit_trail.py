"""The desk of the audit trail: who did what to whom, for administrators; filtered, verified, exported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from domain import audit, clock
from domain.checks import at_most
from domain.form import Rejected, entry, valid
from domain.language import Message, _
from domain.spreadsheet import table
from domain.staff.audit_names import named, subjects
from domain.staff.audit_words import ACTORS, details
from domain.staff.deed_words import ALL_DEEDS
from domain.staff.listing import Listing, Look, listed
from domain.staff.permission import Officer, needs
from storage.models import AuditEvent, Role, Staff

SORTS = {'at': 'id', 'who': 'actor', 'what': 'what', 'about': 'about'}
MOST_EXPORTED = 5_000  # rows
YEARS = range(2020, 2200)
CUSTOMERS = 'customers'  # as a choice of who did it
TITLES = (
    _('No.'), _('Time'), _('Who'), _('What'), _('About whom'), _('Details'), _('From address'),
)  # fmt: skip


def _is_day(value: str, _form: Any) -> Message | None:
    try:
        if value and date.fromisoformat(value).year not in YEARS:
            raise ValueError
    except ValueError:
        return _('Choose a day.')
    return None


def _not_before_first(value: str, form: Any) -> Message | None:
    return _('The last day is before the first one.') if value and value < str(form.first_day) else None


@dataclass(kw_only=True)
class Filter:
    """Empty where it does not matter."""

    first_day: str = entry(_('From day'), _is_day)
    last_day: str = entry(_('To day'), _is_day, _not_before_first)
    who: str = entry(_('Who'), at_most(60))
    what: str = entry(_('What'), at_most(40))
    about: str = entry(_('About whom'), at_most(254), hint=_('Payer code, request or e-mail'))


@dataclass(frozen=True)
class Event:
    """In the words of who looks at it; times are left to the page."""

    number: int
    at: datetime
    who: str
    what: str
    about: str
    details: str
    address: str


@dataclass(frozen=True)
class Export:
    csv: str
    rows: int
    total: int


@needs(Role.ADMINISTRATOR)
async def events(by: Officer, form: Filter, look: Look) -> Listing[Event]:
    """Raises `Rejected`."""
    found = await listed(await _filtered(valid(form)), look, SORTS)
    return Listing(await _told(found.rows, by.language), found.total, found.look)


@needs(Role.ADMINISTRATOR)
async def people(by: Officer) -> dict[str, Message | str]:
    """Who may have done something, for a choice."""
    staff = {f'staff:{row.id}': row.name for row in await Staff.all().order_by('name', 'id')}
    return {**staff, **ACTORS, CUSTOMERS: _('Customers who tried')}


@needs(Role.ADMINISTRATOR)
async def deeds(by: Officer) -> dict[str, str]:
    """What may have been done, in plain words and their order."""
    words = {what: message.said_in(by.language) for what, message in ALL_DEEDS.items()}
    return dict(sorted(words.items(), key=lambda pair: pair[1].casefold()))


@needs(Role.ADMINISTRATOR)
async def verified(by: Officer) -> int | None:
    """The number of the first event that does not fit; None for a whole chain."""
    broken = await audit.first_broken()
    found: dict[str, Any] = {'broken': broken} if broken else {}
    await by.did('audit verified', **found)
    return broken


@needs(Role.ADMINISTRATOR)
async def exported(by: Officer, form: Filter) -> Export:
    """What is filtered, the newest first, as CSV for a spreadsheet that runs none of it. Raises `Rejected`."""
    query = await _filtered(valid(form))
    total = await query.count()
    told = await _told(await query.order_by('-id').limit(MOST_EXPORTED), by.language)
    await by.did('audit exported', rows=len(told))
    return Export(_as_csv(told, by.language), len(told), total)


async def _filtered(form: Filter) -> QuerySet[AuditEvent]:
    query = AuditEvent.all()
    if form.first_day:
        query = query.filter(at__gte=_midnight(form.first_day))
    if form.last_day:
        query = query.filter(at__lt=_midnight(form.last_day, after=1))
    if form.who:
        query = query.filter(actor__startswith='account:') if form.who == CUSTOMERS else query.filter(actor=form.who)
    if form.what:
        query = query.filter(what=form.what)
    if form.about.strip():
        if not (about := await subjects(form.about)):
            raise Rejected(about=_('Nothing is known by this. Type it once more, or leave it empty.'))
        query = query.filter(Q(about__in=about) | Q(actor__in=about))
    return query


def _midnight(day: str, *, after: int = 0) -> datetime:
    """When that day begins in Ljubljana, in UTC, as the database compares it."""
    begins = date.fromisoformat(day) + timedelta(days=after)
    return datetime.combine(begins, time(), clock.LJUBLJANA).astimezone(UTC)


async def _told(rows: Sequence[AuditEvent], language: str) -> list[Event]:
    named_in_details = {value for row in rows for value in row.detail.values() if isinstance(value, str)}
    subjects_of_rows = {row.actor for row in rows} | {row.about for row in rows if row.about}
    names = await named(subjects_of_rows | named_in_details, language)
    return [
        Event(
            row.id, row.at, _name(row.actor, names), _deed(row.what, language), _name(row.about, names),
            details(row.detail, names, language), row.address,
        )
        for row in rows
    ]  # fmt: skip


def _deed(what: str, language: str) -> str:
    """One that has no words is shown as it is."""
    return ALL_DEEDS[what].said_in(language) if what in ALL_DEEDS else what


def _name(subject: str | None, names: Mapping[str, str]) -> str:
    return names.get(subject, subject) if subject else ''


def _as_csv(told: Sequence[Event], language: str) -> str:
    return table(TITLES, [_cells(event) for event in told], language)


def _cells(event: Event) -> list[str]:
    at = event.at.astimezone(clock.LJUBLJANA).isoformat(sep=' ', timespec='seconds')
    return [str(event.number), at, event.who, event.what, event.about, event.details, event.address]
