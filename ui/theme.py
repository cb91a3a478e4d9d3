"""How it looks: the style sheet and the script, served from our own origin under a name that changes with them."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import Response
from nicegui import app, ui

from domain.language import _
from domain.settings import settings

ASSETS = Path(__file__).parent / 'assets'
TYPES = {'.css': 'text/css', '.js': 'text/javascript'}
FOREVER = 'public, max-age=31536000, immutable'


def install() -> None:
    """Adds head, style and script to every page, once, before the server starts."""
    style, script = _served('eportal.css'), _served('eportal.js')
    _served('staff.css')
    _served('import.js')
    _served('requests.js')
    chosen = settings()
    ui.add_head_html(
        f'<link rel="stylesheet" href="{style}">'
        f'<style>:root{{--brand:{chosen.colour};--brand-dark:{chosen.colour_dark}}}</style>'
        f'<script src="{script}" defer></script>',
        shared=True,
    )
    ui.add_body_html(f'<noscript>{_without_script()}</noscript>', shared=True)


def icon() -> str:
    """Inline, in the utility's colour: NiceGUI puts it into the page as a data address."""
    return (ASSETS / 'icon.svg').read_text(encoding='utf-8').replace('#0b5394', settings().colour).strip()


@cache
def staff_style() -> str:
    """The address of what only pages of the staff need."""
    return _address('staff.css')


@cache
def import_script() -> str:
    """The address of what only the staff's import needs."""
    return _address('import.js')


@cache
def queue_script() -> str:
    """The address of what only the staff's queue of requests needs."""
    return _address('requests.js')


def _address(name: str) -> str:
    return f'/assets/{hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:16]}/{name}'


def _served(name: str) -> str:
    content, address = (ASSETS / name).read_bytes(), _address(name)

    @app.get(address, include_in_schema=False)
    def _asset() -> Response:
        return Response(content, media_type=TYPES[Path(name).suffix], headers={'Cache-Control': FOREVER})

    return address


def _without_script() -> str:
    chosen = settings()
    sentence = _(
        'ePortal needs JavaScript, which is switched off in this browser. Switch it on, or call us: {phone}, {mail}.',
        phone=chosen.utility_phone,
        mail=chosen.utility_mail,
    )
    return ''.join(
        f'<p class="noscript" lang="{language}">{sentence.said_in(language)}</p>' for language in ('sl', 'en')
    )
