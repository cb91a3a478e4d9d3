"""What a file is, told by its first bytes: names lie, and are not looked at."""

import struct
from enum import Enum, auto

OLE2 = bytes.fromhex('d0cf11e0a1b11ae1')  # the container of old Excel, and of anything encrypted by a new one
ZIP = b'PK\x03\x04'
START = 64  # bytes, enough to tell
_NEVER = (b'%PDF', b'{\\rtf')  # pictures and archives have NULs, which no text has
_DBF = bytes.fromhex('033031324363838bcbf5fb')


class KindOfFile(Enum):
    TEXT = auto()
    WORKBOOK = auto()
    OLD_CONTAINER = auto()
    DBF = auto()
    OTHER = auto()


def kind_of_file(start: bytes) -> KindOfFile:
    if start.startswith(OLE2):
        return KindOfFile.OLD_CONTAINER
    if start.startswith(ZIP):
        return KindOfFile.WORKBOOK
    if _is_dbf(start):
        return KindOfFile.DBF
    if start.startswith(_NEVER) or _is_markup(start):
        return KindOfFile.OTHER
    return KindOfFile.TEXT


def _is_dbf(start: bytes) -> bool:
    """Version, a date that can be one, a header of whole fields, and two NULs no text has."""
    if len(start) < 33 or start[0] not in _DBF or start[12:14] != b'\0\0':
        return False
    header, record = struct.unpack('<HH', start[8:12])
    return start[2] <= 12 and start[3] <= 31 and header > 32 and record > 0


def _is_markup(start: bytes) -> bool:
    """HTML and XML, which programs like to call .xls."""
    return start.replace(b'\0', b'').lstrip(b'\xef\xbb\xbf\xff\xfe \t\r\n').startswith(b'<')
