"""Znak iz slike: the picture, another one, and the spoken digits."""

import base64

from nicegui import ui

from domain.captcha import Challenge, can_speak
from domain.language import _
from ui.elements import Element, link, quiet_button, said
from ui.fields import Fields
from ui.session import language

FAILURES_UNTIL_REQUEST = 3


class Captcha:
    """One challenge at a time lives in this page; the answer never leaves the server."""

    def __init__(self, fields: Fields) -> None:
        self._failures = 0
        self.challenge = Challenge()
        fields.text('captcha', secret=True, above=self._place, below=self._way_on)
        self._draw()

    @property
    def is_used(self) -> bool:
        return self.challenge.is_used

    def renew(self) -> None:
        self.challenge = Challenge()
        self._draw()

    def count_failure(self) -> None:
        self._failures += 1
        if self._failures == FAILURES_UNTIL_REQUEST:
            with self._request:
                link(_('The picture does not work for you? Send a request, without a picture'), '/zahtevek')

    def _place(self) -> None:
        with Element('div', '', 'captcha'):
            self._image = Element('img', '', width='240', height='80', id='captcha-picture')
            with Element('div'):
                quiet_button(_('New picture'), id='new-picture').on('click', self._other, args=[])
                if can_speak():
                    quiet_button(_('Listen'), id='listen').on('click', self._speak, args=[])

    def _way_on(self) -> None:
        self._request = Element('p')

    def _other(self) -> None:
        self.renew()
        ui.run_javascript('eportal.focus("captcha")')

    async def _speak(self) -> None:
        wave = base64.b64encode(await self.challenge.sound(language())).decode()
        ui.run_javascript(f'eportal.speak("data:audio/wav;base64,{wave}"); eportal.focus("captcha")')

    def _draw(self) -> None:
        seen_or_heard = _('Picture with characters to copy. If you cannot see it, choose “Listen”.')
        only_seen = _('Picture with characters to copy. If you cannot see it, send a request.')
        description = said(seen_or_heard if can_speak() else only_seen)
        self._image.attribute('src', 'data:image/png;base64,' + base64.b64encode(self.challenge.png).decode())
        self._image.attribute('alt', description)
