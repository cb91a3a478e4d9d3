"""A clerk writes down a request that came by e-mail, by phone or in person."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import Rejected
from domain.language import LANGUAGES, _
from domain.settings import settings
from domain.staff.entering import ORIGINS, Entered, OpenAlready, enter
from domain.staff.permission import Officer
from ui.elements import Element, heading, link
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.staff.session import who

ENTER = _('Enter a request')
HOME = '/uprava/zahtevki'
NAME = 'vnos-zahtevka'


async def enter_page(me: Officer) -> None:
    with Element('p', '', 'back'):
        link(_('Back to the queue'), HOME)
    heading(ENTER, _('It came by phone, by e-mail or in person. It then waits in the queue like any other.'))
    fields, summary = Fields(Entered(language=me.language), NAME), Summary()

    async def submit(event: GenericEventArguments) -> None:
        fields.take(event.args)
        summary.clear()
        try:
            number = await enter(await who(), fields.form)
        except Rejected as rejection:
            fields.show(rejection.problems)
            title(ENTER, wrong=True)
            summary.show(rejection.problems)
        except OpenAlready as already:
            open_one = _('Open the request {reference}', reference=already.reference)
            summary.say(
                _('This person waits already. Add a note to the open request.'),
                (open_one, f'{HOME}/{already.request_id}'),
            )
        else:
            ui.run_javascript(f'eportal.forget("{NAME}")')
            ui.navigate.to(f'{HOME}/{number}')
            return
        ui.run_javascript(f'eportal.ready("{NAME}")')

    with Element('div', '', 'narrow'), form(NAME, submit, draft=True):
        _draw(fields)
        submit_button(_('Put it into the queue'))


def _draw(fields: Fields) -> None:
    fields.choice('origin', ORIGINS)
    fields.text('full_name')
    fields.text('address')
    fields.text('metering_point', sample=settings().sample_metering_point)
    fields.text('tax_number', keys='numeric', secret=True)
    fields.text('email', kind='email')
    fields.text('phone', kind='tel')
    fields.area('message', rows=3)
    fields.choice('language', dict(LANGUAGES))
