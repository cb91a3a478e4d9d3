"""What is slow the first time (fonts, locales, templates, a hash) is done before the first visitor comes."""

from domain import clock, letters, passwords
from domain.captcha import Challenge
from domain.language import LANGUAGES, _


async def warm_up() -> None:
    Challenge()
    await passwords.dummy_hash()
    passwords.not_common('', None)
    passwords.strength('a')
    letters.load_templates()
    for language in LANGUAGES:
        clock.day_and_time(clock.now(), language)
        _('Sign in').said_in(language)
