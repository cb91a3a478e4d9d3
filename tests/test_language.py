import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from domain.language import CATALOGUES, LANGUAGES, _, _n, known_language

ROOT = Path(__file__).parent.parent
KEYWORDS = {'_': None, '_n': (1, 2)}


@cache
def sentences() -> list[str | tuple[str, str]]:
    """Everything that domain/ and ui/ say, and where there is one, its plural."""
    return [
        tuple(found) if isinstance(found, tuple) else found
        for floor in ('domain', 'ui')
        for _file, _line, found, _comments, _context in extract_from_dir(
            ROOT / floor, [('**.py', 'python')], keywords=KEYWORDS
        )
    ]


@cache
def slovenian() -> Catalog:
    with (CATALOGUES / 'sl.po').open('rb') as file:
        return read_po(file, locale='sl')


def translation(sentence: str | tuple[str, str]) -> Message | None:
    return slovenian().get(sentence[0] if isinstance(sentence, tuple) else sentence)


def said(sentence: str | tuple[str, str]) -> tuple[str, ...]:
    """All forms of the translation."""
    found = translation(sentence)
    texts = found.string if found else ()
    return texts if isinstance(texts, tuple) else (texts,)


def places(*texts: str) -> set[str | None]:
    return {name for text in texts for _literal, name, _spec, _conversion in Formatter().parse(text)} - {None}


def test_there_is_something_to_translate() -> None:
    assert len(sentences()) > 100
    assert any(isinstance(sentence, tuple) for sentence in sentences())


def test_every_sentence_has_a_slovenian_translation() -> None:
    missing = [sentence for sentence in sentences() if not said(sentence) or not all(said(sentence))]

    assert missing == []


def test_every_plural_has_four_slovenian_forms() -> None:
    forms = {sentence: translation(sentence) for sentence in sentences() if isinstance(sentence, tuple)}

    assert [s for s, found in forms.items() if not found or len(found.string) != 4 or found.id != s] == []


def test_every_translation_has_the_same_places() -> None:
    different = []
    for sentence in sentences():
        source = sentence if isinstance(sentence, tuple) else (sentence,)
        different += [text for text in said(sentence) if places(text) != places(*source)]

    assert different == []


def test_no_translation_is_fuzzy_or_out_of_use() -> None:
    assert [message.id for message in slovenian() if message.id and message.fuzzy] == []
    assert list(slovenian().obsolete) == []


def test_no_translation_is_left_over() -> None:
    used = {sentence[0] if isinstance(sentence, tuple) else sentence for sentence in sentences()}
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in slovenian() if message.id}

    assert sorted(known - used) == []


@pytest.mark.parametrize(
    ('n', 'ending'),
    [
        (1, 'manjka še 1 znak.'), (2, 'manjkata še 2 znaka.'), (3, 'manjkajo še 3 znaki.'),
        (4, 'manjkajo še 4 znaki.'), (5, 'manjka jih še 5.'), (0, 'manjka jih še 0.'), (11, 'manjka jih še 11.'),
        (101, 'manjka še 101 znak.'), (102, 'manjkata še 102 znaka.'), (104, 'manjkajo še 104 znaki.'),
    ],
)  # fmt: skip
def test_slovenian_counts_in_four_forms(n: int, ending: str) -> None:
    message = _n(
        'The password needs at least {least} characters; {n} more is missing.',
        'The password needs at least {least} characters; {n} more are missing.',
        n,
        least=8,
    )

    assert message.said_in('sl') == f'Geslo naj ima vsaj 8 znakov; {ending}'


def test_english_counts_in_two() -> None:
    message = _n('{n} letter', '{n} letters', 1)

    assert message.said_in('en') == '1 letter'
    assert _n('{n} letter', '{n} letters', 2).said_in('en') == '2 letters'


def test_a_fact_that_is_a_message_is_said_in_the_same_language() -> None:
    message = _('I agree with {terms}.', terms=_('the Terms and Conditions'))

    assert message.said_in('sl') == 'Strinjam se s Splošnimi pogoji.'
    assert message.said_in('en') == 'I agree with the Terms and Conditions.'


def test_braces_in_a_fact_stay_braces() -> None:
    assert _('Did you mean {address}?', address='{x}@e.si').said_in('en') == 'Did you mean {x}@e.si?'


@pytest.mark.parametrize('language', ['de', '', None, 7, ['sl'], '../sl', 'SL'])
def test_a_language_that_nobody_speaks_here_is_slovenian(language: object) -> None:
    assert known_language(language) == 'sl'


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_language_spoken_here_is_kept(language: str) -> None:
    assert known_language(language) == language


def test_slovenian_has_its_own_quotes_and_no_english_ones() -> None:
    texts = [s for m in slovenian() if m.id for s in (m.string if isinstance(m.string, tuple) else (m.string,))]

    assert [text for text in texts if re.search(r'[“”„"]', text)] == []
