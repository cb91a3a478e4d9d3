"""A control number that was just issued, to be read out or printed; nothing else of the page goes on paper."""

from collections.abc import Awaitable, Callable

from domain.language import _
from domain.settings import settings
from domain.staff.customer_deeds import NumberIssued
from ui.elements import Element, quiet_button


def draw_number(issued: NumberIssued, withdraw: Callable[[], Awaitable[None]]) -> None:
    facts = {name: str(value) for name, value in issued.facts.items()}
    with Element('section', '', 'card issued', id='issued', aria_label=_('Issued control number')):
        Element('h2', _('Username and control number for ePortal'))
        with Element('dl', '', 'facts'):
            for name, value in (
                (_('Username (payer code)'), facts['payer_code']),
                (_('Control number'), facts['control_number']),
                (_('Valid until'), facts['number_valid_until']),
                (_('Registration'), f'{settings().public_url}/registracija'),
            ):
                with Element('div'):
                    Element('dt', name)
                    Element('dd', value)
        Element('p', _('The control number works once. Nobody else may see it.'), 'hint')
        with Element('div', '', 'row no-print'):
            printing = Element('button', _('Print'), 'second', type='button', id='print')
            printing.on('click', js_handler='() => window.print()')
            quiet_button(_('Withdraw the number'), id='withdraw').on('click', withdraw, args=[])
