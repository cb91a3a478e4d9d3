"""`app.py staff …`: how the first administrator comes in, and the way back for who has lost everything."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ui.commands import explained, put_in_force

if TYPE_CHECKING:
    from domain.staff.members import Invitation

cli = typer.Typer(help='Who works here: accounts of the admin page.', no_args_is_help=True)

Result = TypeVar('Result')
Email = Annotated[str, typer.Argument(metavar='E-MAIL')]


@cli.command()
def add(
    name: Annotated[str, typer.Argument(help='Name and surname, in quotes.')],
    email: Email,
    administrator: Annotated[bool, typer.Option('--administrator', help='Manages staff, too.')] = False,
) -> None:
    """Add somebody, and print the one-time link that sets up the access."""
    with _explained():
        from domain.staff import members

        role = members.Role.ADMINISTRATOR if administrator else members.Role.CLERK
        form = members.NewMember(name=name, email=email, role=role)
        _print(_run(lambda: members.add(form, members.OnTheServer())))


@cli.command()
def reset(email: Email) -> None:
    """Take password and second factor away, end all sessions, and print a new one-time link."""
    with _explained():
        from domain.staff import members

        async def work() -> 'Invitation':
            return await members.reset((await members.of_email(email)).id, members.OnTheServer())

        _print(_run(work))


@cli.command()
def disable(email: Email) -> None:
    """End all sessions and let this person in no more; an administrator can enable the access again."""
    with _explained():
        from domain.staff import members

        async def work() -> str:
            staff = await members.of_email(email)
            await members.disable(staff.id, members.OnTheServer())
            return staff.name

        typer.echo(f'{_run(work)} is disabled and signed out.')


@cli.command('list')
def show() -> None:
    """Everybody, with role and state."""
    with _explained():
        from domain.staff import members

        everybody = _run(members.everybody)
    for staff in everybody:
        state = 'disabled' if staff.disabled_at else 'set up' if staff.set_up_at else 'not set up yet'
        typer.echo(f'{staff.email}  {staff.name}  {staff.role}  {state}')
    if not everybody:
        typer.echo('Nobody yet. Add the first one with: python app.py staff add NAME E-MAIL --administrator')


@contextmanager
def _explained() -> Iterator[None]:
    """What was refused is one sentence as well."""
    from domain.form import Rejected
    from domain.settings import SettingsProblem
    from domain.staff.not_possible import NotPossible

    with explained('ni spremenil ničesar / changed nothing'):
        try:
            yield
        except Rejected as rejection:
            raise SettingsProblem(' '.join(m.said_in('en') for m in rejection.problems.values())) from None
        except NotPossible as refusal:
            raise SettingsProblem(refusal.sentence.said_in('en')) from None


def _run(work: Callable[[], Awaitable[Result]]) -> Result:
    from domain.installation import opened
    from domain.settings import read

    async def inside() -> Result:
        async with opened():
            return await work()

    put_in_force(read())
    return asyncio.run(inside())


def _print(invitation: 'Invitation') -> None:
    from domain import clock
    from domain.settings import settings

    staff, until = invitation.staff, clock.now() + settings().staff_setup_valid_for
    typer.echo(f'{staff.name} ({staff.email}), {staff.role}. The link below sets up password and second factor.')
    typer.echo(f'It works once, until {clock.day_and_time(until, "en")}, and is shown only now:')
    typer.echo(invitation.address)
