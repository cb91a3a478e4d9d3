"""`app.py doctor`: what an installation needs, looked at one by one, each with what to do about it."""

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain import audit, captcha, mail
from domain.installation import opened
from domain.settings import settings
from domain.staff import members
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
    looks: list[Callable[[], Awaitable[Finding]]] = [
        _database, _audit_trail, _administrators, _folder, _mail_server, _picture, _speech, _time_zone,
    ]  # fmt: skip
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


async def _audit_trail() -> Finding:
    try:
        async with opened():
            broken, (events, ending) = await audit.first_broken(), await audit.end()
    except (DatabaseProblem, OSError):
        return Finding('audit trail', False, 'cannot be verified before the database is in order', optional=True)
    if broken:
        return Finding(
            'audit trail', False,
            f'does not fit from event {broken} on: somebody changed the table, or EPORTAL_DATA_KEY is another one. '
            'Keep this database, and compare it with the backups.',
        )  # fmt: skip
    if not events:
        return Finding('audit trail', True, 'whole, nothing on record yet')
    return Finding('audit trail', True, f'whole, {events} on record, the last one ends in {ending[-12:]}')


async def _administrators() -> Finding:
    try:
        async with opened():
            able = await members.administrators().count()
    except (DatabaseProblem, OSError):
        return Finding('administrators', False, 'cannot be counted before the database is in order', optional=True)
    if not able:
        advice = 'Run: python app.py staff add NAME E-MAIL --administrator'
        return Finding('administrators', False, f'nobody can sign in to the admin page. {advice}', optional=True)
    return Finding('administrators', True, f'{able} set up')


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
