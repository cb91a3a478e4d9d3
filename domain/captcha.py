"""Znak iz slike (manual, 1.1): a picture whose upper and lower case matter, or six spoken digits.

A challenge lives in the memory of its page: the answer never leaves the server, and one attempt uses it up.
"""

import asyncio
import secrets
import shutil
from typing import Any

from captcha.image import ImageCaptcha

from domain import clock
from domain.form import Rejected
from domain.language import Message, _
from domain.settings import settings

# No two of these look alike in the other case, and none looks like another. The library scales every glyph to one size.
ALPHABET = 'ABDEFGHLMNRT' + 'adehmnrt' + '23457'
LENGTH, SPOKEN_LENGTH = 5, 6
INKS = ((20, 40, 90), (90, 20, 40), (20, 80, 50))
VOICES = {'sl': 'sl', 'en': 'en-gb'}

_speakers = asyncio.Semaphore(2)  # espeak-ng processes side by side


class _Picture(ImageCaptcha):
    """Readable: little rotation, no overlap, and ink that stays dark (its luminance is the library's alpha mask)."""

    character_rotate = (-16, 16)
    word_offset_dx = 0.0
    word_space_probability = 0.85
    character_warp_dy = (0.1, 0.2)

    def __init__(self, **size: Any) -> None:
        super().__init__(**size)
        self.lookup_table = [min(255, i * 6) for i in range(256)]


class Challenge:
    """One picture and, on demand, one spoken number; either answers it, once, for ten minutes."""

    def __init__(self) -> None:
        chosen = settings().captcha
        self._text = chosen.removeprefix('fixed:') if chosen != 'image' else _random(ALPHABET, LENGTH)
        self._spoken: str | None = None
        self._shown_at = clock.monotonic()
        self._used = False
        self.png = (
            _picture().generate(self._text, fg_color=(*secrets.choice(INKS), 255), bg_color=(248, 248, 248)).getvalue()
        )

    @property
    def is_used(self) -> bool:
        return self._used

    async def sound(self, language: str) -> bytes:
        """A WAV file of six digits; raises `FileNotFoundError` without espeak-ng. Each call speaks anew."""
        self._spoken = self._spoken or _random('0123456789', SPOKEN_LENGTH)
        return await _speech(self._spoken, VOICES[language])

    def judge(self, answer: object) -> None:
        """Raises `Rejected` unless it is right; used up either way, so the page needs a new challenge after it."""
        used, self._used = self._used, True
        age = clock.monotonic() - self._shown_at
        if used or age > settings().captcha_valid_for.total_seconds():
            raise Rejected(captcha=_('The picture had expired. Copy the characters from the new one.'))
        if age < settings().form_takes_at_least.total_seconds():
            raise Rejected(captcha=_('That was very fast. Please copy the characters from the new picture.'))
        if wrong := self._problem(answer):
            raise Rejected(captcha=wrong)

    def _problem(self, answer: object) -> Message | None:
        typed = ''.join(answer.split()) if isinstance(answer, str) else ''
        if self._is(typed, self._text) or (self._spoken is not None and self._is(typed, self._spoken)):
            return None
        if typed.casefold() == self._text.casefold():
            return _('Mind upper and lower case: the letters were right. Copy the characters from the new picture.')
        return _('The characters do not match. Copy them from the new picture.')

    @staticmethod
    def _is(typed: str, text: str) -> bool:
        return secrets.compare_digest(typed.encode(), text.encode())


def can_speak() -> bool:
    return shutil.which('espeak-ng') is not None


def font_problem() -> str | None:
    """For the start-up check: whether a picture can be drawn at all."""
    try:
        return None if _picture().generate('aT4eD') else 'empty picture'
    except OSError as problem:
        return str(problem)


def _picture() -> _Picture:
    return _Picture(width=240, height=80, font_sizes=(46, 50, 54))


def _random(alphabet: str, length: int) -> str:
    return ''.join(secrets.choice(alphabet) for _position in range(length))


async def _speech(number: str, voice: str) -> bytes:
    async with _speakers:
        return await _spoken_once(number, voice)


async def _spoken_once(number: str, voice: str) -> bytes:
    speed, pitch = secrets.choice(range(120, 151)), secrets.choice(range(35, 61))
    process = await asyncio.create_subprocess_exec(
        'espeak-ng', '-v', voice, '-s', str(speed), '-p', str(pitch), '-g', '18', '--stdout', '--', ', '.join(number),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wave, _nothing = await asyncio.wait_for(process.communicate(), 5)
    except TimeoutError:
        process.kill()
        raise
    return wave
