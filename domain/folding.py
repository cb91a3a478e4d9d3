"""Folded text: what people mean to be the same, whatever their keyboard; databases fold ASCII only."""

import re
import unicodedata

_LETTERS = str.maketrans({'đ': 'd', 'Đ': 'd', 'ł': 'l', 'Ł': 'l', 'ø': 'o', 'Ø': 'o'})  # these do not decompose
_ACCENTS = re.compile('[\u0300-\u036f]+')
_BETWEEN = re.compile(r'[\W_]+')


def folded(text: str) -> str:
    """»ŠT. RAČUNA« → »st racuna«: lower case, no accents, words of letters and digits with one space between them."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _ACCENTS.sub('', unicodedata.normalize('NFKD', plain.translate(_LETTERS)))
    return _BETWEEN.sub(' ', plain).strip()
