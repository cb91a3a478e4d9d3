"""What every page shares: head, foot, title, focus, the way from page to page, and what is shown in trouble."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from nicegui import ui
from nicegui.page_arguments import RouteMatch

from domain.language import LANGUAGES, Message, _
from domain.settings import settings
from ui.elements import Element, heading, link, quiet_button, said
from ui.session import built_signed_in, language

Builder = Callable[..., Any]
QUASAR_LANGUAGES = {'sl': 'sl', 'en': 'en-GB'}

_log = structlog.get_logger('pages')


class Pages(ui.sub_pages):
    """The pages by address. Unlike NiceGUI's, it never runs a page for an address that goes on behind it."""

    def __init__(self, table: dict[str, tuple[Message, Builder]], *, home: str = '/') -> None:
        """`home` is where the page of an unknown address leads to."""
        self._home = home
        self._titles = {path: title for path, (title, _builder) in table.items()}
        super().__init__({path: builder for path, (_title, builder) in table.items()})

    def _render_page(self, match: RouteMatch) -> bool:
        if match.remaining_path:
            return False
        title(self._titles[match.pattern])
        shown = super()._render_page(match)
        self._move_focus()
        return shown

    def _render_404(self) -> None:
        title(_('Page not found'))
        self.client.status_code = 404
        heading(_('This page does not exist'), _('The address may be mistyped, or the page has moved.'))
        with Element('p'):
            link(_('Go to the sign-in page'), self._home)
        self._move_focus()

    def _render_error(self, problem: Exception) -> None:
        title(_('Something went wrong'))
        if not self.client._response_built:
            self.client.status_code = 500
        heading(_('Something went wrong'), _report(problem))

    def _move_focus(self) -> None:
        if not self._router.is_initial_request:
            ui.run_javascript('eportal.focus("heading")')


def frame(table: dict[str, tuple[Message, Builder]]) -> None:
    """One page of the portal, whatever its address."""
    with page_with(show_exception, _head), Element('div', '', 'page'):
        Pages(table)


@contextmanager
def page_with(on_exception: Callable[[Exception], None], head: Callable[[], None]) -> Iterator[None]:
    """Head, place for trouble, content, foot: of customers and staff alike."""
    client = ui.context.client
    client.page.language = QUASAR_LANGUAGES[language()]  # type: ignore[assignment]
    ui.on_exception(on_exception)
    with client.layout:
        bar = Element('header')
        with bar:
            skip = Element('a', _('Skip to the content'), 'skip', href='#heading')
            skip.on('click.prevent', js_handler='() => eportal.focus("heading")')
            with Element('div', '', 'bar'):
                head()
        bar.move(target_index=0)
        _foot()
    with client.content:
        Element('div', '', 'trouble', id='trouble', role='alert').mark('trouble')
        yield


def title(message: Message, *, wrong: bool = False) -> None:
    """The title of the window; says first when something has to be corrected."""
    text = f'{said(message)} – ePortal'
    ui.page_title(said(_('Error: {title}', title=text)) if wrong else text)


def _head() -> None:
    with Element('a', '', 'home', href='/moj-dostop' if built_signed_in() else '/'):
        Element('span', '', 'logo', aria_hidden='true')
        with Element('span', '', 'name'):
            Element('strong', 'ePortal')
            Element('small', settings().utility_short_name)
    with Element('div', '', 'ways'):
        if built_signed_in():
            link(_('My access'), '/moj-dostop')
        language_switches()


def language_switches() -> None:
    with Element('nav', '', 'languages', aria_label=_('Language')):
        for code, name in LANGUAGES.items():
            _language_switch(code, name)


def _language_switch(code: str, name: str) -> None:
    if code == language():
        Element('strong', name, lang=code, aria_current='true')
        return
    quiet_button(name, lang=code).on('click', js_handler=f'() => eportal.language("{code}")')


def _foot() -> None:
    chosen = settings()
    with Element('footer'), Element('div', '', 'bar'):
        with Element('p'):
            Element('strong', _('Help'))
            link(chosen.utility_phone, 'tel:' + chosen.utility_phone.replace(' ', ''))
            link(chosen.utility_mail, f'mailto:{chosen.utility_mail}')
        with Element('p'):
            link(_('Accessibility'), '/dostopnost')
            link(_('Terms and Conditions'), '/pogoji')
            link(_('Privacy'), '/zasebnost')


def show_exception(problem: Exception) -> None:
    """In the page where it happened; what was typed stays where it is."""
    show_trouble(_report(problem))


def show_trouble(sentence: Message) -> None:
    for element in ui.context.client.elements.values():
        if 'trouble' in element._markers:
            element.text = said(sentence)  # type: ignore[attr-defined]
    ui.run_javascript('for (const form of document.forms) eportal.ready(form.getAttribute("name"))')
    ui.run_javascript('eportal.focus("trouble")')


def log_once(problem: Exception) -> str:
    """The number under which it stands in the log; NiceGUI brings the same problem by several ways."""
    reference: str | None = getattr(problem, 'reference', None)
    if reference is None:
        reference = problem.reference = secrets.token_hex(4).upper()  # type: ignore[attr-defined]
        _log.error('unexpected error', reference=reference, exc_info=problem)
    return reference


def _report(problem: Exception) -> Message:
    """Logs a bug under a number that the person can read out."""
    reference = log_once(problem)
    return _(
        'Something went wrong on our side, and nothing you typed is lost. Please try again. If it happens again, '
        'call {phone} and mention the number {reference}.',
        phone=settings().utility_phone,
        reference=reference,
    )
