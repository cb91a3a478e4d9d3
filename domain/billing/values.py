"""What a cell may say, and how it is kept: each reader returns the stored form, or raises `Wrong` with the sentence.

The stored forms are those of both databases: ISO dates, decimals with a point, digits as text.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from stdnum.exceptions import ValidationError
from stdnum.si import ddv

from domain.checks import is_email
from domain.language import Message, _
from storage.billing import Cell

EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
EXCEL_EPOCH = date(1899, 12, 30).toordinal()  # day 0 of a spreadsheet whose dates lost their format
EXCEL_DAYS = (32_874, 73_051)  # 1990 to 2099
LARGEST = Decimal('999999999.99')  # euros or cubic metres

Reader = Callable[[Cell], str | None]
SureReader = Callable[[Cell], str]


class Wrong(Exception):
    """The cell cannot be used; `sentence` says why."""

    def __init__(self, sentence: Message) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def needed(reader: Reader) -> SureReader:
    """The same, where there has to be something."""

    def read(cell: Cell) -> str:
        if (said := reader(cell)) is None:
            raise Wrong(_('is empty'))
        return said

    return read


def text(longest: int) -> Reader:
    def read(cell: Cell) -> str | None:
        said = plain(cell)
        if not said:
            return None
        if len(said) > longest:
            raise Wrong(_('is too long: at most {most} characters', most=longest))
        return said

    return read


def code(length: int, *, fill_up: bool) -> Reader:
    """Digits that are a name and no number. `fill_up`: zeros that a spreadsheet swallowed are put back."""

    def read(cell: Cell) -> str:
        lost_zeros = fill_up or not isinstance(cell, str)
        said = re.sub(r'[\s\u00a0]', '', plain(cell))
        said = re.sub(r'^(\d+)[.,]0{1,2}$', r'\1', said)  # 123456.0; but three are thousands
        if not said:
            raise Wrong(_('is empty'))
        if not (said.isascii() and said.isdigit()):
            raise Wrong(_('is no number of {length} digits', length=length))
        if lost_zeros and len(said) < length:
            said = said.zfill(length)
        if len(said) != length:
            raise Wrong(_('has {typed} digits instead of {length}', typed=len(said), length=length))
        return said

    return read


def label(longest: int) -> SureReader:
    """A code of letters and digits, such as a metering point's; whole numbers lose what a spreadsheet added."""
    read = needed(text(longest))
    return lambda cell: read(re.sub(r'^(\d+)\.0$', r'\1', plain(cell)))


def day(cell: Cell) -> str | None:
    """31.01.2020, 31. 1. 2020, 31/01/2020, 2020-01-31, 20200131, 31.1.20, a spreadsheet's date or its bare number."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, int | float) and EXCEL_DAYS[0] <= cell < EXCEL_DAYS[1]:
        cell = date.fromordinal(EXCEL_EPOCH + int(cell))
    if isinstance(cell, date):
        return _plausible(cell)
    said = plain(cell)
    if not said:
        return None
    year, month, day_ = _parts(said)
    try:
        return _plausible(date(year, month, day_))
    except ValueError:
        raise Wrong(_('is no day of the calendar')) from None


def amount(cell: Cell) -> str | None:
    """Euros with two decimals: 1.234,56 or 1234.56 or 1 234,56 €, also negative (credit notes)."""
    return _decimal(cell, 2)


def quantity(cell: Cell) -> str:
    """The state of a meter: at most three decimals, never negative."""
    read = _thousandths(cell)
    if read.startswith('-'):
        raise Wrong(_('is negative'))
    return read


_TAX_NUMBER = re.compile(r'[1-9]\d{7}', re.ASCII)


def tax_number(cell: Cell) -> str | None:
    """Eight digits with the check digit of a Slovenian tax number; `SI` before it is forgiven."""
    if not (said := plain(cell)):
        return None
    if _TAX_NUMBER.fullmatch(said) and ddv.calc_check_digit(said[:-1]) == said[-1]:
        return said
    try:
        return str(ddv.validate(said.zfill(8) if isinstance(cell, int) else said))
    except ValidationError:
        raise Wrong(_('is no valid tax number; it is left out')) from None


_SIMPLE_ADDRESS = re.compile(r'[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}', re.IGNORECASE)


def email(cell: Cell) -> str | None:
    """The thorough check costs fifty times the pattern that most addresses satisfy."""
    if not (said := plain(cell)):
        return None
    if (len(said) > 64 or not _SIMPLE_ADDRESS.fullmatch(said)) and is_email(said):
        raise Wrong(_('is no e-mail address; it is left out'))
    return said


def plain(cell: Cell) -> str:
    """The cell as a person would type it, NFC, without control characters and what surrounds it."""
    if cell is None or isinstance(cell, bool):
        return '' if cell is None else str(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    said = str(cell)
    if said.isascii() and said.isprintable():
        return ' '.join(said.split())
    said = unicodedata.normalize('NFC', said)
    kept = ''.join(c if unicodedata.category(c) not in ('Cc', 'Cf', 'Cs', 'Zl', 'Zp') else ' ' for c in said)
    return ' '.join(kept.split())


_DAY_FIRST = re.compile(r'(\d{1,2})[./-] ?(\d{1,2})[./-] ?(\d{4}|\d{2})\.?(?:[ T]\d{1,2}[:.]\d\d(?:[:.]\d\d)?)?')
_YEAR_FIRST = re.compile(r'(\d{4})[-./]?(\d{2})[-./]?(\d{2})(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?')


def _parts(said: str) -> tuple[int, int, int]:
    if found := _YEAR_FIRST.fullmatch(said):
        year, month, day_ = (int(part) for part in found.groups())
        return year, month, day_
    if found := _DAY_FIRST.fullmatch(said):
        day_, month, year = (int(part) for part in found.groups())
        century = 0 if year > 99 else 1900 if year >= EARLIEST.year % 100 else 2000
        return century + year, month, day_
    raise Wrong(_('is no date such as 31.01.2020'))


def _plausible(day_: date) -> str:
    if not EARLIEST <= day_ <= LATEST:
        raise Wrong(_('is no day between 1990 and 2099'))
    return day_.isoformat()


_GROUPED = re.compile(r'\d{1,3}(?:([. ])\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?')
_AMBIGUOUS = re.compile(r'\d{1,3}[.]\d{3}')


def _decimal(cell: Cell, places: int) -> str | None:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return _fixed(Decimal(repr(cell) if isinstance(cell, float) else cell), places)
    said = re.sub(r'\s*(€|eur)$', '', plain(cell), flags=re.IGNORECASE).replace('\u00a0', ' ').replace('−', '-')
    if not said:
        return None
    digits = re.sub(r'^[-+] ?| ?-$', '', said, count=1)
    negative = '-' in said
    if _AMBIGUOUS.fullmatch(digits):
        raise Wrong(_('can be read in two ways; write it with a decimal comma'))
    if _GROUPED.fullmatch(digits):
        decimal_mark = '.' if re.search(r',\d{3}', digits) and '.' in digits else ','
        digits = ''.join(c for c in digits if c.isdigit() or c == decimal_mark)
    digits = digits.replace(',', '.')
    if not re.fullmatch(rf'\d{{1,9}}(?:\.\d{{1,{places}}})?', digits):
        raise Wrong(_('is no number such as 1234,56'))
    return _fixed(Decimal(f'-{digits}' if negative else digits), places)


_thousandths = needed(lambda cell: _decimal(cell, 3))


def _fixed(value: Decimal, places: int) -> str:
    if not value.is_finite() or abs(value) > LARGEST:
        raise Wrong(_('is no number such as 1234,56'))
    fixed = f'{value:.{places}f}'
    return fixed if fixed.strip('-0.') else fixed.replace('-', '')
