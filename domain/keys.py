"""Keyed hashes: what the database must be able to find again without holding it."""

import hashlib
import hmac

from domain.settings import settings


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 under DATA_KEY, hexadecimal; `purpose` keeps equal values of different kinds apart."""
    return derived(purpose, value.encode()).hex()


def derived(purpose: str, value: bytes) -> bytes:
    """256 bits that only the holder of DATA_KEY can compute."""
    return hmac.digest(settings().data_key_bytes, purpose.encode() + b'\0' + value, hashlib.sha256)


def cookie_hashes(token: str) -> list[str]:
    """The hashes a session cookie may be kept under: by SECRET, then by SECRET_PREVIOUS."""
    return [hmac.digest(key, token.encode(), hashlib.sha256).hex() for key in settings().session_keys]


def tax_number_hash(digits: str, key: bytes | None = None) -> str:
    """How a tax number is kept and compared: of its eight digits, in whatever form they came.

    `key` is that of `tax_key`, for a process that knows no other.
    """
    return hmac.digest(key or tax_key(), digits.encode(), hashlib.sha256).hex()


def tax_key() -> bytes:
    """The one key that the process which reads billing files is given."""
    return derived('tax number', b'')
