"""A key of the installation that nobody has set: made once, kept in the data folder, readable by its user only."""

import os
import secrets
from pathlib import Path


def kept_key(file: Path) -> bytes:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, 'w') as target:
            target.write(secrets.token_urlsafe(48))
    return file.read_bytes()
