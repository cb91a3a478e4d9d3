"""In which encoding a text was written: guessers misread ISO 8859-2 and cp852, so a ladder for our own letters.

A byte order mark, then strict UTF-8, then whichever of the three code pages of our billing programs turns the high
bytes into most of čšž and into the fewest letters nobody here writes.
"""

import codecs
import re
from collections import Counter

LEGACY = ('cp1250', 'iso8859-2', 'cp852')
WIDE = ('utf-16', 'utf-16-le', 'utf-16-be')
ENCODINGS = ('utf-8', 'utf-8-sig', *WIDE, *LEGACY)

_OURS = 'čšžČŠŽ'
_KNOWN = 'ćđĆĐäöüßÄÖÜáéíóúàèéôëçłńÁÉÓ€°§«»„“”‚‘’–—…·´²³µ×÷\xa0'
_TWICE = 'čšžćđČŠŽĆĐäöüéÄÖÜ'
_ASCII = bytes(range(128))
_SEQUENCE = re.compile(b'|'.join(letter.encode() for letter in _TWICE))
_LEADS = {letter.encode()[0] for letter in _TWICE}
_MISREAD = {letter.encode().decode(page, 'replace') for letter in _TWICE for page in LEGACY}
_GARBLED = re.compile('|'.join(map(re.escape, [*_MISREAD, '\ufffd'])))


def garbled(text: str) -> bool:
    """A cell that is UTF-8 in a file that is not (»Ĺľ« for ž), or the other way round; asked of a `mixed` file only."""
    return _GARBLED.search(text) is not None


class Evidence:
    """What the bytes of a text say, taken block by block so that it never is in memory as a whole."""

    def __init__(self) -> None:
        self._marked: str | None = None
        self._strict: codecs.IncrementalDecoder | None = None
        self._decodes = True
        self._high = Counter[int]()
        self._sequences = 0
        self._before = b''

    def take(self, block: bytes, final: bool = False) -> None:
        if not self._strict:
            self._marked = _mark(block[:4096])
            self._strict = codecs.getincrementaldecoder(self._marked or 'utf-8')()
        try:
            if self._decodes:
                self._strict.decode(block, final)
        except UnicodeDecodeError:
            self._decodes = False
        high = Counter(block.translate(None, _ASCII))
        self._high.update(high)
        if not _LEADS.isdisjoint(high):
            self._sequences += len(_SEQUENCE.findall(self._before + block))
        self._before = block[-1:]

    @property
    def encoding(self) -> str:
        if self._decodes or self.is_wide or self._is_nearly_utf_8:
            return self._marked or 'utf-8'
        return max(LEGACY, key=self._likeness)

    @property
    def is_wide(self) -> bool:
        return self._marked in WIDE

    @property
    def mixed(self) -> bool:
        return self._sequences > 0 and not self._decodes

    def fits(self, encoding: str) -> bool:
        """Whether the file may be read so; what the ladder itself says is never held against a few stray bytes."""
        if self.is_wide:
            return self._decodes and encoding in WIDE
        if encoding in LEGACY and '\ufffd' not in bytes(self._high).decode(encoding, 'replace'):
            return True
        return encoding.removesuffix('-sig') == self.encoding.removesuffix('-sig')

    @property
    def _is_nearly_utf_8(self) -> bool:
        """Most of it is UTF-8: a name cut in the middle of a letter, a few rows pasted from an old program."""
        return 4 * self._sequences > self._high.total()

    def _likeness(self, encoding: str) -> int:
        return sum(count * _worth(bytes([byte]).decode(encoding, 'replace')) for byte, count in self._high.items())


def _worth(letter: str) -> int:
    return 1 if letter in _OURS else 0 if letter in _KNOWN else -1


def _mark(start: bytes) -> str | None:
    """A byte order mark, or the NUL which every other byte of UTF-16 is."""
    if start.startswith(codecs.BOM_UTF8):
        return 'utf-8-sig'
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return 'utf-16'
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > len(start) / 4 and not even:
        return 'utf-16-le'
    return 'utf-16-be' if even > len(start) / 4 and not odd else None
