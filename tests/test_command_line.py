import socket
from pathlib import Path

import pytest

from tests.mail_server import MailServer
from tests.portal import Portal


def test_help_names_the_commands(tmp_path: Path) -> None:
    done = Portal(tmp_path).run('--help')

    assert all(command in done.stdout for command in ('serve', 'demo', 'migrate', 'doctor'))
    assert 'ePortal' in done.stdout


def test_tables_are_made_once(tmp_path: Path) -> None:
    portal = Portal(tmp_path)

    assert 'Applied 0001_initial' in portal.run('migrate').stdout
    assert portal.run('migrate').stdout == 'The tables are up to date.\n'
    assert portal.rows('SELECT count(*) FROM customer') == [(0,)]


def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    examined = Portal(tmp_path).run('doctor', check=False)

    assert examined.returncode == 1
    assert 'PROBLEM  database' in examined.stdout
    assert 'python app.py migrate' in examined.stdout
    assert 'PROBLEM  mail server' in examined.stdout
    assert 'Check EPORTAL_SMTP_URL' in examined.stdout
    assert 'Traceback' not in examined.stdout + examined.stderr


def test_the_doctor_is_content_with_a_whole_installation(tmp_path: Path) -> None:
    server = MailServer().start()
    portal = Portal(tmp_path, server.url)
    portal.run('migrate')

    examined = portal.run('doctor', check=False)
    server.stop()

    assert 'PROBLEM' not in examined.stdout
    assert examined.returncode == 0
    for what in ('database', 'data folder', 'mail server', 'captcha', 'time zone'):
        assert f'ok       {what}' in examined.stdout


@pytest.mark.parametrize(
    ('variables', 'said'),
    [
        ({'EPORTAL_SMTP_URL': 'smtp://mail.primer.si?tls=none'}, 'EPORTAL_SMTP_URL: would send letters unencrypted'),
        ({'EPORTAL_PUBLIC_URL': 'http://eportal.primer.si'}, 'PUBLIC_URL must be https'),
        pytest.param(
            {'EPORTAL_DATABASE_URL': 'sqlite:///nonexistent/eportal.db'},
            '/nonexistent/eportal.db',
        ),
        pytest.param({'EPORTAL_DATABASE_URL': 'postgres://nobody@127.0.0.1:9/nothing'}, '127.0.0.1'),
    ],
)
def test_what_stops_the_start_is_one_sentence(variables: dict[str, str], said: str, tmp_path: Path) -> None:
    done = Portal(tmp_path, **variables).run('serve', check=False)

    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize('url', ['sqlite://{folder}/letter.txt', 'postgres://nobody@127.0.0.1:9/nothing'])
def test_a_database_that_does_not_answer_is_not_taken_for_an_empty_one(url: str, tmp_path: Path) -> None:
    (tmp_path / 'letter.txt').write_text('Spoštovani, to ni podatkovna zbirka.' * 100)
    portal = Portal(tmp_path, EPORTAL_DATABASE_URL=url.format(folder=tmp_path))

    migrated, examined = portal.run('migrate', check=False), portal.run('doctor', check=False)

    assert (migrated.returncode, examined.returncode) == (2, 1)
    assert 'cannot start' in migrated.stderr
    assert 'PROBLEM  database' in examined.stdout
    assert 'lacks' not in examined.stdout
    assert 'Traceback' not in migrated.stderr + examined.stderr


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', portal.port))
        taken.listen()

        done = portal.run('serve', check=False)

    assert done.returncode == 2
    assert f'port {portal.port} on 127.0.0.1 cannot be used' in done.stderr
    assert 'EPORTAL_PORT=8090' in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_database_that_was_configured_is_never_made_in_silence(tmp_path: Path) -> None:
    portal = Portal(tmp_path, EPORTAL_DATABASE_URL=f'sqlite://{tmp_path / "elsewhere.db"}')

    done = portal.run('serve', check=False)

    assert done.returncode == 2
    assert 'does not exist' in done.stderr
    assert not (tmp_path / 'elsewhere.db').exists()


def test_a_mistyped_variable_is_warned_of(tmp_path: Path) -> None:
    done = Portal(tmp_path, EPORTAL_PROT='8080').run('migrate')

    assert 'Warning: EPORTAL_PROT is not a setting of ePortal' in done.stderr
