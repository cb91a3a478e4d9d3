import shutil
from collections.abc import Callable
from typing import Any

import pytest

from domain import captcha
from domain.captcha import ALPHABET, Challenge, can_speak, font_problem
from domain.form import Rejected
from domain.settings import Settings
from tests.world import a_challenge


def test_no_two_characters_look_alike() -> None:
    folded = [character.casefold() for character in ALPHABET]
    confused = set('cCkKoOpPsSuUvVwWxXyYzZ') | set('l1Ii0O') | set('8B6G') - set('BG')

    assert not confused & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)
    both_cases = {character for character in folded if folded.count(character) > 1}
    assert both_cases <= set('adehmnrt')  # differ in shape, not only in size


def test_every_challenge_is_another_one() -> None:
    texts = {Challenge()._text for _picture in range(50)}

    assert len(texts) > 45
    assert all(len(text) == 5 and set(text) <= set(ALPHABET) for text in texts)


def test_the_picture_is_a_png_and_does_not_name_its_answer() -> None:
    challenge = Challenge()

    assert challenge.png.startswith(b'\x89PNG')
    assert challenge._text.encode() not in challenge.png


@pytest.mark.parametrize('answer', ['aT4eD', ' aT4eD ', 'a T 4 e D', 'aT4\u00a0eD'])
def test_the_right_answer_is_accepted_with_spaces(answer: str) -> None:
    a_challenge('aT4eD').judge(answer)


@pytest.mark.parametrize('answer', ['XXXXX', '', 'aT4e', 'aT4eDD', None, True, 7, ['aT4eD'], {'a': 1}, 'ž' * 500, '\0'])
def test_a_wrong_answer_is_refused(answer: object) -> None:
    assert refusal_of(a_challenge('aT4eD'), answer) == 'Znaki se ne ujemajo. Prepišite jih z nove slike.'


@pytest.mark.parametrize('answer', ['at4ed', 'AT4ED', 'At4Ed'])
def test_a_mistake_in_the_case_only_has_its_own_sentence(answer: str) -> None:
    assert refusal_of(a_challenge('aT4eD'), answer).startswith(
        'Pazite na velike in male črke: znaki so bili sicer pravi.'
    )


@pytest.mark.parametrize('first', ['aT4eD', 'XXXXX', None])
def test_an_answer_uses_the_picture_up_right_or_wrong(first: object) -> None:
    challenge = a_challenge('aT4eD')
    try:
        challenge.judge(first)
    except Rejected:
        assert first != 'aT4eD'

    assert challenge.is_used
    assert refusal_of(challenge, 'aT4eD') == 'Slika je potekla. Prepišite znake z nove slike.'


def test_a_picture_is_good_for_ten_minutes(time_passes: Callable[..., None]) -> None:
    early, late = a_challenge('aT4eD'), a_challenge('aT4eD')

    time_passes(minutes=10)
    early.judge('aT4eD')
    time_passes(seconds=1)

    assert refusal_of(late, 'aT4eD') == 'Slika je potekla. Prepišite znake z nove slike.'


def test_who_answers_sooner_than_people_do_gets_a_new_picture(
    change_settings: Callable[..., Settings], time_passes: Callable[..., None]
) -> None:
    change_settings(form_takes_at_least=2)
    quick, slow = a_challenge('aT4eD'), a_challenge('aT4eD')

    time_passes(seconds=1.9)
    assert refusal_of(quick, 'aT4eD') == 'To je bilo zelo hitro. Prepišite znake z nove slike.'
    time_passes(seconds=0.1)
    slow.judge('aT4eD')


async def test_spoken_digits_are_accepted_once_they_were_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[Any] = []

    async def speech(number: str, voice: str) -> bytes:
        spoken.append((number, voice))
        return b'RIFF'

    monkeypatch.setattr(captcha, '_speech', speech)
    challenge = a_challenge('aT4eD')

    assert [await challenge.sound('sl'), await challenge.sound('en')] == [b'RIFF', b'RIFF']
    (number, first), (same, second) = spoken
    assert (number, first, second) == (same, 'sl', 'en-gb')
    assert number.isdigit()
    assert len(number) == 6
    challenge.judge(f'{number[:3]} {number[3:]}')


def test_digits_that_were_never_spoken_are_refused() -> None:
    challenge = a_challenge('aT4eD')

    assert challenge._spoken is None
    assert refusal_of(challenge, 'None')


@pytest.mark.skipif(not shutil.which('espeak-ng'), reason='espeak-ng is not installed')
async def test_a_real_voice_makes_a_sound_file() -> None:
    assert can_speak()
    assert (await a_challenge().sound('sl')).startswith(b'RIFF')


async def test_without_a_voice_listening_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', '/nonexistent')

    assert not can_speak()
    with pytest.raises(FileNotFoundError):
        await a_challenge().sound('sl')


def test_pictures_can_be_drawn_here() -> None:
    assert font_problem() is None


def test_an_installation_under_test_may_fix_the_text(change_settings: Callable[..., Settings]) -> None:
    change_settings(captcha='fixed:aT4eD')

    Challenge().judge('aT4eD')


def refusal_of(challenge: Challenge, answer: object) -> str:
    with pytest.raises(Rejected) as refusal:
        challenge.judge(answer)
    return refusal.value.problems['captcha'].said_in('sl')
