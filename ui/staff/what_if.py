"""»Kaj bi se zgodilo«: two numbers tried out, at nobody's cost."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import Rejected
from domain.language import _
from domain.staff.permission import Officer
from domain.staff.what_if import Prospect, Trial, asked_now, what_if
from ui.elements import Element, link
from ui.fields import Fields, form, submit_button
from ui.staff.session import who

NAME = 'poskus'


async def what_if_card(me: Officer, payer_code: str = '') -> None:
    """The form, with the payer code filled in where it is known."""
    fields = Fields(Trial(payer_code=payer_code), NAME)

    async def submit(event: GenericEventArguments) -> None:
        fields.take(event.args)
        answer.clear()
        try:
            prospect = await what_if(await who(), fields.form)
        except Rejected as rejection:
            fields.show(rejection.problems)
            ui.run_javascript(f'eportal.focus("{next(iter(rejection.problems))}")')
        else:
            fields.show({})
            with answer:
                _tell(prospect, known_code=payer_code)
        ui.run_javascript(f'eportal.ready("{NAME}")')

    with Element('div', '', 'card no-print'):
        Element('h2', _('What would happen'))
        Element('p', _('Two numbers that a customer reads out. Nothing is changed and no attempt is counted.'), 'hint')
        with form(NAME, submit):
            if not payer_code:
                fields.text('payer_code', keys='numeric')
            fields.text('control_number', keys='numeric')
            for kind in await asked_now(me):
                fields.text(kind.value, secret=True)
            submit_button(_('See what would happen'))
        answer = Element('div', '', 'after', role='status', id='prospect')


def _tell(prospect: Prospect, known_code: str) -> None:
    works = _('Yes: this would open the registration.'), 'state done'
    Element('p', *(works if prospect.would_work else (_('No: this would be refused or wait.'), 'state refused')))
    for sentence in prospect.sentences:
        Element('p', sentence)
    if prospect.customer_id and not known_code:
        link(_('Open the customer'), f'/uprava/stranke/{prospect.customer_id}')
