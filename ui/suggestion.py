"""»Ste mislili …@gmail.com?« under an e-mail field: one tap, and never in the way."""

from nicegui import ui

from domain.checks import likely_address
from domain.language import _
from ui.elements import Element, quiet_button
from ui.fields import Fields


def suggest_address(fields: Fields) -> None:
    """Below the field `email` of this form."""
    line = Element('p', '', 'suggestion', role='status')
    with line:
        button = quiet_button('')
    button.set_visibility(False)
    offered = ['']

    def look() -> None:
        better = likely_address(fields.form.email)
        button.set_visibility(better is not None)
        if better:
            offered[0] = better
            button.say(_('Did you mean {address}?', address=better))

    def take_it() -> None:
        fields.put('email', offered[0])
        button.set_visibility(False)
        ui.run_javascript('eportal.focus("email")')

    button.on('click', take_it, args=[])
    fields.when_left('email', look)
