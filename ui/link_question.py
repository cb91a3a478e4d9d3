"""What the page of a link in a letter asks: one button and a quiet way out; or, where it has expired, a new link."""

from collections.abc import Awaitable, Callable

from domain.form import TooManyAttempts
from domain.language import Message, _
from ui.check_mail import too_many_messages
from ui.elements import Element, heading, quiet_button
from ui.frame import title

Draw = Callable[[], object]  # what stands in place of the question, once it is answered


def ask(name: Message, lead: Message, yes: Callable[[], Awaitable[Draw]], no: Callable[[], Awaitable[Draw]]) -> None:
    """`name` stands above and on the button."""
    under_way = False

    async def confirm() -> None:
        nonlocal under_way
        if under_way:
            return  # the second half of a double click
        under_way = True
        try:
            draw = await yes()
        finally:
            under_way = False
        replace(draw)

    async def refuse() -> None:
        replace(await no())

    def replace(draw: Draw) -> None:
        place.clear()
        with place:
            draw()

    with Element('div') as place:
        heading(name, lead)
        Element('button', name, 'primary', type='button', id='confirm').on('click', confirm, args=[])
        with Element('p', '', 'after'):
            quiet_button(_('This was not me'), id='decline').on('click', refuse, args=[])


def offer_new_link(resend: Callable[[], Awaitable[None]], sent: Message) -> None:
    """`sent` tells no stranger whether anything was."""

    async def send() -> None:
        try:
            await resend()
        except TooManyAttempts as pause:
            answer.say(too_many_messages(pause))
        else:
            answer.say(sent)

    title(_('The link has expired'))
    heading(_('The link has expired'), _('We can send a new one to the same address.'))
    Element('button', _('Send a new link'), 'primary', type='button', id='resend').on('click', send, args=[])
    answer = Element('p', '', 'state', role='status')
