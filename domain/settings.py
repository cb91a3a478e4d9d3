"""Everything an installation may change, from `EPORTAL_…` variables; durations are seconds or ISO 8601 (`PT72H`)."""

import os
import re
from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    EmailStr,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode

from domain.hosts import MailServer, is_loopback, is_origin
from domain.key_file import kept_key
from domain.limits import PREFIX, Limits
from domain.setting_types import Count, Duration, FurtherProof


class SettingsProblem(Exception):
    """The settings make no sense; the message is one sentence for whoever starts the portal."""


class Settings(Limits):
    _names_database: bool = PrivateAttr(False)

    data_dir: Path = Field(Path('data'), description='folder for the embedded database and the two keys')
    database_url: str = Field(
        '', description='`sqlite://file` (default: in the data folder) or `postgres://user:password@host/name`'
    )
    host: str = Field('127.0.0.1', description='address to listen on')
    port: int = Field(8080, ge=1, le=65535, description='port to listen on')
    public_url: str = Field(
        '',
        description='address people use, without a path; https makes it a production (default: `http://localhost:PORT`)',
    )
    demo: bool = Field(False, description='set by `app.py demo`: sample data, letters at `/posta`; loopback only')
    secret: SecretStr = Field(SecretStr(''), description='keys the session cookies; changing it signs everybody out')
    secret_previous: SecretStr = Field(
        SecretStr(''), description='the former SECRET, still accepted while it is being changed'
    )
    data_key: SecretStr = Field(SecretStr(''), description='keys links, counters and HMACs in the database; keep it')
    smtp_url: str = Field(
        'smtp://127.0.0.1:25?tls=none', description='`smtp://user:password@host:port?tls=starttls|tls|none`'
    )
    mail_from: EmailStr = Field('eportal@jkip-brezovica.si', description='sender of every letter')
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        [], description='networks whose X-Forwarded-For is believed, separated by commas'
    )
    staff_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        [], description='networks from which `/uprava` exists, separated by commas (default: all)'
    )
    captcha: str = Field('image', description='`image`, or `fixed:TEXT` on loopback for tests')
    terms_version: str = Field(
        '2026-11-01', max_length=20, description='a new one asks everybody again after signing in'
    )
    texts_dir: Path | None = Field(
        None, description='folder with own `terms.sl.md`, `privacy.sl.md`, `accessibility.sl.md`, `….en.md`'
    )
    log_json: bool | None = Field(None, description='JSON log lines (default: in production)')

    utility_name: str = Field('Javno komunalno podjetje Brezovica d.o.o.', description='full name of the utility')
    utility_short_name: str = Field('JKP Brezovica', description='name in the page head and in letters')
    utility_address: str = Field('Kamnik pod Krimom 6, 1352 Preserje', description='its postal address')
    utility_phone: str = Field('01 363 30 20', description='whom to call')
    utility_mail: EmailStr = Field('info@jkip-brezovica.si', description='its general e-mail address')
    request_mail: EmailStr = Field(
        'odcitki@jkip-brezovica.si', description='where requests for access go by e-mail (manual, 1.2)'
    )
    colour: str = Field('#0b5394', pattern=r'^#[0-9a-fA-F]{6}$', description='accent colour, at least 4.5:1 on white')
    colour_dark: str = Field('#8cc2f2', pattern=r'^#[0-9a-fA-F]{6}$', description='accent colour in dark mode')
    payer_code_length: int = Field(6, ge=5, le=12, description='digits of a payer code')
    invoice_number_length: int = Field(9, ge=5, le=18, description='digits of an invoice number')
    sample_payer_code: str = Field('123456', description='payer code in the drawing of the invoice and in hints')
    sample_invoice_number: str = Field('202000876', description='invoice number in the drawing of the invoice')
    sample_metering_point: str = Field('OM-700000', description='metering point code in the drawing, where it is asked')
    accepted_invoices: Count = Field(6, description='how many of the newest invoices prove a payer code')
    second_proof: FurtherProof = Field(
        FurtherProof.NONE,
        description='asked from everybody: `metering_point`, `amount_due` (of the same invoice) or `tax_number`',
    )
    fallback_proof: FurtherProof = Field(
        FurtherProof.AMOUNT_DUE, description='asked as well once PROOFS_PER_DAY is used up; `none` closes instead'
    )
    parked_for: Duration = Field(timedelta(days=45), description='how long an invoice newer than our data may wait')
    parked_imports: Count = Field(2, description='… and for how many imports of invoices')
    backups_kept: Count = Field(10, description='copies in the folder `backups`; an older one goes with each new one')

    @field_validator('trusted_proxies', 'staff_networks', 'letter_retries', mode='before')
    @classmethod
    def _parts(cls, value: object) -> object:
        return [part.strip() for part in value.split(',') if part.strip()] if isinstance(value, str) else value

    @field_validator('smtp_url')
    @classmethod
    def _mail_server(cls, value: str) -> str:
        MailServer(value)
        return value

    @model_validator(mode='after')
    def _fill_in(self) -> Self:
        self.public_url = self.public_url.rstrip('/') or f'http://localhost:{self.port}'
        self._names_database = bool(self.database_url)
        self.database_url = self.database_url or f'sqlite://{self.data_dir / "eportal.db"}'
        if not re.match(r'(sqlite|postgres|postgresql|asyncpg)://.', self.database_url):
            raise ValueError('DATABASE_URL must begin with sqlite:// or postgres://')
        if not is_origin(self.public_url):
            raise ValueError('PUBLIC_URL must be http(s)://name[:port] without a path')
        return self

    @model_validator(mode='after')
    def _refuse_what_is_unsafe(self) -> Self:
        local = is_loopback(self.host) and is_loopback(urlsplit(self.public_url).hostname or '')
        if not self.production and not local:
            raise ValueError('PUBLIC_URL must be https unless both PUBLIC_URL and HOST are loopback')
        if self.demo and not local:
            raise ValueError('demo mode runs on loopback only: set HOST and PUBLIC_URL accordingly')
        if self.captcha != 'image' and not (local and re.fullmatch(r'fixed:[A-Za-z0-9]{1,8}', self.captcha)):
            raise ValueError('CAPTCHA must be image; fixed:TEXT is for loopback only')
        if self.production and not (self.secret.get_secret_value() and self.data_key.get_secret_value()):
            raise ValueError('SECRET and DATA_KEY must be set when PUBLIC_URL is https')
        if self.fallback_proof == self.second_proof != FurtherProof.NONE:
            raise ValueError('FALLBACK_PROOF must differ from SECOND_PROOF, which everybody is asked already')
        if any(0 < len(key.get_secret_value()) < 32 for key in (self.secret, self.data_key)):
            raise ValueError('SECRET and DATA_KEY need at least 32 characters')
        return self

    @property
    def database_is_configured(self) -> bool:
        """Whether somebody said where it is: then it must be there."""
        return self._names_database

    @property
    def production(self) -> bool:
        return self.public_url.startswith('https://')

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may open a socket: the public one, and all names of loopback when it is one."""
        url = urlsplit(self.public_url)
        if not is_loopback(url.hostname or ''):
            return [self.public_url]
        port = f':{url.port}' if url.port else ''
        return [f'{url.scheme}://{name}{port}' for name in ('localhost', '127.0.0.1', '[::1]')]

    @cached_property
    def mail_server(self) -> MailServer:
        return MailServer(self.smtp_url)

    @cached_property
    def session_keys(self) -> list[bytes]:
        """The key of new cookies first, then the one that is still accepted."""
        keys = [self._key(self.secret, 'secret')]
        if previous := self.secret_previous.get_secret_value():
            keys.append(previous.encode())
        return keys

    @cached_property
    def data_key_bytes(self) -> bytes:
        return self._key(self.data_key, 'data_key')

    def _key(self, given: SecretStr, name: str) -> bytes:
        """The key from the settings, else from the data folder, where it is made once and kept 0600."""
        if value := given.get_secret_value():
            return value.encode()
        return kept_key(self.data_dir / name)


_current: list[Settings] = []


def settings() -> Settings:
    """The settings in force, read from the environment the first time."""
    if not _current:
        use(read())
    return _current[-1]


def use(chosen: Settings) -> None:
    _current[:] = [chosen]


def read(**overrides: object) -> Settings:
    """Raises `SettingsProblem` with one sentence that names the variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as problem:
        raise SettingsProblem('; '.join(_sentence(dict(error)) for error in problem.errors()) + '.') from None


def unknown_variables() -> list[str]:
    """Variables that look like ours and are not: a mistyped name is otherwise ignored in silence."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(
        n for n in os.environ if n.startswith(PREFIX) and n not in known and not n.startswith(PREFIX + 'TEST_')
    )


def _sentence(error: dict[str, object]) -> str:
    place = error['loc']
    name = f'{PREFIX}{place[0].upper()}: ' if isinstance(place, tuple) and place else ''
    return name + str(error['msg']).removeprefix('Value error, ')
