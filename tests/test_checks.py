import pytest

from domain.checks import address, digits, is_control_number, is_email, is_payer_code, likely_address
from domain.settings import Settings


@pytest.mark.parametrize(
    'typed',
    [
        '123456', ' 123456 ', '123 456', '123-456', '123.456', '12/34/56', '123–456', '123\u00a0456', '１２３４５６',
        '\u200e123456\u200f', '\ufeff123456', '123\u2009456\u200b', 'št. 123456', 'Št.: 123456', 'no. 123456',
        'NR123456',
    ],
)  # fmt: skip
def test_what_people_copy_along_with_a_number_is_forgiven(typed: str) -> None:
    assert digits(typed) == '123456'


@pytest.mark.parametrize('typed', ['12345a', 'O23456', '123,456', '-', '٠١٢٣٤٥x', '¹²³⁴⁵⁶ x'])
def test_what_may_be_a_mistake_is_not_guessed(typed: str) -> None:
    assert is_payer_code(digits(typed), None) is not None


@pytest.mark.parametrize(
    ('typed', 'said'),
    [
        ('', 'Vpišite šifro uporabnika z računa.'),
        ('12a456', 'Šifra uporabnika ima samo števke, na primer 123456.'),
        ('٠١٢٣٤٥', 'Šifra uporabnika ima samo števke, na primer 123456.'),
        ('12345', 'Šifra uporabnika ima 6 števk, vpisanih je 5.'),
        ('1234567', 'Šifra uporabnika ima 6 števk, vpisanih je 7.'),
    ],
)
def test_each_mistake_in_a_payer_code_has_its_own_sentence(typed: str, said: str) -> None:
    problem = is_payer_code(typed, None)

    assert problem
    assert problem.said_in('sl') == said


@pytest.mark.parametrize(
    ('typed', 'said'),
    [
        ('', 'Vpišite številko istega računa.'),
        ('20200087x', 'Številka računa ima samo števke, na primer 202000876.'),
        ('20200087', 'Številka računa ima 9 števk, vpisanih je 8.'),
    ],
)
def test_each_mistake_in_a_control_number_has_its_own_sentence(typed: str, said: str) -> None:
    problem = is_control_number(typed, None)

    assert problem
    assert problem.said_in('sl') == said


def test_an_installation_chooses_the_lengths(change_settings) -> None:
    change_settings(payer_code_length=8, invoice_number_length=12)

    assert is_payer_code('12345678', None) is None
    assert is_payer_code('123456', None) is not None
    assert is_control_number('1' * 12, None) is None


@pytest.mark.parametrize(
    'typed',
    ['ana@primer.si', 'Ana.Novak+voda@sub.primer.si', "o'hara_1@primer.co.uk", 'a@x.si', 'ANA@PRIMER.SI', '1@2.si'],
)
def test_a_plain_address_is_an_address(typed: str) -> None:
    assert is_email(typed) is None


@pytest.mark.parametrize(
    ('typed', 'said'),
    [
        ('', 'Vpišite svoj elektronski naslov.'),
        ('ana', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('ana@', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('@primer.si', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('ana@primer', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('ana@.si', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('ana..novak@primer.si', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('"ana"@primer.si', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('<ana@primer.si>', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('ana@[127.0.0.1]', 'Vpišite elektronski naslov v obliki ime@primer.si.'),
        ('ana@primer.si,b@primer.si', 'Vpišite en sam elektronski naslov, brez presledkov.'),
        ('ana@primer.si; b@primer.si', 'Vpišite en sam elektronski naslov, brez presledkov.'),
        ('ana novak@primer.si', 'Vpišite en sam elektronski naslov, brez presledkov.'),
        ('jože@primer.si', 'Vpišite elektronski naslov brez č, š, ž in drugih posebnih znakov.'),
        ('ana@žaga.si', 'Vpišite elektronski naslov brez č, š, ž in drugih posebnih znakov.'),
        ('a' * 64 + '@' + 'b' * 190 + '.si', 'Elektronski naslov je predolg.'),
    ],
)
def test_each_mistake_in_an_address_has_its_own_sentence(typed: str, said: str) -> None:
    problem = is_email(typed)

    assert problem
    assert problem.said_in('sl') == said


@pytest.mark.parametrize(
    'typed', ['ana@primer.si\r\nBcc: x@e.si', 'ana@primer.si\n', 'a@x.si\0', 'a@x.si>\r\nRCPT TO:<b@e.si']
)
def test_nothing_that_could_become_a_line_of_smtp_is_an_address(typed: str) -> None:
    assert is_email(typed) is not None


def test_an_address_is_freed_of_what_surrounds_it() -> None:
    assert address(' \u202aana@primer.si\u202c\u00a0') == 'ana@primer.si'


@pytest.mark.parametrize(
    ('typed', 'meant'),
    [
        ('ana@gmial.com', 'ana@gmail.com'), ('ana@gmail.con', 'ana@gmail.com'), ('ana@siol.ne', 'ana@siol.net'),
        (' Ana@Hotmial.com ', 'Ana@hotmail.com'),
        ('ana@gmail.com', None), ('ana@GMAIL.com', None), ('ana@jkip-brezovica.si', None), ('ana@', None), (None, None),
        (7, None),
    ],
)  # fmt: skip
def test_a_likely_slip_of_the_finger_is_offered(typed: object, meant: str | None) -> None:
    assert likely_address(typed) == meant


def test_the_samples_in_the_hints_are_well_formed(settings: Settings) -> None:
    assert is_payer_code(settings.sample_payer_code, None) is None
    assert is_control_number(settings.sample_invoice_number, None) is None
