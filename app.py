"""ePortal: the customer portal of a municipal utility. The command line, and the wiring of the parts."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Annotated

import typer

from domain import demo as samples
from domain import logs, outbox
from domain.doctor import examine
from domain.settings import Settings, SettingsProblem, read, settings, unknown_variables, use
from domain.warm_up import warm_up
from storage.database import (
    DatabaseProblem,
    check_integrity,
    database,
    migrate,
    only_server,
    pending_migrations,
    sqlite_file,
)

cli = typer.Typer(help=__doc__, add_completion=False, pretty_exceptions_enable=False)


@cli.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """ePortal: the customer portal of a municipal utility. Without a command it serves."""
    if context.invoked_subcommand is None:
        serve()


@cli.command()
def serve() -> None:
    """Serve the portal as the EPORTAL_… variables say (README, "Settings")."""
    with explained():
        _use(read())
        _serve()


@cli.command()
def demo(
    port: Annotated[int | None, typer.Option(help='Port to listen on (default: EPORTAL_PORT or 8080).')] = None,
) -> None:
    """Serve with sample data, on this machine only; letters are received and shown at /posta."""
    with explained():
        chosen: dict[str, object] = {'port': port} if port else {}
        _use(read(demo=True, smtp_url=f'smtp://127.0.0.1:{_free_port()}?tls=none', **chosen))
        url = settings().public_url
        _serve(
            f'ePortal is ready at {url} (Ctrl+C stops it)',
            f'Register at {url}/registracija',
            'with username (payer code) 123456 and control number (invoice number) 202000876.',
            f'The letter with the link arrives at {url}/posta',
            f'Everything is kept in {settings().data_dir.resolve()}; delete it to begin anew.',
        )


@cli.command('migrate')
def migrate_tables() -> None:
    """Create the tables, or bring them up to date."""
    with explained():
        _use(read())
        applied = asyncio.run(_migrate())
        typer.echo(f'Applied {", ".join(applied)}.' if applied else 'The tables are up to date.')


@cli.command()
def doctor() -> None:
    """Check database, folders, mail server, captcha and time zone, and say what to do about each."""
    with explained():
        _use(read())
        findings = asyncio.run(examine())
    for finding in findings:
        typer.echo(f'{finding.mark}  {finding.what}: {finding.words}')
    raise typer.Exit(0 if all(finding.fine or finding.optional for finding in findings) else 1)


@contextmanager
def explained() -> Iterator[None]:
    """What stops the start is one sentence, not a traceback."""
    try:
        yield
    except (SettingsProblem, DatabaseProblem) as problem:
        typer.echo(f'ePortal se ne more zagnati / cannot start: {problem}', err=True)
        raise typer.Exit(2) from None


def _serve(*greeting: str) -> None:
    sockets = _listening(settings())
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
        if names := await pending_migrations():
            raise DatabaseProblem(f'the database lacks {", ".join(names)}. Run: python app.py migrate')


async def _migrate() -> list[str]:
    async with database(settings().database_url):
        await check_integrity()
        return await migrate()


def _wired(greeting: tuple[str, ...]):  # type: ignore[no-untyped-def]
    """NiceGUI, with the database around its life and the outbox beside it. Imported late: commands do without it."""
    from nicegui import app

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
                await stack.enter_async_context(samples.mail_server())
            state = await stack.enter_async_context(inside(application))
            await warm_up()
            sending = asyncio.create_task(outbox.run())
            stack.callback(sending.cancel)
            if greeting:
                typer.echo('\n'.join(greeting))
            yield state

    app.router.lifespan_context = lifespan
    return portal


def _use(chosen: Settings) -> None:
    use(chosen)
    logs.set_up()
    for name in unknown_variables():
        typer.echo(f'Warning: {name} is not a setting of ePortal and is ignored; the README lists them.', err=True)
    try:
        chosen.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise SettingsProblem(f'EPORTAL_DATA_DIR: {chosen.data_dir} cannot be used ({problem.strerror})') from None


def _listening(chosen: Settings) -> list[socket.socket]:
    """For the default host every name of loopback: localhost, 127.0.0.1 and [::1], where the machine has it."""
    sockets = [_bound(chosen.host, chosen.port)]
    if chosen.host == '127.0.0.1':
        with suppress(OSError, SettingsProblem):
            sockets.append(_bound('::1', chosen.port))
    return sockets


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()
    except OSError as problem:
        bound.close()
        advice = 'Stop what runs there, or choose another port, for example EPORTAL_PORT=8090'
        raise SettingsProblem(f'port {port} on {host} cannot be used ({problem.strerror}). {advice}') from None
    return bound


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(('127.0.0.1', 0))
        return int(trial.getsockname()[1])


if __name__ in {'__main__', '__mp_main__'}:
    cli()
