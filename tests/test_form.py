from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.form import Rejected, TooManyAttempts, hint, label, problem, problems, type_problem, valid
from domain.registration import Registration
from domain.setting_types import FurtherProof
from domain.sign_in import SignIn
from tests.world import a_registration

TEXTS = [f.name for f in fields(Registration) if f.name not in ('consent', 'asked', 'invitation')]
THIRTY_TYPES: list[Any] = [
    None, True, False, 0, 1, -1, 2**80, 1.5, float('nan'), float('inf'), 1j, [], ['x'], [[]], (), ('x',), {}, {'x': 1},
    {'value': 'x'}, set(), frozenset('x'), b'', b'123456', bytearray(b'x'), object(), Decimal(1), date(2020, 1, 31),
    datetime(2020, 1, 31, tzinfo=UTC), UUID(int=0), Registration,
]  # fmt: skip


def kind(value: Any) -> str:
    return f'{type(value).__name__} {str(value)[:8]}' if isinstance(value, int | float | str) else type(value).__name__


def test_a_well_filled_form_has_no_problem() -> None:
    assert problems(a_registration()) == {}


def test_every_field_of_an_empty_form_has_its_own_sentence() -> None:
    found = problems(Registration())

    assert list(found) == ['payer_code', 'email', 'control_number', 'password', 'repeated', 'captcha', 'consent']
    assert len({sentence.said_in('sl') for sentence in found.values()}) == 7


def test_the_fields_stand_in_the_order_of_the_manual() -> None:
    assert [label(Registration(), name).said_in('sl') for name in TEXTS] == [
        'Uporabniško ime', 'Elektronski naslov', 'Kontrolna številka',
        'Znesek za plačilo', 'Oznaka odjemnega mesta', 'Davčna številka',  # only where they are asked
        'Geslo', 'Ponovi geslo', 'Znak iz slike',
    ]  # fmt: skip


def test_a_hint_stands_where_it_helps() -> None:
    assert hint(Registration(), 'captcha')
    assert hint(Registration(), 'repeated') is None


@pytest.mark.parametrize('value', THIRTY_TYPES, ids=kind)
def test_a_value_of_another_type_is_refused_by_a_sentence(value: Any) -> None:
    form = a_registration(**dict.fromkeys(TEXTS, value))

    assert problems(form) == dict.fromkeys(TEXTS, type_problem)


@pytest.mark.parametrize('value', [value for value in THIRTY_TYPES if value is not True] + ['on'], ids=kind)
def test_nothing_but_true_is_a_consent(value: Any) -> None:
    assert list(problems(a_registration(consent=value))) == ['consent']


@pytest.mark.parametrize(
    'value', ['x' * 1001, 'x' * 90_000, 'a\0b', 'a\nb', 'a\rb', 'a\tb', 'a\x1bb', '\ud800'], ids=range(8)
)
def test_a_value_that_no_keyboard_makes_is_refused_by_a_sentence(value: str) -> None:
    asked = tuple(FurtherProof)

    assert list(problems(a_registration(asked=asked, **dict.fromkeys(TEXTS, value)))) == TEXTS


@pytest.mark.parametrize(
    'password', ['🐈🐈🐈🐈🐈🐈🐈🐈', 'žžžžžžžž', '  a b c   ', '\u202eabc\u202cdefgh', 'नमस्ते दुनिया']
)
def test_emoji_spaces_and_direction_marks_in_a_password_are_kept(password: str) -> None:
    assert valid(a_registration(password=password)).password == password


def test_a_password_typed_in_parts_is_kept_composed() -> None:
    form = valid(a_registration(password='c\u030cas je zlato', repeated='čas je zlato'))

    assert form.password == form.repeated == 'čas je zlato'


def test_a_valid_form_is_tidied_and_the_typed_one_left_alone() -> None:
    typed = a_registration(payer_code=' 123 456', email=' ana@primer.si ')

    tidied = valid(typed)

    assert (tidied.payer_code, tidied.email) == ('123456', 'ana@primer.si')
    assert typed.payer_code == ' 123 456'


def test_one_field_is_judged_beside_the_others() -> None:
    form = a_registration(repeated='nekaj drugega')

    assert problem(form, 'password') is None
    sentence = problem(form, 'repeated')
    assert sentence
    assert sentence.said_in('sl') == 'Gesli se razlikujeta.'


def test_a_refusal_names_every_field_that_is_wrong() -> None:
    with pytest.raises(Rejected) as refusal:
        valid(a_registration(email='', consent=False))

    assert list(refusal.value.problems) == ['email', 'consent']
    assert str(refusal.value) == 'email, consent'


def test_a_refusal_never_repeats_what_was_typed() -> None:
    with pytest.raises(Rejected) as refusal:
        valid(a_registration(password='skrivnost', repeated='skrivnosti'))

    assert 'skrivnost' not in str(refusal.value) + repr(refusal.value.problems)


def test_too_many_attempts_say_until_when() -> None:
    until = datetime(2026, 11, 22, tzinfo=UTC)

    assert TooManyAttempts(until).until == until


@pytest.mark.parametrize('value', THIRTY_TYPES, ids=kind)
def test_signing_in_is_as_strict_about_types(value: Any) -> None:
    assert problems(SignIn(payer_code=value, password=value)) == {'payer_code': type_problem, 'password': type_problem}
