"""A way on for who cannot sign in by himself: how to reach the office."""

from domain.language import _
from ui.elements import Element, heading, link, with_office

FORGOTTEN = _('Forgotten password')


def forgotten_password_page() -> None:
    with Element('div', '', 'narrow'):
        heading(FORGOTTEN, _('The office helps you to a new password.'))
        with Element('div', '', 'card text'):
            with_office(_('Call {phone} or write to {mail}.'))
            Element('p', _('Have an invoice at hand. Nobody will ever ask you for a password.'))
        link(_('Back to the sign-in page'), '/')
