from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.billing import values
from domain.billing.problem import masked, shown
from domain.billing.values import Wrong


def refusal(read: Any, cell: Any) -> str:
    with pytest.raises(Wrong) as refused:
        read(cell)
    return str(refused.value.sentence.said_in('en'))


@pytest.mark.parametrize(
    ('cell', 'fill_up', 'kept'),
    [
        ('012345', False, '012345'), (' 012345 ', False, '012345'), ('012 345', False, '012345'),
        ('012\u00a0345', False, '012345'), ('123456.0', False, '123456'), ('123456,00', False, '123456'),
        (12345, False, '012345'), (12345.0, False, '012345'), (Decimal(12345), False, '012345'),
        ('12345', True, '012345'), ('12345.0', True, '012345'), (1.0, False, '000001'),
    ],
)  # fmt: skip
def test_a_code_keeps_its_zeros_and_gets_back_those_that_a_spreadsheet_took(
    cell: Any, fill_up: bool, kept: str
) -> None:
    assert values.code(6, fill_up=fill_up)(cell) == kept


@pytest.mark.parametrize(
    ('cell', 'said'),
    [
        ('12345', 'has 5 digits instead of 6'), ('1234567', 'has 7 digits instead of 6'), ('', 'is empty'),
        (None, 'is empty'), (1234567, 'has 7 digits instead of 6'), ('12345a', 'is no number of 6 digits'),
        (12345.5, 'is no number of 6 digits'), (-12345, 'is no number of 6 digits'),
        (True, 'is no number of 6 digits'), ('١٢٣٤٥٦', 'is no number of 6 digits'), (1e22, 'has 23 digits'),
        ('1,23E+05', 'is no number of 6 digits'), (float('nan'), 'is no number of 6 digits'),
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused(cell: Any, said: str) -> None:
    assert refusal(values.code(6, fill_up=False), cell).startswith(said)


@pytest.mark.parametrize('fill_up', [False, True])
def test_a_point_between_thousands_takes_no_zeros_from_a_code(fill_up: bool) -> None:
    assert refusal(values.code(6, fill_up=fill_up), '123.000') == 'is no number of 6 digits'


@pytest.mark.parametrize(
    ('cell', 'kept'), [('OM-7', 'OM-7'), (700.0, '700'), ('700.0', '700'), ('OM 7.0', 'OM 7.0'), ('7.25', '7.25')]
)
def test_a_label_is_a_name_of_any_kind(cell: Any, kept: str) -> None:
    assert values.label(40)(cell) == kept


@pytest.mark.parametrize(
    'cell',
    [
        '31.01.2020', '31. 1. 2020', '31.1.20', '31/01/2020', '31-01-2020', '2020-01-31', '2020/01/31', '20200131',
        '31.01.2020 00:00', '2020-01-31T10:20:30', '2020-01-31 00:00:00.000', '31.1.2020.', date(2020, 1, 31),
        datetime(2020, 1, 31, 12), 43861, 43861.0, 43861.75, 20200131, 20200131.0, ' 31.01.2020 ',
    ],
)  # fmt: skip
def test_a_day_may_be_written_in_many_ways(cell: Any) -> None:
    assert values.day(cell) == '2020-01-31'


def test_two_digits_of_a_year_are_never_far_in_the_future() -> None:
    assert values.day('31.12.89') == '2089-12-31'
    assert values.day('1.1.95') == '1995-01-01'


@pytest.mark.parametrize(
    ('cell', 'said'),
    [
        ('31.02.2020', 'is no day of the calendar'), ('01/31/2020', 'is no day of the calendar'),
        ('0.0.2020', 'is no day of the calendar'), ('2020-13-01', 'is no day of the calendar'),
        ('31.01.1899', 'is no day between 1990 and 2099'), (date(1899, 12, 30), 'is no day between 1990 and 2099'),
        ('31.01.2100', 'is no day between 1990 and 2099'), ('januar', 'is no date such as 31.01.2020'),
        ('31.01.', 'is no date such as 31.01.2020'), (5, 'is no date such as 31.01.2020'),
        ('43861', 'is no date such as 31.01.2020'), (True, 'is no date such as 31.01.2020'),
        (float('nan'), 'is no date such as 31.01.2020'),
    ],
)  # fmt: skip
def test_an_impossible_day_is_refused(cell: Any, said: str) -> None:
    assert refusal(values.day, cell) == said


@pytest.mark.parametrize('cell', ['', None, '  ', '\u00a0'])
def test_no_day_is_nothing_unless_it_is_needed(cell: Any) -> None:
    assert values.day(cell) is None
    assert refusal(values.needed(values.day), cell) == 'is empty'


@pytest.mark.parametrize(
    ('cell', 'kept'),
    [
        ('1.234,56', '1234.56'), ('1234.56', '1234.56'), ('1234,56', '1234.56'), ('1 234,56', '1234.56'),
        ('1\u00a0234,56 €', '1234.56'), ('1\u202f234,56', '1234.56'), ('1,234.56', '1234.56'), ('12', '12.00'),
        ('12,5', '12.50'), ('1.234.567,89', '1234567.89'), ('1,234,567.89', '1234567.89'), ('12,50 EUR', '12.50'),
        ('-41,25', '-41.25'), ('−41,25', '-41.25'), ('41,25-', '-41.25'), ('- 41,25', '-41.25'), ('-0,00', '0.00'),
        (41.25, '41.25'), (-41, '-41.00'), (0.1 + 0.2, '0.30'), (Decimal('41.2'), '41.20'), ('999999999,99',
         '999999999.99'), ('1.234.567', '1234567.00'), ('', None), (None, None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_was_meant(cell: Any, kept: str | None) -> None:
    assert values.amount(cell) == kept


@pytest.mark.parametrize(
    ('cell', 'said'),
    [
        ('1.234', 'can be read in two ways; write it with a decimal comma'),
        ('-1.234', 'can be read in two ways; write it with a decimal comma'),
        ('1,234', 'is no number such as 1234,56'), ('12,345', 'is no number such as 1234,56'),
        ('1234,567', 'is no number such as 1234,56'), ('dvajset', 'is no number such as 1234,56'),
        ('1.23.4,5', 'is no number such as 1234,56'), ('1e5', 'is no number such as 1234,56'),
        ('4 1,25', 'is no number such as 1234,56'), ('--5', 'is no number such as 1234,56'),
        ('1000000000', 'is no number such as 1234,56'), (1e9, 'is no number such as 1234,56'),
        (1e300, 'is no number such as 1234,56'), (float('inf'), 'is no number such as 1234,56'),
        (float('nan'), 'is no number such as 1234,56'), (Decimal('NaN'), 'is no number such as 1234,56'),
        (Decimal('1e999999'), 'is no number such as 1234,56'), (True, 'is no number such as 1234,56'),
    ],
)  # fmt: skip
def test_what_is_no_amount_or_may_be_two_is_refused(cell: Any, said: str) -> None:
    assert refusal(values.amount, cell) == said


@pytest.mark.parametrize(
    ('cell', 'kept'), [('819', '819.000'), ('819,5', '819.500'), ('1,234', '1.234'), (7.0, '7.000'), ('0', '0.000')]
)
def test_the_state_of_a_meter_has_three_decimals(cell: Any, kept: str) -> None:
    assert values.quantity(cell) == kept


@pytest.mark.parametrize(
    ('cell', 'said'),
    [
        ('-1', 'is negative'), ('', 'is empty'), ('1.234', 'can be read in two ways; write it with a decimal comma'),
        ('12 m3', 'is no number such as 1234,56'),
    ],
)  # fmt: skip
def test_a_meter_never_runs_below_nothing(cell: Any, said: str) -> None:
    assert refusal(values.quantity, cell) == said


@pytest.mark.parametrize('cell', ['14862069', 'SI14862069', 'SI 14862069', 'si14862069', 14862069, 14862069.0])
def test_a_tax_number_is_its_eight_digits(cell: Any) -> None:
    assert values.tax_number(cell) == '14862069'


@pytest.mark.parametrize('cell', ['14862068', '1486206', '04862069', 'ATU12345678', 1486206, True])
def test_a_wrong_tax_number_is_told(cell: Any) -> None:
    assert refusal(values.tax_number, cell) == 'is no valid tax number; it is left out'


@pytest.mark.parametrize(
    ('cell', 'kept'), [('ana@primer.si', 'ana@primer.si'), (' Ana.B@sub.primer.si ', 'Ana.B@sub.primer.si'), ('', None)]
)
def test_an_address_is_kept_as_it_is(cell: str, kept: str | None) -> None:
    assert values.email(cell) == kept


@pytest.mark.parametrize('cell', ['ana', 'ana@primer', 'a@b.si; c@d.si', 'žiga@čebela.si', 'a' * 65 + '@primer.si'])
def test_what_is_no_address_is_told(cell: str) -> None:
    assert refusal(values.email, cell) == 'is no e-mail address; it is left out'


@pytest.mark.parametrize(
    ('cell', 'kept'),
    [
        ('C\u030cuk', 'Čuk'), ('Žiga\u00a0 Čuk', 'Žiga Čuk'), ('Ana  Novak', 'Ana Novak'), ('Ana\tNovak', 'Ana Novak'),
        ('\ufeffAna\u200b', 'Ana'), ('Ana\x00\x1b[31m', 'Ana [31m'), (12.0, '12'), (None, ''), ('Ž.\nČuk', 'Ž. Čuk'),
    ],
)  # fmt: skip
def test_a_text_is_as_a_person_would_type_it(cell: Any, kept: str) -> None:
    assert values.plain(cell) == kept


def test_a_text_has_an_end() -> None:
    assert refusal(values.text(3), 'abcd') == 'is too long: at most 3 characters'
    assert refusal(values.needed(values.text(3)), '') == 'is empty'
    assert values.text(3)('') is None
    assert refusal(values.label(3), 'abcd') == 'is too long: at most 3 characters'
    assert refusal(values.label(3), '') == 'is empty'


@pytest.mark.parametrize(
    ('cell', 'said'),
    [
        ('14862069', '•••••069'), ('SI14862069', '•••••069'), ('Novak, DŠ 14862069, Preserje', 'Novak, DŠ •••••069, '
         'Preserje'), (14862069.0, '•••••069.0'), ('12345678', '12345678'), ('114862069', '114862069'), (None, ''),
        ('a' * 61, 'a' * 59 + '…'), ('a\n\x1b[31mb', 'a [31mb'), (14862069, '•••••069'),
    ],
)  # fmt: skip
def test_a_report_shows_a_short_cell_without_tax_numbers(cell: Any, said: str) -> None:
    assert shown(cell) == said


@pytest.mark.parametrize(('cell', 'said'), [('14862068', '•••••068'), ('1486206', '•••••••'), ('', '')])
def test_of_a_tax_number_a_report_shows_three_digits(cell: str, said: str) -> None:
    assert shown(cell, is_tax_number=True) == masked(cell) == said
