"""The import at the command line: the dry run's report, the questions, the bar (README, "Import")."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from domain.billing.columns import suggested
from domain.billing.guessing import Guessability
from domain.billing.importing import Doubtful, NotNow, Prepared, note_refusal, prepared
from domain.billing.labels import DATUM_NAMES, KIND_NAMES
from domain.billing.profiles import DATA, keep, mapped, require_name
from domain.billing.report import Report
from domain.billing.verdicts import FileRefused
from domain.billing.worker import File, How
from domain.folding import folded
from domain.form import Rejected
from domain.language import Message, _
from ui.import_view import ImportView, datum_of


class Exit(IntEnum):
    """What a cron job can tell apart; 2 is for settings and database."""

    DONE = 0
    NOT_READ = 1
    NOT_CONFIRMED = 3
    BUSY = 4
    ROWS_LEFT_OUT = 5


LEFT_OUT = '-'  # the answer that leaves a column out
_STEPS: Mapping[str, Message] = {
    'read': _('Reading'), 'compare': _('Comparing'), 'backup': _('Making a backup'), 'switch': _('Making visible'),
    **KIND_NAMES,
}  # fmt: skip


@dataclass
class Request:
    """What was typed at the command line."""

    files: list[Path]
    how: How
    by: str
    profile: str | None = None
    dry_run: bool = False
    as_json: bool = False
    yes: bool = False
    confirmed_again: bool = False
    report_file: Path | None = None
    language: str = 'sl'


class ImportConsole:
    def __init__(self, request: Request) -> None:
        self._asked = request
        self._view = ImportView(request.language, beside=request.as_json)
        self._files = [File.at(path) for path in request.files]
        self._asks = sys.stdin.isatty() and not request.as_json

    async def run(self) -> Exit:
        try:
            return await self._run()
        except FileRefused as refusal:
            self._view.say(_('{file}: {sentence}.', file=refusal.file, sentence=refusal.sentence))
            if refusal.columns is not None:
                self._view.columns(refusal.columns)
                if self._asks and self._map(refusal.columns['titles']):
                    return await self.run()
                self._say_how_to_map(refusal.columns['titles'])
            return await self._refused(refusal)
        except NotNow:
            self._view.say(_('Another import is going on, or was faster. Nothing was changed; try again.'))
            return self._end(Exit.BUSY, {'busy': True})

    async def _refused(self, refusal: FileRefused) -> Exit:
        if not self._asked.dry_run:
            await note_refusal(self._files, refusal, by=self._asked.by, profile=self._asked.profile)
        told = {'refused': refusal.file, 'why': self._said(refusal.sentence), 'columns': refusal.columns}
        return self._end(Exit.NOT_READ, told)

    async def _run(self) -> Exit:
        async with AsyncExitStack() as stack:
            with self._bar('read') as progress:
                ready = await stack.enter_async_context(prepared(self._files, self._asked.how, progress))
            self._view.report(ready.report)
            self._view.console.print()
            if self._asked.report_file and not self._is_written(ready.report, self._asked.report_file):
                return self._end(Exit.NOT_READ, ready.report.as_json(self._asked.language))
            return await self._decide(ready)

    async def _decide(self, ready: Prepared) -> Exit:
        """Nothing is applied that nobody confirmed."""
        asked, report = self._asked, ready.report
        told = report.as_json(asked.language)
        if asked.dry_run:
            self._view.say(_('Dry run: nothing was written.'))
            return self._end(Exit.NOT_CONFIRMED if report.doubts else _verdict(report), told)
        if report.differs and not self._confirmed(report):
            self._view.say(_('Not confirmed: nothing was written.'))
            return self._end(Exit.NOT_CONFIRMED, told)
        try:
            with self._bar('switch') as progress:
                run = await ready.apply(
                    by=asked.by, profile=asked.profile, confirmed_again=asked.confirmed_again, progress=progress
                )
        except Doubtful:
            self._view.say(_('Refused; to apply it all the same, add --confirm-again.'))
            return self._end(Exit.NOT_CONFIRMED, told)
        if asked.profile:
            await keep(asked.profile, asked.how)
        self._say_done(run, report)
        seconds = (run.finished_at - run.started_at).total_seconds()
        told |= {'run': run.id, 'state': run.state, 'seconds': seconds, 'guessability': run.guessability}
        return self._end(_verdict(report), told)

    def _confirmed(self, report: Report) -> bool:
        """Twice where there is a doubt."""
        asked = self._asked
        if asked.yes or not self._asks:
            return asked.yes
        if not self._agrees(_('Apply this?')):
            return False
        if report.doubts and not asked.confirmed_again:
            asked.confirmed_again = self._agrees(_('Really, in spite of the warning?'))
            return asked.confirmed_again
        return True

    def _agrees(self, question: Message) -> bool:
        hint = self._said(_('y/N'))
        said = typer.prompt(f'{self._said(question)} [{hint}]', default='', show_default=False)
        return said.strip().casefold() in ('y', 'yes', 'd', 'da')

    def _say_done(self, run: Any, report: Report) -> None:
        if not report.differs:
            self._view.say(_('Nothing has changed: all of it was known already.'))
            return
        self._view.say(_('Done: everything is visible now.'))
        if run.backup:
            self._view.say(_('How it was before: {backup}', backup=run.backup))
        if run.guessability:
            self._view.say(Guessability(**run.guessability).sentence)

    def _say_how_to_map(self, titles: Sequence[str]) -> None:
        title = next((title for title in titles if title and not suggested(title)), titles[0])
        self._view.say(_("Say which column is which, and keep it: --column '{title}=payer_code' --profile NAME",
                         title=title))  # fmt: skip
        self._view.say(_('A column may hold: {data}', data=', '.join(DATA)))

    def _map(self, titles: Sequence[str]) -> bool:
        """By hand, once; False if nobody says anything."""
        self._view.console.print()
        self._view.say(_('A column may hold:'))
        self._view.choices()
        self._view.say(_('Type the number for each column; Enter takes what is proposed, - leaves the column out.'))
        before = self._asked.how.columns
        told = {title: self._answer(title, before.get(folded(title), suggested(title))) for title in titles if title}
        if before == before | mapped(told):
            return False
        self._asked.how = replace(self._asked.how, columns=before | mapped(told))
        self._asked.profile = self._name_of_profile()
        return True

    def _answer(self, title: str, proposed: str | None) -> str:
        number = str([*DATUM_NAMES].index(proposed) + 1) if proposed in DATUM_NAMES else LEFT_OUT
        while (said := typer.prompt(f'  {title}', default=number).strip()) != LEFT_OUT:
            if datum := datum_of(said):
                return datum
            self._view.say(_('There is no such number in the list.'))
        return ''

    def _name_of_profile(self) -> str | None:
        while name := typer.prompt(
            self._said(_('Keep it for the next time, by this name')), default=self._asked.profile or ''
        ).strip():
            try:
                require_name(name)
            except Rejected as rejection:
                self._view.say(rejection.problems['profile'])
            else:
                break
        return name or None

    def _is_written(self, report: Report, file: Path) -> bool:
        try:
            file.write_text(report.as_csv(self._asked.language), encoding='utf-8-sig', newline='')
        except OSError as problem:
            self._view.say(_('The report cannot be written to {file} ({reason}); nothing was changed.', file=str(file),
                             reason=problem.strerror))  # fmt: skip
            return False
        return True

    @contextmanager
    def _bar(self, first: str) -> Iterator[Callable[[str, int, int | None], None]]:
        columns = (SpinnerColumn(), TextColumn('{task.description}'), BarColumn(), TaskProgressColumn(show_speed=True))
        out = self._view.console
        bar = Progress(*columns, console=out, transient=True, disable=not out.is_terminal)
        task = bar.add_task(self._said(_STEPS[first]), total=None)
        with bar:
            yield lambda step, done, total: bar.update(
                task, description=self._said(_STEPS[step]), completed=done, total=total
            )

    def _said(self, message: Message) -> str:
        return self._view.said(message)

    def _end(self, verdict: Exit, told: Mapping[str, Any]) -> Exit:
        if self._asked.as_json:
            typer.echo(json.dumps({'exit': int(verdict), **told}, ensure_ascii=False))
        return verdict


def _verdict(report: Report) -> Exit:
    return Exit.ROWS_LEFT_OUT if report.bad else Exit.DONE
