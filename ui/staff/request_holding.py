"""Whose request it is: taken, given back, taken over from a colleague, handed on."""

from typing import TYPE_CHECKING, Any

from domain.language import _
from domain.staff.permission import Officer, Role
from domain.staff.requests import (
    AccessRequest,
    colleagues,
    give_back,
    hand_on,
    is_open,
    take,
    take_over,
)
from ui.elements import Element, quiet_button
from ui.staff.confirm import asking_button

if TYPE_CHECKING:
    from ui.staff.request_detail import Detail


async def draw_holding(detail: 'Detail', me: Officer, request: AccessRequest) -> None:
    if not is_open(request):
        return
    with Element('div', '', 'row holding'):
        if request.taken_by is None:
            button = Element('button', _('Take it'), 'second', type='button', id='take')
            button.on('click', lambda: detail.act(lambda by: take(by, request.id)), args=[])
        elif request.taken_by.id == me.staff_id:
            button = quiet_button(_('Give it back'), id='give-back')
            button.on('click', lambda: detail.act(lambda by: give_back(by, request.id)), args=[])
        else:
            _take_over(detail, request, request.taken_by.id, request.taken_by.name)
        if me.role == Role.ADMINISTRATOR:
            await _hand_on(detail, me, request)


def _take_over(detail: 'Detail', request: AccessRequest, colleague: int, name: str) -> None:
    async def act() -> None:
        await detail.act(lambda by: take_over(by, request.id, colleague))

    asking_button(
        _('Take it over from {name}', name=name),
        _('{name} has taken the request of {applicant}. Take it over?', name=name, applicant=request.name),
        _('Yes, take it over'), act, id='take-over', classes='second',
    )  # fmt: skip


async def _hand_on(detail: 'Detail', me: Officer, request: AccessRequest) -> None:
    """To be chosen from the list; nothing happens before that."""
    held = request.taken_by.id if request.taken_by else None
    others = [one for one in await colleagues(me) if one.id not in (held, me.staff_id)]
    if not others:
        return

    async def act(event: Any) -> None:
        if isinstance(event.args, str) and event.args.isdigit():
            await detail.act(lambda by: hand_on(by, request.id, int(event.args)))

    with Element('span', '', 'hand-on'):
        Element('label', _('Hand it on to'), for_='colleague')
        choice = Element('select', '', '', id='colleague')
        with choice:
            Element('option', '–', value='')
            for one in others:
                Element('option', one.name, value=str(one.id))
        button = quiet_button(_('Hand on'), id='hand-on')
        button.on('click', act, js_handler='() => emit(document.getElementById("colleague").value)')
