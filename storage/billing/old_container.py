"""The container of old Excel, and of everything Word, Outlook and encryption put into one as well."""

import mmap
from pathlib import Path

from storage.billing.table import Reason

_ENCRYPTED = 'EncryptedPackage'.encode('utf-16-le')  # names in its directory
_SHEETS = ('Workbook'.encode('utf-16-le'), 'Book'.encode('utf-16-le'))


def reason_against(path: Path) -> Reason:
    with path.open('rb') as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as container:
        if container.find(_ENCRYPTED) >= 0:
            return Reason.PROTECTED
        return Reason.OLD_EXCEL if any(container.find(name) >= 0 for name in _SHEETS) else Reason.NOT_A_TABLE
