"""What the commands of app.py share: settings in force, who gives the command, and trouble in one sentence."""

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from domain import logs
from domain.installation import DatabaseProblem
from domain.settings import Settings, SettingsProblem, unknown_variables, use


@contextmanager
def explained(what_failed: str = 'se ne more zagnati / cannot start') -> Iterator[None]:
    """What stops the start, or a command, is one sentence, not a traceback."""
    try:
        yield
    except (SettingsProblem, DatabaseProblem) as problem:
        typer.echo(f'ePortal {what_failed}: {problem}', err=True)
        raise typer.Exit(2) from None


def put_in_force(chosen: Settings) -> None:
    use(chosen)
    logs.set_up()
    for name in unknown_variables():
        typer.echo(f'Warning: {name} is not a setting of ePortal and is ignored; the README lists them.', err=True)
    try:
        chosen.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise SettingsProblem(f'EPORTAL_DATA_DIR: {chosen.data_dir} cannot be used ({problem.strerror})') from None


def caller() -> str:
    """Who gives this command, and where."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user needs no name
        name = str(os.getuid())
    return f'{name} ({socket.gethostname()})'
