"""One of the staff beside the list, and what an administrator can do about the access. Each deed asks first."""

from collections.abc import Awaitable, Callable

from domain import clock
from domain.language import Message, _, _n
from domain.staff import accounts
from domain.staff.accounts import ROLES, Invitation, Member, Role, Standing
from domain.staff.permission import Officer
from ui.elements import Element
from ui.session import language
from ui.staff.confirm import asking_button

Deed = Callable[[Officer], Awaitable[Invitation | Message]]
Act = Callable[[Deed], Awaitable[None]]


def account_card(member: Member, act: Act) -> None:
    with Element('div', '', 'card', id='account', tabindex='-1'):
        Element('h2', member.name)
        _facts(member)
        if member.is_me:
            Element('p', _('This is you. Nobody changes their own access: ask another administrator.'), 'hint')
        with Element('div', '', 'deeds'):
            if member.standing == Standing.DISABLED:
                _enabling(member, act)
            elif not member.is_me:
                _role(member, act)
                _reset(member, act)
            if member.sessions:
                _sessions(member, act)
            if not member.is_me and member.standing != Standing.DISABLED:
                _disabling(member, act)


def _facts(member: Member) -> None:
    last = member.last_sign_in_at
    here = _n('in {n} browser', 'in {n} browsers', member.sessions) if member.sessions else _('nowhere')
    with Element('dl', '', 'facts'):
        for term, value in (
            (_('E-mail address'), member.email),
            (_('Role'), ROLES[member.role]),
            (_('Last sign-in'), clock.day_and_time(last, language()) if last else _('never')),
            (_('Signed in now'), here),
        ):
            with Element('div'):
                Element('dt', term)
                Element('dd', value)


def _role(member: Member, act: Act) -> None:
    up = member.role == Role.CLERK
    role = Role.ADMINISTRATOR if up else Role.CLERK

    async def change(by: Officer) -> Message:
        await accounts.change_role(by, member.staff_id, role)
        return _('{name}: the role is changed.', name=member.name)

    text = _('Make an administrator') if up else _('Make a clerk')
    question = (
        _('{name} will load billing data, manage staff and read the audit trail. Sure?', name=member.name)
        if up
        else _('{name} will only answer requests and help customers. Sure?', name=member.name)
    )
    asking_button(text, question, text, lambda: act(change), id='role')


def _reset(member: Member, act: Act) -> None:
    async def reset(by: Officer) -> Invitation:
        return await accounts.reset(by, member.staff_id)

    question = _(
        'The password, the phone and the recovery codes of {name} will work no longer, and {name} will be signed out. '
        'You get a link for {name} to set them up anew.', name=member.name,
    )  # fmt: skip
    new = member.standing != Standing.ABLE
    text = _('New set-up link') if new else _('Reset password and phone')
    asking_button(text, question, text, lambda: act(reset), id='reset')


def _sessions(member: Member, act: Act) -> None:
    async def end(by: Officer) -> Message:
        ended = await accounts.sign_out_everywhere(by, member.staff_id)
        return _n(
            '{name} is signed out in {n} browser.', '{name} is signed out in {n} browsers.', ended, name=member.name
        )

    question = _('{name} will be signed out everywhere at once, and may sign in again.', name=member.name)
    asking_button(_('Sign out everywhere'), question, _('Sign out everywhere'), lambda: act(end), id='sessions')


def _disabling(member: Member, act: Act) -> None:
    async def disable(by: Officer) -> Message:
        await accounts.disable(by, member.staff_id)
        return _('{name} is disabled and signed out.', name=member.name)

    question = _('{name} will be signed out at once and cannot sign in until the access is enabled.', name=member.name)
    asking_button(_('Disable'), question, _('Disable {name}', name=member.name), lambda: act(disable), id='disable')


def _enabling(member: Member, act: Act) -> None:
    async def enable(by: Officer) -> Message:
        await accounts.enable(by, member.staff_id)
        return _('{name} is enabled.', name=member.name)

    question = _('{name} will be able to sign in again.', name=member.name)
    asking_button(_('Enable'), question, _('Enable {name}', name=member.name), lambda: act(enable), id='enable')
