"""A workbook is a zip somebody else made: its size and its claims are looked at before they are believed."""

import mmap
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from storage.billing.rectangle import Rectangle
from storage.billing.table import Limits, Reason, Unreadable

BLOCK, OVERLAP = 1 << 20, 1 << 12  # bytes; tags are far shorter than the overlap
WORKBOOK = 'xl/workbook.xml'
_ENTRY, _END = b'PK\x01\x02', b'PK\x05\x06'
_END_LENGTH = 22  # without a comment, which no program writes into a workbook
_ENCRYPTED = 1
_XML = ('.xml', '.rels')
_DECLARATION = re.compile(rb'<!(?:DOCTYPE|ENTITY)')


def checked_parts(path: Path, limits: Limits) -> list[str]:
    """The names of the parts, once all of them can be borne."""
    _check_directory(path, limits)
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            _check_declared(parts, limits)
            left = limits.unpacked
            for part in parts:
                left -= _checked_size(archive, part, left, limits)
    except (BadZipFile, zlib.error, NotImplementedError, EOFError) as problem:
        raise Unreadable(Reason.DAMAGED) from problem
    return [part.filename for part in parts]


def _check_directory(path: Path, limits: Limits) -> None:
    """Before zipfile makes an object of each entry. The end has to be at the end, where no two readers find another."""
    with path.open('rb') as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as archive:
        if not archive[-_END_LENGTH:].startswith(_END):
            raise Unreadable(Reason.DAMAGED)
        at = -1
        for _ in range(limits.members + 1):
            at = archive.find(_ENTRY, at + 1)
            if at < 0:
                return
    raise Unreadable(Reason.TOO_MANY_PARTS, {'most': limits.members})


def _check_declared(parts: list[ZipInfo], limits: Limits) -> None:
    if WORKBOOK not in {part.filename.lower() for part in parts}:
        raise Unreadable(Reason.NOT_A_TABLE)
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Unreadable(Reason.PROTECTED)
    if any(part.header_offset < 0 for part in parts):
        raise Unreadable(Reason.DAMAGED)
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise Unreadable(Reason.TOO_BIG, {'most': limits.unpacked})


def _checked_size(archive: ZipFile, part: ZipInfo, left: int, limits: Limits) -> int:
    size, rest, rectangle = 0, b'', Rectangle()
    declared = part.file_size
    for block in _unpacked(archive, part):
        size += len(block)
        if size > left:
            raise Unreadable(Reason.TOO_BIG, {'most': limits.unpacked})
        if part.filename.lower().endswith(_XML):
            _check_markup(rest + block)
        rectangle.take(rest + block)
        rest = block[-OVERLAP:]
    if size != declared:
        raise Unreadable(Reason.DAMAGED)
    rectangle.check(size, limits)
    return size


def _unpacked(archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    part.file_size = sys.maxsize  # the directory may lie, and the archive would stop reading where it says
    with archive.open(part) as unpacked:
        while block := unpacked.read(BLOCK):
            yield block


def _check_markup(xml: bytes) -> None:
    if _DECLARATION.search(xml.replace(b'\0', b'')):
        raise Unreadable(Reason.ENTITIES)
    if 0 in xml:  # UTF-16, which the reader would take for an empty sheet
        raise Unreadable(Reason.DAMAGED)
