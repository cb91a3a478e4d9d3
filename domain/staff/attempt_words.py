"""What was tried, in plain words for staff: the true reason, which nobody else is ever told."""

from domain.language import Message, _

REGISTRATION = {
    'proven': _('Registered: the two numbers belong together.'),
    'parked': _('Registered with an invoice newer than our data: the next import decides.'),
    'no such pair': _('Registration failed: no such invoice number belongs to this payer code.'),
    'invoice used up': _('Registration failed: another registration has used up this invoice already.'),
    'invoice too old': _('Registration failed: the invoice is too old.'),
    'second proof wrong': _('Registration failed: what was asked beside the two numbers was wrong.'),
    'issued number used up': _('Registration failed: the control number we issued was used already.'),
    'issued number cancelled': _('Registration failed: a newer control number has replaced the one that was typed.'),
    'issued number expired': _('Registration failed: the control number we issued has expired.'),
    'budget used up': _('Registration refused: too many failures, so it pauses.'),
    'picture wrong': _('The characters from the picture were wrong.'),
}
SIGN_IN = {
    'signed in': _('Signed in.'),
    'not confirmed yet': _('Right password, but the registration is not confirmed yet.'),
    'wrong name or password': _('Sign-in failed: wrong password.'),
    'access frozen': _('Right password, but the access is frozen.'),
    'access closed': _('Right password, but the access is closed.'),
    'paused': _('Sign-in refused: too many failures, so it pauses.'),
}
LINK = {
    'opened, live': _('The link in the message was opened.'),
    'opened, used': _('The link was opened again; it had been used already.'),
    'opened, replaced': _('An old link was opened; a newer message has replaced it.'),
    'opened, cancelled': _('A cancelled link was opened.'),
    'opened, expired': _('The link was opened too late: it had expired.'),
    'confirmed': _('Registration confirmed by the link.'),
    'declined': _('“This was not me” was chosen on the page of the link; the registration is cancelled.'),
}
WORDS = {'registration': REGISTRATION, 'sign-in': SIGN_IN, 'link': LINK}
PARKED = {
    'completed': _('The import has brought the invoice: the registration goes on.'),
    'given up': _('The invoice did not come with the imports; a message points to the request.'),
    'registered meanwhile': _('It became needless: the customer has registered in another way.'),
    'closed by staff': _('Closed by staff.'),
}


def attempted(what: str, outcome: str) -> Message:
    """One that is not known here is shown as it stands in the log."""
    return WORDS.get(what, {}).get(outcome) or _('{what}: {outcome}', what=what, outcome=outcome)


def registration_failed(outcome: str) -> bool:
    return outcome in REGISTRATION and outcome not in ('proven', 'parked')
