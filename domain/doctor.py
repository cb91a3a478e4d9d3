"""`app.py doctor`: what an installation needs, looked at one by one, each with what to do about it."""

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain import captcha, mail
from domain.settings import settings
from storage.database import DatabaseProblem, check_integrity, database, pending_migrations, schema_version, sqlite_file


@dataclass(frozen=True)
class Finding:
    what: str
    fine: bool
    words: str
    optional: bool = False

    @property
    def mark(self) -> str:
        return 'ok     ' if self.fine else 'note   ' if self.optional else 'PROBLEM'


async def examine() -> list[Finding]:
    looks: list[Callable[[], Awaitable[Finding]]] = [_database, _folder, _mail_server, _picture, _speech, _time_zone]
    return [await look() for look in looks]


async def _database() -> Finding:
    file = sqlite_file(settings().database_url)
    if file and not file.exists():
        return Finding('database', False, f'{file} does not exist. Make it with: python app.py migrate')
    try:
        async with database(settings().database_url):
            await check_integrity()
            missing, version = await pending_migrations(), await schema_version()
    except (DatabaseProblem, OSError) as problem:
        return Finding('database', False, f'{problem} Check EPORTAL_DATABASE_URL, the server and its permissions.')
    if missing:
        return Finding('database', False, f'lacks {", ".join(missing)}. Run: python app.py migrate')
    return Finding('database', True, f'answers, schema {version}')


async def _folder() -> Finding:
    folder = settings().data_dir
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            'data folder', False, f'{folder.resolve()} cannot be written. Give it to the user who runs ePortal.'
        )
    return Finding('data folder', True, f'{folder.resolve()} can be written')


async def _mail_server() -> Finding:
    server = settings().mail_server
    try:
        await mail.greet()
    except Exception as problem:  # whatever it is, it is what the administrator has to know
        return Finding(
            'mail server', False, f'{server.host}:{server.port} did not answer ({problem}). Check EPORTAL_SMTP_URL.'
        )
    return Finding('mail server', True, f'{server.host}:{server.port} answers')


async def _picture() -> Finding:
    if problem := captcha.font_problem():
        return Finding('captcha', False, f'no picture can be drawn ({problem}). Install the dependencies anew.')
    return Finding('captcha', True, 'pictures can be drawn')


async def _speech() -> Finding:
    if captcha.can_speak():
        return Finding('captcha sound', True, 'espeak-ng is installed')
    return Finding('captcha sound', False, "“Listen” is hidden. Install Debian's package espeak-ng.", optional=True)


async def _time_zone() -> Finding:
    try:
        ZoneInfo('Europe/Ljubljana')
    except ZoneInfoNotFoundError:
        return Finding('time zone', False, f'Europe/Ljubljana is unknown to {sys.executable}. Install tzdata.')
    return Finding('time zone', True, 'Europe/Ljubljana is known')
