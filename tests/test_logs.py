import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from domain import links, logs
from domain.settings import Settings

Lines = Callable[[], list[str]]


class Target(io.StringIO):
    def taken(self) -> list[str]:
        """What was written since."""
        written = self.getvalue()
        self.seek(0)
        self.truncate()
        return written.split('\n')[:-1]


@pytest.fixture
def handler(change_settings: Callable[..., Settings]) -> Iterator[logging.StreamHandler[Target]]:
    """The log as an installation has it, written to a text."""
    root = logging.getLogger()
    kept, level = list(root.handlers), root.level
    change_settings(log_json=True)
    yield set_up()
    structlog.reset_defaults()
    root.handlers[:] = kept
    root.setLevel(level)
    logging.raiseExceptions = True


@pytest.fixture
def lines(handler: logging.StreamHandler[Target]) -> Lines:
    return handler.stream.taken


def set_up() -> logging.StreamHandler[Target]:
    logs.set_up()
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(Target())
    return handler


@pytest.mark.parametrize(
    ('secret', 'stand_in'),
    [
        ('ana.novak+voda@primer.si', '(address)'), ('ANA@sub.primer.co.uk', '(address)'), ('123456', '(number)'),
        ('202000876', '(number)'), ('cJ2vTqX9_fMZ1-aBcDeFgHiJkLmNoPqRsTuVwXyZ012', '(token)'),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    'sentence', ['letter refused {}', 'GET /potrditev/{} HTTP/1.1', '<{}>', '{}, again', 'x="{}"', '({})', "['{}']"]
)
def test_what_is_secret_is_not_in_the_log(secret: str, stand_in: str, sentence: str, lines: Lines) -> None:
    structlog.get_logger('test').info(sentence.format(secret), reply=sentence.format(secret))
    logging.getLogger('a library').warning(sentence.replace('{}', '%s'), secret)

    written = lines()
    assert len(written) == 2
    assert not any(secret in line for line in written)
    assert all(stand_in in line for line in written)


def test_the_token_of_every_link_is_known_for_one(lines: Lines) -> None:
    from uuid import uuid4

    tokens = [links.token(uuid4()) for _link in range(300)]
    for token in tokens:
        logging.getLogger('uvicorn.access').info('GET /potrditev/%s', token)

    written = '\n'.join(lines())
    assert [token for token in tokens if token in written] == []


def test_what_is_not_secret_can_be_read(lines: Lines) -> None:
    structlog.get_logger('test').info('letter waits', attempts=3, letter=17, reply='451 4.7.1 later', port=8080)

    [line] = [json.loads(line) for line in lines()]
    assert (line['event'], line['attempts'], line['letter']) == ('letter waits', 3, 17)
    assert (line['reply'], line['port'], line['logger'], line['level']) == ('451 4.7.1 later', 8080, 'test', 'info')
    assert line['timestamp'].endswith('Z')


@pytest.mark.parametrize(
    'text', ['one\ntwo', 'one\r\ntwo', '\x1b[31mred', '\x00', '\x85', '\u2028', '\u202eevil'], ids=range(7)
)
def test_a_line_stays_a_line_whatever_is_logged(text: str, lines: Lines) -> None:
    structlog.get_logger('test').info(f'said {text}', value=text)
    logging.getLogger('a library').warning('said %s', text)

    written = lines()
    assert len(written) == 2
    assert all(line.isprintable() and json.loads(line) for line in written)


def test_an_exception_is_one_line_too_and_has_no_secret(lines: Lines) -> None:
    try:
        raise ValueError('no mailbox for ana@primer.si, code 123456')
    except ValueError:
        structlog.get_logger('test').exception('it broke')

    [line] = lines()
    assert 'ValueError: no mailbox for (address), code (number)' in json.loads(line)['exception']


def test_a_secret_inside_a_list_a_mapping_or_an_error_is_not_in_the_log(lines: Lines) -> None:
    problem = ValueError('no mailbox for ana@primer.si')
    structlog.get_logger('test').info('x', people=['ana@primer.si'], form={'payer_code': '123456'}, problem=problem)

    [line] = lines()
    assert not any(secret in line for secret in ('ana@primer.si', '123456'))


def test_a_log_that_cannot_be_written_stops_nothing(
    handler: logging.StreamHandler[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_line: Any) -> None:
        raise OSError('no space left on device')

    monkeypatch.setattr(handler.stream, 'write', full)

    structlog.get_logger('test').info('said')


def test_on_a_console_a_person_can_read_it(
    handler: logging.StreamHandler[Target], change_settings: Callable[..., Settings]
) -> None:
    change_settings(log_json=False)
    readable = set_up()

    structlog.get_logger('test').info('letter sent', letter=17, to='ana@primer.si')

    written = readable.stream.getvalue()
    assert 'letter sent' in written
    assert not written.startswith('{')
    assert 'ana@primer.si' not in written


def test_the_values_of_queries_are_not_logged() -> None:
    import storage.database  # noqa: F401

    assert logging.getLogger('tortoise').level == logging.WARNING
    assert not logging.getLogger('tortoise.db_client').isEnabledFor(logging.DEBUG)
