"""The page of the link in a clerk's question (manual, 1.2): the question, and a form for the answer."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import Rejected
from domain.language import _
from domain.links import LinkState
from domain.request_addition import Question, add, look_up
from domain.request_form import Addition
from ui.elements import Element, heading, with_office
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.link_endings import UNKNOWN, Ending, show_ending
from ui.link_token import take_token
from ui.request import sample_metering_point
from ui.request_link import REQUEST

TITLE = _('Add to the request')
NAME = 'dopolnitev'

_OVER = (
    _('This link is no longer needed'),
    _('The request has been closed meanwhile, or there is a newer message with a new link.'),
    (),
)
ENDINGS: dict[LinkState | None, Ending] = {
    LinkState.USED: (
        _('We have your answer already'),
        _('There is nothing to do. We answer the request by e-mail, usually within a few working days.'),
        (),
    ),
    LinkState.REPLACED: _OVER,
    LinkState.CANCELLED: _OVER,
    LinkState.EXPIRED: (
        _('The link has expired'),
        _('Call us or write to us, and mention the number of the request.'),
        (),
    ),
    None: (*UNKNOWN, (REQUEST,)),
}


def page(token: str = '') -> None:
    """The token leaves the address bar at once; after a reload the browser hands it over again."""
    place = Element('div', '', 'narrow')

    async def arrived(token: object) -> None:
        question = await look_up(token)
        place.clear()
        with place:
            if question.state == LinkState.LIVE:
                _AdditionForm(place, token, question)
            else:
                show_ending(ENDINGS, question.state)

    with place:
        heading(TITLE)
    take_token(token, '/zahtevek/dopolnitev', arrived)


class _AdditionForm:
    def __init__(self, place: Element, token: object, question: Question) -> None:
        self._place, self._token = place, token
        self._fields = Fields(Addition(), NAME)
        heading(TITLE, _('Request {reference}', reference=question.reference))
        if question.text:
            with Element('div', '', 'card'):
                Element('h2', _('Our question'))
                Element('p', question.text, 'as-written')
        self._summary = Summary()
        with form(NAME, self._submit, draft=True):
            self._draw(question.missing)
        with_office(_('Do you need help? Call {phone} or write to {mail}.'), 'hint')

    def _draw(self, missing: tuple[str, ...]) -> None:
        self._fields.area('message', rows=6)
        if 'metering_point' in missing:
            self._fields.text('metering_point', sample=sample_metering_point())
        if 'tax_number' in missing:
            self._fields.text('tax_number', keys='numeric', secret=True)
        submit_button(_('Send the answer'))

    async def _submit(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        self._summary.clear()
        try:
            state = await add(self._fields.form, self._token)
        except Rejected as rejection:
            self._fields.show(rejection.problems)
            title(TITLE, wrong=True)
            self._summary.show(rejection.problems)
            ui.run_javascript(f'eportal.ready("{NAME}")')
        else:
            self._end(state)

    def _end(self, state: LinkState | None) -> None:
        self._place.clear()
        with self._place:
            if state == LinkState.LIVE:
                ui.run_javascript(f'eportal.forget("{NAME}")')
                _show_added()
            else:
                show_ending(ENDINGS, state)
            ui.run_javascript('eportal.focus("heading")')


def _show_added() -> None:
    name = _('Thank you, we have your answer')
    title(name)
    heading(name, _('We go on with the request, and answer by e-mail, usually within a few working days.'))
    with_office(_('Do you need help? Call {phone} or write to {mail}.'), 'hint')
