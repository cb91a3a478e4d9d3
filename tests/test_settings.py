import os
import re
import stat
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from domain.hosts import MailServer, is_loopback
from domain.settings import Settings, SettingsProblem, read, unknown_variables

README = Path(__file__).parent.parent / 'README.md'
PRODUCTION = {'public_url': 'https://eportal.primer.si', 'secret': 's' * 40, 'data_key': 'd' * 40}


def test_without_a_variable_everything_has_a_value_for_this_machine_only() -> None:
    chosen = read()

    assert (chosen.host, chosen.public_url, chosen.production) == ('127.0.0.1', 'http://localhost:8080', False)
    assert chosen.database_url == 'sqlite://data/eportal.db'
    assert not chosen.database_is_configured
    assert chosen.link_valid_for == timedelta(hours=72)
    assert chosen.letter_retries == [timedelta(minutes=m) for m in (1, 5, 15, 30, 60)]


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('PORT', 'abc'), ('PORT', '0'), ('PORT', '65536'), ('MAIL_FROM', 'nobody'), ('COLOUR', 'red'),
        ('COLOUR', '#12345'), ('PAYER_CODE_LENGTH', '4'), ('INVOICE_NUMBER_LENGTH', '19'), ('PROOFS_PER_DAY', '0'),
        ('PROOFS_PER_DAY', '-1'), ('PROOFS_PER_DAY', '1.5'), ('LINK_VALID_FOR', '0'), ('LINK_VALID_FOR', '-5'),
        ('LINK_VALID_FOR', 'three days'), ('LINK_VALID_FOR', '1.2.3'), ('LETTER_RETRIES', '60,soon'),
        ('LETTER_RETRIES', '0'), ('LETTER_RETRIES', 'nan'), ('TRUSTED_PROXIES', '10.0.0.0/33'),
        ('TRUSTED_PROXIES', 'proxy'), ('SMTP_URL', 'http://mail'), ('SMTP_URL', 'smtp://'), ('SMTP_URL', 'smtp://[::1'),
        ('SMTP_URL', 'smtp://mail:99999'), ('SMTP_URL', 'smtp://mail?tls=maybe'), ('DATABASE_URL', 'mysql://x/y'),
        ('DATABASE_URL', 'sqlite://'), ('PUBLIC_URL', 'localhost:8080'), ('PUBLIC_URL', 'http://localhost/path'),
        ('PUBLIC_URL', 'ftp://localhost'), ('PUBLIC_URL', 'http://localhost:99999'), ('PUBLIC_URL', 'http://['),
        ('SECRET', 'short'), ('DATA_KEY', 'short'), ('CAPTCHA', 'none'), ('CAPTCHA', 'fixed:'), ('LOG_JSON', 'perhaps'),
        ('LINK_VALID_FOR', '9' * 30),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_one_sentence_that_names_the_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f'EPORTAL_{name}', value)

    with pytest.raises(SettingsProblem) as problem:
        read()

    sentence = str(problem.value)
    assert name in sentence
    assert sentence.endswith('.')
    assert '\n' not in sentence


def test_a_refusal_never_repeats_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('EPORTAL_SECRET', 'kratko')
    monkeypatch.setenv('EPORTAL_DATABASE_URL', 'mysql://ana:skrivnost@localhost/x')
    monkeypatch.setenv('EPORTAL_SMTP_URL', 'smtp://ana:skrivnost@mail.primer.si?tls=none')

    with pytest.raises(SettingsProblem) as problem:
        read()

    assert not re.search('kratko|skrivnost', str(problem.value))


@pytest.mark.parametrize(
    ('given', 'meant'),
    [('90', 90), ('0.5', 0.5), ('PT72H', 259_200), ('P3D', 259_200), ('0:01:30', 90)],
)
def test_a_duration_is_seconds_or_iso(given: str, meant: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('EPORTAL_LINK_VALID_FOR', given)

    assert read().link_valid_for == timedelta(seconds=meant)


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('EPORTAL_TRUSTED_PROXIES', '127.0.0.1, 10.0.0.0/8,::1')
    monkeypatch.setenv('EPORTAL_LETTER_RETRIES', '60, 120')

    assert read().trusted_proxies == [ip_network('127.0.0.1'), ip_network('10.0.0.0/8'), ip_network('::1')]
    assert read().letter_retries == [timedelta(seconds=60), timedelta(seconds=120)]


@pytest.mark.parametrize(('missing', 'named'), [('secret', 'SECRET'), ('data_key', 'DATA_KEY')])
def test_production_needs_its_keys(missing: str, named: str) -> None:
    assert read(**PRODUCTION).production

    with pytest.raises(SettingsProblem, match=named):
        read(**{**PRODUCTION, missing: ''})


@pytest.mark.parametrize(
    'values',
    [
        {'host': '0.0.0.0'}, {'host': '::'}, {'host': '192.0.2.1'}, {'public_url': 'http://eportal.primer.si'},
        {'public_url': 'http://192.0.2.1:8080'}, {'host': 'eportal.primer.si'},
    ],
)  # fmt: skip
def test_plain_http_stays_on_this_machine(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsProblem, match='PUBLIC_URL must be https'):
        read(**values)


@pytest.mark.parametrize('values', [{'captcha': 'fixed:aT4eD'}, {'demo': True}])
def test_what_is_for_tests_and_demonstrations_stays_on_this_machine(values: dict[str, Any]) -> None:
    assert read(**values)

    with pytest.raises(SettingsProblem, match='loopback'):
        read(**PRODUCTION, **values)
    with pytest.raises(SettingsProblem, match='loopback'):
        read(**PRODUCTION, **values, host='0.0.0.0')


@pytest.mark.parametrize('host', ['127.0.0.1', 'localhost', '[::1]', '127.8.8.8'])
def test_letters_may_go_unencrypted_to_this_machine(host: str) -> None:
    assert read(smtp_url=f'smtp://{host}:25?tls=none').mail_server.tls == 'none'


@pytest.mark.parametrize(
    'host', ['mail.primer.si', '192.0.2.1', '[2001:db8::1]', 'localhost.primer.si', '127.0.0.1.si']
)
def test_letters_never_go_unencrypted_to_another(host: str) -> None:
    with pytest.raises(SettingsProblem, match='SMTP_URL'):
        read(smtp_url=f'smtp://{host}:25?tls=none')


@pytest.mark.parametrize(
    ('url', 'parts'),
    [
        ('smtp://mail.primer.si', ('mail.primer.si', 587, None, None, 'starttls')),
        ('smtp://mail.primer.si?tls=tls', ('mail.primer.si', 465, None, None, 'tls')),
        ('smtp://ana%40x.si:p%2Fw@mail:2525?tls=starttls', ('mail', 2525, 'ana@x.si', 'p/w', 'starttls')),
    ],
)
def test_the_address_of_the_mail_server_is_taken_apart(url: str, parts: tuple[Any, ...]) -> None:
    server = MailServer(url)

    assert (server.host, server.port, server.user, server.password, server.tls) == parts


def test_this_machine_has_no_other_names() -> None:
    assert [name for name in ('localhost', '::1', '[::1]', '127.0.0.1') if not is_loopback(name)] == []
    assert [name for name in ('', '0.0.0.0', '::', 'example.si', 'LOCALHOST.si') if is_loopback(name)] == []


def test_keys_are_made_once_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    first, again = Settings(data_dir=tmp_path / 'new'), Settings(data_dir=tmp_path / 'new')

    assert first.data_key_bytes == again.data_key_bytes
    assert first.session_keys == again.session_keys
    assert first.data_key_bytes != first.session_keys[0]
    assert len(first.data_key_bytes) >= 32
    for file in ('data_key', 'secret'):
        assert stat.S_IMODE((tmp_path / 'new' / file).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / 'new').stat().st_mode) == 0o700


def test_given_keys_are_not_written_anywhere(settings: Settings, tmp_path: Path) -> None:
    assert settings.data_key_bytes == b'd' * 40
    assert settings.session_keys == [b's' * 40]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ('public_url', 'origins'),
    [
        ('https://eportal.primer.si', ['https://eportal.primer.si']),
        ('https://eportal.primer.si:8443/', ['https://eportal.primer.si:8443']),
        ('http://localhost:8090', ['http://localhost:8090', 'http://127.0.0.1:8090', 'http://[::1]:8090']),
    ],
)
def test_only_pages_of_the_public_address_may_open_a_socket(public_url: str, origins: list[str]) -> None:
    assert read(**{**PRODUCTION, 'public_url': public_url}).origins == origins


def test_a_mistyped_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('EPORTAL_PROT', 'EPORTAL_TEST_ANYTHING', 'EPORTAL_PORT', 'eportal_demo'):
        monkeypatch.setenv(name, '8080')

    assert unknown_variables() == ['EPORTAL_PROT']


def test_the_readme_lists_exactly_the_settings() -> None:
    listed = re.findall(r'^\| *`(EPORTAL_\w+)`', README.read_text(encoding='utf-8'), re.MULTILINE)

    assert sorted(listed) == sorted(f'EPORTAL_{name.upper()}' for name in Settings.model_fields if name != 'demo')


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_no_secret_is_printed_by_accident(settings: Settings) -> None:
    assert 's' * 40 not in repr(settings) + str(settings.model_dump())
    assert 'EPORTAL_SECRET' not in os.environ
