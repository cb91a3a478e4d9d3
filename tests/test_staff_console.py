import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import database
from tests import conftest
from tests.mail_server import MailServer
from tests.portal import Portal

ADD = ('staff', 'add', 'Marija Kos', 'Marija.Kos@primer.si')
CHANGED_NOTHING = 'ePortal ni spremenil ničesar / changed nothing: '


@pytest.fixture(params=['sqlite', 'postgres'])
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    """An installation of its own, beside which nothing runs."""
    if request.param == 'sqlite':
        portal = Portal(tmp_path)
        portal.run('migrate')
        yield portal
        return
    url = request.getfixturevalue('postgres_database')
    asyncio.run(emptied(url))
    yield Portal(tmp_path, EPORTAL_DATABASE_URL=url)


async def emptied(url: str) -> None:
    async with database(url):
        await conftest._emptied()


def link_in(words: str) -> str:
    found = re.findall(r'^http\S+/uprava/nastavitev/\S{43}$', words, re.MULTILINE)
    assert len(found) == 1, words
    return str(found[0])


def test_the_first_administrator_comes_by_the_command_line(portal: Portal) -> None:
    done = portal.run(*ADD, '--administrator')

    assert link_in(done.stdout).startswith('http://localhost:')
    listed = portal.run('staff', 'list').stdout
    assert listed == 'marija.kos@primer.si  Marija Kos  administrator  not set up yet\n'


def test_whoever_is_added_is_a_clerk_unless_said_otherwise(portal: Portal) -> None:
    portal.run(*ADD)

    assert 'Marija Kos  clerk  ' in portal.run('staff', 'list').stdout


def test_reset_prints_another_link_and_disable_ends_it(portal: Portal) -> None:
    first = link_in(portal.run(*ADD).stdout)

    second = link_in(portal.run('staff', 'reset', 'MARIJA.KOS@primer.si').stdout)
    disabled = portal.run('staff', 'disable', 'marija.kos@primer.si')
    refused = portal.run('staff', 'reset', 'marija.kos@primer.si', check=False)

    assert first != second
    assert disabled.stdout == 'Marija Kos is disabled and signed out.\n'
    assert portal.run('staff', 'list').stdout.endswith('disabled\n')
    assert (refused.returncode, refused.stderr) == (
        2, CHANGED_NOTHING + 'Marija Kos is disabled. Enable the access first.\n',
    )  # fmt: skip


@pytest.mark.parametrize(('command', 'said'), [
    (('staff', 'add', '', 'admin'), 'Type the name. Type the e-mail address in the form name@example.com.'),
    (('staff', 'reset', 'nekdo@primer.si'), 'Nobody of the staff has the e-mail address nekdo@primer.si.'),
    (('staff', 'disable', ''), 'Nobody of the staff has the e-mail address .'),
], ids=str)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(command: tuple[str, ...], said: str, portal: Portal) -> None:
    done = portal.run(*command, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (2, '', f'{CHANGED_NOTHING}{said}\n')


def test_the_same_person_is_not_added_twice(portal: Portal) -> None:
    portal.run(*ADD)

    again = portal.run(*ADD, check=False)

    assert again.returncode == 2
    assert len(again.stderr.splitlines()) == 1
    assert len(portal.run('staff', 'list').stdout.splitlines()) == 1


def test_nobody_yet_is_said_with_what_to_do(portal: Portal) -> None:
    assert 'python app.py staff add' in portal.run('staff', 'list').stdout


def test_commands_of_the_server_are_on_record_and_no_link_is(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    portal.run('migrate')
    link = link_in(portal.run(*ADD).stdout)
    portal.run('staff', 'reset', 'marija.kos@primer.si')

    assert portal.rows('SELECT actor, what, about FROM audit_event ORDER BY id') == [
        ('command line', 'staff added', 'staff:1'), ('command line', 'staff reset', 'staff:1'),
    ]  # fmt: skip
    token = link.rsplit('/', 1)[1].encode()
    assert [file for file in tmp_path.rglob('*') if file.is_file() and token in file.read_bytes()] == []


def test_commands_work_beside_a_running_portal(tmp_path: Path) -> None:
    portal = Portal(tmp_path).start()
    try:
        assert link_in(portal.run(*ADD, '--administrator').stdout)
        assert 'Marija Kos' in portal.run('staff', 'list').stdout
    finally:
        portal.stop()


@pytest.mark.parametrize(('variables', 'said'), [
    ({}, 'does not exist. Make it with: python app.py migrate'),
    ({'EPORTAL_DATABASE_URL': 'postgres://nobody@127.0.0.1:9/nothing'}, 'the database does not answer'),
    ({'EPORTAL_PORT': 'x'}, 'EPORTAL_PORT: '),
], ids=str)  # fmt: skip
def test_an_installation_that_is_not_in_order_is_one_sentence(
    variables: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = Portal(tmp_path, **variables).run(*ADD, check=False)

    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_doctor_tells_of_the_trail_and_of_administrators(tmp_path: Path) -> None:
    server = MailServer().start()
    portal = Portal(tmp_path, server.url)
    portal.run('migrate')
    before = portal.run('doctor').stdout
    portal.run(*ADD, '--administrator')
    portal.rows("UPDATE staff SET set_up_at = '2026-01-01 00:00:00+00:00'")
    whole = portal.run('doctor').stdout
    portal.rows('DROP TRIGGER audit_event_keeps_UPDATE')
    portal.rows("UPDATE audit_event SET about = 'staff:9'")
    broken = portal.run('doctor', check=False)
    server.stop()

    assert 'ok       audit trail: whole, nothing on record yet' in before
    assert 'note     administrators: nobody can sign in to the admin page' in before
    assert 'ok       audit trail: whole, 1 on record, the last one ends in' in whole
    assert 'ok       administrators: 1 set up' in whole
    assert broken.returncode == 1
    assert 'PROBLEM  audit trail: does not fit from event 1 on' in broken.stdout
