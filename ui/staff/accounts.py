"""Who works here: added, changed and disabled by administrators. Nobody chooses a password for another."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain import clock
from domain.form import Rejected
from domain.language import Message, _, _n
from domain.settings import settings
from domain.staff import accounts
from domain.staff.accounts import ROLES, Invitation, Member, NewMember, Role, Standing
from domain.staff.not_possible import NotPossible
from domain.staff.permission import Officer
from ui.elements import Element, heading, quiet_button
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.session import language
from ui.staff.account_card import account_card
from ui.staff.copying import copy_button
from ui.staff.session import who
from ui.staff.table import Column, Table, cell, tag

TITLE, NAME = _('Staff'), 'zaposleni'
STANDINGS = {
    Standing.ABLE: (_('can sign in'), 'done'),
    Standing.INVITED: (_('waits for the set-up'), 'wait'),
    Standing.FORGOTTEN: (_('the link has expired'), 'bad'),
    Standing.DISABLED: (_('disabled'), ''),
}


async def page(me: Officer) -> None:
    heading(TITLE, _('Who may work in the administration. Everybody sets up their own password and phone by a link.'))
    await _Desk(me).draw()


class _Desk:
    def __init__(self, me: Officer) -> None:
        self._me = me
        self._open: int | None = None

    async def draw(self) -> None:
        self._place = Element('div')
        with self._place:
            self._note = Element('div')
            await self._draw()

    async def _draw(self) -> None:
        with Element('div', '', 'beside'):
            with Element('div'):
                self._table = Table(
                    TITLE,
                    (
                        Column(_('Name and surname'), self._name, 'name'),
                        Column(_('Role'), lambda member: cell(ROLES[member.role]), 'role'),
                        Column(_('State'), _standing),
                        Column(_('Last sign-in'), _last_sign_in, 'last_sign_in', 'when'),
                    ),
                    self._fetch,
                    empty=_('Nobody yet.'),
                    row=lambda member: {'aria_current': 'true' if member.staff_id == self._open else None},
                )
                await self._table.show()
            with Element('div'):
                self._side = Element('div')
                with Element('div', '', 'card'):
                    self._adding()

    async def _fetch(self, look: accounts.Look) -> accounts.Listing[Member]:
        return await accounts.staff(await who(), look)

    def _name(self, member: Member) -> None:
        button = quiet_button(member.name, id=f'staff-{member.staff_id}')
        button.on('click', lambda: self._choose(member.staff_id), args=[])
        Element('small', member.email)

    async def _choose(self, staff_id: int) -> None:
        self._open = staff_id
        with self._place:  # the button that was pressed is drawn anew
            await self._refresh()
            ui.run_javascript('eportal.focus("account")')

    async def _refresh(self) -> None:
        await self._table.show()
        member = await accounts.member(await who(), self._open) if self._open else None
        self._side.clear()
        if member:
            with self._side:
                account_card(member, self._act)

    async def _act(self, deed: Callable[[Officer], Awaitable[Invitation | Message]]) -> None:
        """Does it and says so, with the link where there is one."""
        try:
            outcome = await deed(await who())
        except NotPossible as refusal:
            outcome = refusal.sentence
        except Rejected as rejection:
            outcome = next(iter(rejection.problems.values()))
        with self._place:
            self._say(outcome)
            await self._refresh()

    def _say(self, outcome: Invitation | Message) -> None:
        self._note.clear()
        with self._note, Element('div', '', 'done-note', role='status', tabindex='-1', id='outcome'):
            if isinstance(outcome, Invitation):
                _show_link(outcome)
            else:
                Element('p', outcome)
        ui.run_javascript('eportal.focus("outcome")')

    def _adding(self) -> None:
        Element('h2', _('Add somebody'))
        self._summary = Summary()
        self._fields = Fields(NewMember(role=Role.CLERK), NAME)
        with form(NAME, self._add, draft=True):
            self._fields.text('name')
            self._fields.text('email', kind='email', keys='email')
            self._fields.choice('role', {str(role): name for role, name in ROLES.items()})
            submit_button(_('Add and make a link'))

    async def _add(self, event: GenericEventArguments) -> None:
        self._fields.take(event.args)
        self._summary.clear()
        try:
            invitation = await accounts.add(await who(), self._fields.form)
        except Rejected as rejection:
            self._fields.show(rejection.problems)
            title(TITLE, wrong=True)
            self._summary.show(rejection.problems)
        else:
            title(TITLE)
            self._fields.show({})
            ui.run_javascript(f'eportal.forget("{NAME}")')
            for name in ('name', 'email'):
                self._fields.clear(name)
            self._open = None
            self._say(invitation)
            await self._refresh()
        ui.run_javascript(f'eportal.ready("{NAME}")')


def _standing(member: Member) -> None:
    words, kind = STANDINGS[member.standing]
    tag(words, kind)
    if member.standing == Standing.INVITED and member.invited_until:
        Element('small', _('until {time}', time=clock.day(member.invited_until, language())))


def _last_sign_in(member: Member) -> None:
    if member.last_sign_in_at is None:
        cell('–')
        return
    now = _('signed in now') if member.sessions else clock.time_of_day(member.last_sign_in_at, language())
    cell(clock.day(member.last_sign_in_at, language()), now)


def _show_link(invitation: Invitation) -> None:
    hours = int(settings().staff_setup_valid_for.total_seconds() // 3600)
    Element(
        'p', _('Give this link to {name} yourself, in person or by a way that only they read. It is shown only now.',
               name=invitation.staff.name),
    )  # fmt: skip
    Element('p', invitation.address, 'secret', id='set-up-link')
    with Element('div', '', 'row'):
        copy_button('set-up-link')
        Element('span', _n('It works once, for {n} hour.', 'It works once, for {n} hours.', hours), 'hint')
