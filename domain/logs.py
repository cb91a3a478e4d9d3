"""Logs: readable on a console, JSON in production, and never a password, token, address or payer code in clear."""

import logging
import re
from typing import Any

import structlog

from domain.settings import settings

# What must not be read in a log, whoever wrote the line: addresses, tokens (22 characters or more), our numbers.
SECRETS = (
    (re.compile(r'[\w.+-]+@[\w-]+(\.[\w-]+)+'), '(address)'),
    (re.compile(r'(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])([\w-]{40,}|(?=[\w-]*\d)[\w-]{22,})(?![\w-])'), '(token)'),
    (re.compile(r'(?<![\w.:-])\d{6,18}(?![\w.:-])'), '(number)'),
)


def set_up() -> None:
    chosen = settings()
    as_json = chosen.production if chosen.log_json is None else chosen.log_json
    steps: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt='iso', utc=True),
        structlog.processors.format_exc_info,
        redacted,
    ]
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=steps, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    structlog.configure(
        processors=[*steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    logging.raiseExceptions = False  # a log that cannot be written must not stop the portal
    logging.getLogger('mail.log').setLevel(logging.WARNING)  # aiosmtpd's, a line for each command
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def redacted(_logger: Any, _method: str, line: Any) -> Any:
    """Also what libraries log: they know nothing of what is secret here."""
    kept = ('timestamp', 'exc_info', '_record', '_from_structlog')
    return {name: value if name in kept else _cleaned(value) for name, value in line.items()}


def _cleaned(value: Any) -> Any:
    """Whatever it is: an address hides in lists and exceptions as well."""
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_cleaned(inner) for inner in value]
    if value is None or isinstance(value, bool | float):
        return value
    cleaned = _clean(value if isinstance(value, str) else repr(value))
    return int(cleaned) if isinstance(value, int) and cleaned.lstrip('-').isdigit() else cleaned


def _clean(text: str) -> str:
    for secret, stand_in in SECRETS:
        text = secret.sub(stand_in, text)
    return ''.join(
        character if character.isprintable() or character in '\n\t' else '\N{REPLACEMENT CHARACTER}'
        for character in text
    )
