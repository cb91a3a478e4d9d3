"""ePortal: the customer portal of a municipal utility. The command line, and the wiring of the parts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from domain.billing.profiles import chosen as how_to_read
from domain.billing.worker import How
from domain.form import Rejected
from domain.installation import opened, require_tables
from domain.language import known_language
from domain.settings import SettingsProblem, read, settings
from storage.backup import back_up
from storage.database import DatabaseProblem, check_integrity, database, migrate, only_server, sqlite_file
from ui import staff_console
from ui.commands import caller, explained, put_in_force
from ui.import_console import ImportConsole, Request
from ui.listening import free_port, listening

cli = typer.Typer(help=__doc__, add_completion=False, pretty_exceptions_enable=False)
cli.add_typer(staff_console.cli, name='staff')


@cli.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """ePortal: the customer portal of a municipal utility. Without a command it serves."""
    if context.invoked_subcommand is None:
        serve()


@cli.command()
def serve() -> None:
    """Serve the portal as the EPORTAL_… variables say (README, "Settings")."""
    with explained():
        put_in_force(read())
        _serve()


@cli.command()
def demo(
    port: Annotated[int | None, typer.Option(help='Port to listen on (default: EPORTAL_PORT or 8080).')] = None,
) -> None:
    """Serve with sample data, on this machine only; letters are received and shown at /posta."""
    from domain import sample_staff

    with explained():
        chosen: dict[str, object] = {'port': port} if port else {}
        put_in_force(read(demo=True, smtp_url=f'smtp://127.0.0.1:{free_port()}?tls=none', **chosen))
        url = settings().public_url
        _serve(
            f'ePortal is ready at {url} (Ctrl+C stops it)',
            f'Register at {url}/registracija',
            'with username (payer code) 123456 and control number (invoice number) 202000876.',
            f'The letter with the link arrives at {url}/posta',
            *sample_staff.greeting(),
            f'Everything is kept in {settings().data_dir.resolve()}; delete it to begin anew.',
        )


@cli.command('migrate')
def migrate_tables() -> None:
    """Create the tables, or bring them up to date."""
    with explained():
        put_in_force(read())
        applied = asyncio.run(_migrate())
        typer.echo(f'Applied {", ".join(applied)}.' if applied else 'The tables are up to date.')


@cli.command()
def doctor() -> None:
    """Check database, folders, mail server, captcha and time zone, and say what to do about each."""
    from domain.doctor import examine

    with explained():
        put_in_force(read())
        findings = asyncio.run(examine())
    for finding in findings:
        typer.echo(f'{finding.mark}  {finding.what}: {finding.words}')
    raise typer.Exit(0 if all(finding.fine or finding.optional for finding in findings) else 1)


@cli.command()
def backup(
    to: Annotated[Path | None, typer.Option(help='Folder for copies (default: backups in EPORTAL_DATA_DIR).')] = None,
) -> None:
    """Copy the embedded database, beside a running portal too, verify the copy, and remove the oldest ones."""
    with explained('ni naredil kopije / made no backup'):
        put_in_force(read())
        chosen = settings()
        copy = back_up(chosen.database_url, to or chosen.data_dir / 'backups', keep=chosen.backups_kept)
    typer.echo(f'{copy.resolve()}: {copy.stat().st_size / 1e6:.1f} MB, verified')


@cli.command('import')
def import_billing(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True)],
    profile: Annotated[str | None, typer.Option(help='How columns were mapped before; kept anew when applied.')] = None,
    column: Annotated[list[str] | None, typer.Option(help="What a column holds: 'TITLE=payer_code'.")] = None,
    encoding: Annotated[str | None, typer.Option(help='utf-8, utf-16, cp1250, iso8859-2 or cp852.')] = None,
    fill_up: Annotated[bool | None, typer.Option(help='Put back leading zeros that a spreadsheet swallowed.')] = None,
    dry_run: Annotated[bool, typer.Option('--dry-run', help='Check and compare only.')] = False,
    as_json: Annotated[bool, typer.Option('--json', help='One JSON object on the output, words beside it.')] = False,
    yes: Annotated[bool, typer.Option('--yes', help='Apply without asking.')] = False,
    confirm_again: Annotated[bool, typer.Option('--confirm-again', help='In spite of the warnings.')] = False,
    report: Annotated[Path | None, typer.Option(help='Write what is wrong as CSV.')] = None,
    language: Annotated[str, typer.Option(help='sl or en.')] = 'sl',
) -> None:
    """Load customers, metering points, invoices and readings from CSV, XLSX or DBF (README, "Import")."""
    with explained('ni uvozil ničesar / imported nothing'):
        put_in_force(read())
        asked = Request(
            files, How(), by=caller(), profile=profile, dry_run=dry_run,
            as_json=as_json, yes=yes, confirmed_again=confirm_again, report_file=report,
            language=known_language(language),
        )  # fmt: skip
        raise typer.Exit(asyncio.run(_import(asked, lambda: how_to_read(profile, column or [], encoding, fill_up))))


def _serve(*greeting: str) -> None:
    sockets = listening(settings())
    with only_server(settings().database_url):
        asyncio.run(_prepare_database())
        portal = _wired(greeting)
        portal.run(sockets)


async def _prepare_database() -> None:
    """Whole, writable, and with the tables of this program. An empty one is made only where nobody configured one."""
    chosen = settings()
    file = sqlite_file(chosen.database_url)
    missing = file is not None and not file.exists()
    if missing and chosen.database_is_configured:
        raise DatabaseProblem(f'{file} does not exist. Restore it, or make an empty one with: python app.py migrate')
    async with database(chosen.database_url):
        await check_integrity()
        if missing or chosen.demo:
            await migrate()
        await require_tables()


async def _import(asked: Request, how: Callable[[], Awaitable[How]]) -> int:
    async with opened():
        try:
            asked.how = await how()
        except Rejected as rejection:
            raise SettingsProblem(' '.join(m.said_in(asked.language) for m in rejection.problems.values())) from None
        return await ImportConsole(asked).run()


async def _migrate() -> list[str]:
    async with database(settings().database_url):
        await check_integrity()
        return await migrate()


def _wired(greeting: tuple[str, ...]):  # type: ignore[no-untyped-def]
    """NiceGUI, with the database around its life and the outbox beside it. Imported late: commands do without it."""
    from nicegui import app

    from domain import demo as samples
    from domain import outbox, parking, sample_requests, sample_staff
    from domain.staff import alarm_letters, imports
    from domain.warm_up import warm_up
    from ui import health, mailbox, portal  # noqa: F401  (health registers its routes)

    if settings().demo:
        portal.PAGES['/posta'] = (mailbox.TITLE, mailbox.page)
    portal.install()
    inside = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: object) -> AsyncIterator[object]:
        """The database opens before the first request and closes after the last."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(database(settings().database_url))
            if settings().demo:
                await samples.add_samples()
                await sample_staff.add_staff()
                await sample_requests.add_requests()
                await stack.enter_async_context(samples.mail_server())
            state = await stack.enter_async_context(inside(application))
            await warm_up()
            for work in (outbox.run(), parking.run(), imports.run(), alarm_letters.run()):
                stack.callback(asyncio.create_task(work).cancel)
            if greeting:
                typer.echo('\n'.join(greeting))
            yield state

    app.router.lifespan_context = lifespan
    return portal


if __name__ in {'__main__', '__mp_main__'}:
    cli()
