"""What the audit trail calls by a short name, in plain words."""

from collections.abc import Mapping
from typing import Any

from domain import audit
from domain.language import Message, _

DEEDS: Mapping[str, Message] = {
    'refused': _('was refused something that needs another role'),
    'sign-in failed': _('failed to sign in to the administration'),
    'signed in': _('signed in'),
    'signed out': _('signed out'),
    'recovery code used': _('used a recovery code in place of the phone'),
    'staff added': _('added somebody to the staff'),
    'staff set up': _('set up the access: password and second factor'),
    'staff role changed': _('changed a role'),
    'staff reset': _('reset password and second factor'),
    'staff disabled': _('disabled an access'),
    'staff enabled': _('enabled an access'),
    'staff sessions ended': _('ended all sessions of somebody'),
    'audit verified': _('verified the audit trail'),
    'audit exported': _('exported the audit trail'),
    'customer viewed': _('viewed the data of a customer'),
    'request viewed': _('viewed a request'),
    'request entered': _('entered a request'),
    'request taken': _('took a request'),
    'request given back': _('gave a request back'),
    'request taken over': _('took a request over'),
    'request handed on': _('handed a request on'),
    'request noted': _('wrote a note to a request'),
    'request question': _('asked the customer for more'),
    'request answered': _('answered a request'),
    'request rejected': _('rejected a request'),
    'request reopened': _('reopened a request'),
    'request deed undone': _('took the last deed on a request back'),
    'answer printed': _('printed an answer'),
    'address vouched for': _('vouched for the e-mail address in a request'),
    'confirmation sent': _('sent the message that confirms an e-mail address again'),
    'import looked at': _('looked at billing data before the import'),
    'import confirmed': _('confirmed an import'),
    'import applied': _('imported billing data'),
    'import refused': _('was refused an import'),
    'import given up': _('gave an import up'),
}

ACTORS: Mapping[str, Message] = {
    audit.SYSTEM: _('ePortal itself'),
    audit.COMMAND_LINE: _('Command line on the server'),
    audit.NOBODY: _('Somebody not signed in'),
}

KINDS: Mapping[str, Message] = {
    'staff': _('staff no. {n}'), 'customer': _('customer no. {n}'), 'request': _('request no. {n}'),
    'account': _('access no. {n}'), 'letter': _('message no. {n}'), 'import': _('import no. {n}'),
}  # fmt: skip

_FACTS: Mapping[str, Message] = {
    'role': _('role'), 'reason': _('reason'), 'sessions': _('sessions ended'), 'left': _('codes left'),
    'rows': _('rows'), 'deed': _('deed'), 'purpose': _('purpose'), 'broken': _('broken at event'),
    'customer': _('customer'), 'request': _('request'), 'account': _('access'), 'accounts': _('accesses'),
    'letter': _('message'), 'taken_from': _('from whom'), 'to': _('to whom'), 'bad': _('bad rows'), 'files': _('files'),
    'doubts': _('doubts'), 'in_spite_of_doubts': _('in spite of doubts'), 'silently': _('without a message'),
    'origin': _('how it came'), 'on': _('way'), 'way': _('way'), 'state': _('state'), 'outcome': _('outcome'),
    'kind': _('kind'), 'counters': _('counters'),
}  # fmt: skip

_VALUES: Mapping[str, Message] = {
    'clerk': _('clerk'), 'administrator': _('administrator'), 'unknown address': _('unknown e-mail address'),
    'disabled': _('access disabled'), 'not set up': _('access not set up yet'), 'wrong password': _('wrong password'),
    'wrong code': _('wrong code'), 'code used before': _('code used before'), 'request': _('request'),
    'phone call': _('phone call'), 'at the counter': _('at the counter'), 'complaint': _('complaint'),
    'other': _('something else'), 'paper': _('on paper'), 'shown': _('shown on the screen'),
    'billing': _('to the address in the billing data'), 'registration': _('to the address of the registration'),
    'portal': _('portal'), 'mail': _('e-mail'), 'phone': _('phone'), 'in person': _('in person'),
    'applied': _('applied'), 'unchanged': _('unchanged'),
}  # fmt: skip


def details(detail: Mapping[str, Any], names: Mapping[str, str], language: str) -> str:
    """»role: clerk, sessions ended: 2«; `names` are those of opaque subjects."""

    def said(value: Any) -> str:
        if isinstance(value, list):
            return ' '.join(said(one) for one in value)
        if isinstance(value, bool):
            return (_('yes') if value else _('no')).said_in(language)
        known = _VALUES.get(value) if isinstance(value, str) else None
        return known.said_in(language) if known else names.get(str(value), str(value))

    titles = {name: _FACTS[name].said_in(language) if name in _FACTS else name for name in detail}
    return ', '.join(f'{titles[name]}: {said(value)}' for name, value in detail.items())
