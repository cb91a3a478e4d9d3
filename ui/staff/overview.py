"""Numbers of the last weeks, and what is wrong just now."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date

from domain import clock
from domain.form import label
from domain.language import Message, _, _n
from domain.registration import Registration
from domain.setting_types import FurtherProof
from domain.staff.alarms import Alarm
from domain.staff.attempt_words import REGISTRATION
from domain.staff.overview import BINS, GivingUp, Overview, ProofBudget, Waiting, overview
from domain.staff.permission import Officer
from ui.elements import Element, heading, said
from ui.session import language
from ui.staff.charts import bars, lines, table

TITLE = _('Overview')
DAY, HOUR = 24 * 60, 60  # minutes
INSTEAD = {
    FurtherProof.NONE: _('Once it is used up, registrations pause, and the portal leads to the request.'),
    FurtherProof.AMOUNT_DUE: _('Once it is used up, everybody who registers is asked for the amount due as well.'),
    FurtherProof.METERING_POINT: _('Once it is used up, everybody who registers is asked for the metering point code '
                                   'as well.'),
    FurtherProof.TAX_NUMBER: _('Once it is used up, everybody who registers is asked for the tax number as well.'),
}  # fmt: skip


async def page(me: Officer) -> None:
    heading(TITLE, _('The last thirty days in numbers, without persons.'))
    found = await overview(me)
    _alarms(found.alarms)
    with Element('div', '', 'halves'):
        _per_day(found, _('Registrations and confirmations'), ('registered', _('Registrations')),
                 ('confirmed', _('Confirmations')))  # fmt: skip
        _per_day(found, _('Requests and refusals'), ('requested', _('Requests')), ('refused', _('Refusals')))
        _waiting(found.waiting)
        _giving_up(found)
        _refusals(found)
        _proofs(found.proofs)


def _alarms(alarms: Sequence[Alarm]) -> None:
    with Element('section', id='alarms', aria_label=_('Alarms')):
        for alarm in alarms:
            with Element('div', '', 'banner', data_alarm=alarm.kind):
                Element('strong', alarm.sentence)
                Element('p', alarm.advice)
        if not alarms:
            Element('p', _('Nothing is wrong just now.'), 'done-note')


def _per_day(found: Overview, title: Message, *series: tuple[str, Message]) -> None:
    with Element('section', '', 'card'):
        Element('h2', title)
        numbers = [(name, found.per_day[what]) for what, name in series]
        sums = ', '.join(f'{said(name)}: {sum(each)}' for name, each in numbers)
        Element('p', sums, 'hint')
        lines(title, [_short(day) for day in found.days], numbers)
        newest_first = zip(reversed(found.days), *(reversed(each) for _name, each in numbers), strict=True)
        names = [name for name, _each in numbers]
        table(title, [_('Day'), *names], [(_long(day), *each) for day, *each in newest_first])


def _waiting(waiting: Waiting) -> None:
    title = _('From the registration to the confirmation')
    with Element('section', '', 'card'):
        Element('h2', title)
        if waiting.median is None or waiting.slow is None:
            Element('p', _('Nobody has confirmed a registration yet.'), 'hint')
            return
        both = {'median': _within(waiting.median), 'slow': _within(waiting.slow)}
        Element('p', _('Half of them confirm {median}, nine of ten {slow}.', **both), id='median')
        names = [said(_bin(begin, end)) for begin, end in zip(BINS, [*BINS[1:], None], strict=True)]
        bars(title, names, [(_('Registrations'), waiting.bars)])
        table(title, [_('Time'), _('Registrations')], list(zip(names, waiting.bars, strict=True)))


def _giving_up(found: Overview) -> None:
    title = _('Where people give up')
    fields: list[GivingUp] = [one for one in found.giving_up if one.wrong or one.left]
    with Element('section', '', 'card'):
        Element('h2', title)
        Element('p', _n('The registration was opened {n} time.', 'The registration was opened {n} times.',
                        found.opened), 'hint')  # fmt: skip
        if not fields:
            Element('p', _('Nobody has given up yet.'), 'hint')
            return
        names = [said(_field(one.field)) for one in fields]
        wrong, left = [one.wrong for one in fields], [one.left for one in fields]
        series = [(_('wrong on “Register”'), wrong), (_('touched last, then left'), left)]
        bars(title, names, series)
        table(title, [_('Field'), *(name for name, _each in series)], list(zip(names, wrong, left, strict=True)))


def _refusals(found: Overview) -> None:
    title = _('Why registrations were refused')
    rows: list[tuple[Message | str, int]] = [(REGISTRATION.get(why, why), n) for why, n in found.refusals.items()]
    rows += [(_('The characters from the picture were wrong.'), found.pictures_wrong)] if found.pictures_wrong else []
    rows += [(_('A script filled in the field that no person sees.'), found.bait_taken)] if found.bait_taken else []
    with Element('section', '', 'card'):
        Element('h2', title)
        if rows:
            table(title, [_('Reason'), _('How often')], rows)
        else:
            Element('p', _('None was refused.'), 'hint')


def _proofs(proofs: ProofBudget) -> None:
    with Element('section', '', 'card'):
        Element('h2', _('Failed proofs today'))
        Element('p', _('{used} of {limit} are used.', used=proofs.used, limit=proofs.limit), 'state', id='proofs')
        Element('progress', max=proofs.limit, value=min(proofs.used, proofs.limit),
                aria_label=_('Failed proofs today'))  # fmt: skip
        Element('p', INSTEAD[proofs.instead])
        if proofs.anew_at:
            when = clock.day_and_time(proofs.anew_at, language())
            Element('p', _('Counted anew from: {when}', when=when), 'hint')


def _field(name: str) -> Message:
    return _('Consent') if name == 'consent' else label(Registration(), name)


def _short(day: date) -> str:
    return format_date(day, 'd. M.' if language() == 'sl' else 'd MMM', locale=language())


def _long(day: date) -> str:
    return format_date(day, 'EEE, d. M. y' if language() == 'sl' else 'EEE d MMM y', locale=language())


def _within(minutes: int) -> Message:
    if minutes < 1:
        return _('within a minute')
    if minutes < 2 * HOUR:
        return _n('within {n} minute', 'within {n} minutes', minutes + 1)
    if minutes < 2 * DAY:
        return _n('within {n} hour', 'within {n} hours', minutes // HOUR + 1)
    return _n('within {n} day', 'within {n} days', minutes // DAY + 1)


def _bin(begin: int, end: int | None) -> Message:
    """»5–10 min«, »1–6 h«."""
    if end is None:
        return _('over {n} h', n=begin // HOUR)
    unit, name = (HOUR, 'h') if begin >= HOUR else (1, 'min')
    return _('{begin}–{end} {unit}', begin=begin // unit, end=end // unit, unit=name)
