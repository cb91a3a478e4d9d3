"""»Preverite pošto«: how the letter fares, another one, a corrected address; turns by itself when the link is used."""

from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain import clock
from domain.check_mail import NewAddress, Progress, correct_address, progress, resend
from domain.clock import day_and_time, time_of_day
from domain.correspondence import FIRST
from domain.counts import BAIT, count_soon
from domain.form import Rejected, TooManyAttempts
from domain.language import Message, _
from domain.letters import subject
from domain.proof import ProofFailed
from domain.session import SessionKind
from domain.settings import settings
from ui.elements import Element, heading, link, quiet_button, said, with_office
from ui.fields import Fields, Summary, form, submit_button
from ui.frame import title
from ui.session import current, language
from ui.sign_in import minutes_until

TITLE = _('Check your mail')
LOOK_EVERY_SECONDS = 2.0
KINDS = (SessionKind.REGISTERING, SessionKind.UNCONFIRMED)


async def page() -> None:
    session = await current(*KINDS)
    if session is None:
        heading(_('There is nothing to confirm'), _('This browser knows of no registration that waits.'))
        link(_('Sign in'), '/', 'second')
        link(_('Registration for new users'), '/registracija', 'second')
        return
    place = Element('div', '', 'narrow')
    known = await progress(session)
    tell = _draw(place, known)

    async def look() -> None:
        """Touches only what has changed, so that nobody's typing or reading is disturbed."""
        nonlocal known, tell
        if (session := await current(*KINDS, acted=False)) is None:
            place.clear()
            with place:
                _superseded()
            watch.deactivate()
            return
        before, known = known, await progress(session)
        if _outcome(known) != _outcome(before):
            tell = _draw(place, known)
        elif _state(known) != _state(before):
            tell(known)

    watch = ui.timer(LOOK_EVERY_SECONDS, look)


def show_pretended(email: str) -> None:
    """What a script sees that filled in the bait: the same page, with nothing behind it."""
    count_soon(BAIT)
    with Element('div', '', 'narrow'):
        heading(TITLE, _('We sent a message to {email}. It says how to continue.', email=email[:254]))
        Element('p', _('It is on its way to the mail server.'), 'state waiting')


def _outcome(known: Progress) -> tuple[object, ...]:
    return known.confirmed, known.superseded, known.email


def _state(known: Progress) -> tuple[object, ...] | None:
    letter = known.letter
    return letter and (letter.id, letter.state, letter.attempts)


def _draw(place: Element, known: Progress) -> Callable[[Progress], None]:
    """The page as it is now; returns what tells of a change of the letter."""
    place.clear()
    with place:
        if known.confirmed:
            show_confirmed()
        elif known.superseded:
            _superseded()
        else:
            return _waiting(known)
    return lambda _known: None


def too_many_messages(pause: TooManyAttempts) -> Message:
    return _('Too many messages. Try again in {n} min, or call us.', n=minutes_until(pause.until))


def show_confirmed() -> None:
    """The end of the way, on whichever page the person meets it."""
    title(_('Registration is confirmed'))
    heading(_('Registration is confirmed'), _('Sign in with your username and the password you chose.'))
    link(_('Sign in'), '/', 'primary')
    ui.run_javascript('eportal.focus("heading")')


def _superseded() -> None:
    """The same for a registration that was replaced, cancelled, or waited in vain for newer data."""
    heading(
        _('This registration has ended'),
        _('It was cancelled, a newer registration has taken its place, or the data could not be confirmed.'),
    )
    link(_('Registration for new users'), '/registracija', 'second')
    link(_('Send a request'), '/zahtevek', 'second')
    link(_('Sign in'), '/', 'second')


def _waiting(known: Progress) -> Callable[[Progress], None]:
    heading(TITLE)
    lead = Element('p', '', 'lead')
    card = Element('div', '', 'card', role='status')
    summary = Summary()
    resend_button = _resend_button(summary)
    correction = _correction(summary) if known.may_correct else None
    with_office(_('Do you need help? Call {phone} or write to {mail}.'), 'hint')

    def tell(known: Progress) -> None:
        refused = known.letter is not None and known.letter.state == 'refused'
        lead.clear()
        card.clear()
        with lead:
            _where_to(known.email, refused)
        with card:
            _how_it_fares(known, refused)
        resend_button.set_visibility(not refused)
        if refused and correction:
            correction.set_visibility(True)
        seconds = max(0, (known.may_resend_at - clock.now()).total_seconds())
        ui.run_javascript(f'eportal.countdown("resend", {seconds:.0f})')

    tell(known)
    return tell


def _where_to(email: str, refused: bool) -> None:
    sent = _('We sent a message to {email}. It says how to continue.', email='\0')
    before, after = said(_('The message to {email} could not be delivered.', email='\0') if refused else sent).split(
        '\0'
    )
    Element('span', before)
    Element('strong', email)
    Element('span', after)


def _how_it_fares(known: Progress, refused: bool) -> None:
    sentence, state = _letter_state(known)
    Element('p', sentence, f'state {state}')
    if refused:
        return
    Element('p', _('Sender: {sender}. Subject: {subject}.', **_what_to_look_for()), 'hint')
    Element('p', _('If there is no message in a few minutes, look among unwanted mail (spam).'), 'hint')
    if known.letter_valid_until:
        until = day_and_time(known.letter_valid_until, language())
        Element('p', _('The link is valid until {until}.', until=until), 'hint')


def _what_to_look_for() -> dict[str, str]:
    return {'sender': f'ePortal {settings().utility_short_name}', 'subject': subject(FIRST[0], language())}


def _letter_state(known: Progress) -> tuple[Message, str]:
    letter = known.letter
    if letter is None or letter.state in ('queued', 'leased'):
        if letter and letter.attempts > (letter.state == 'leased'):  # the first try may just be under way
            return _('The mail is late; we keep trying. You may close this page.'), 'waiting'
        return _('It is on its way to the mail server.'), 'waiting'
    if letter.state == 'sent' and letter.sent_at:
        return _('Handed over to the mail server at {time}', time=time_of_day(letter.sent_at, language())), 'done'
    return _('The mail server does not take messages for this address. Check whether it is right.'), 'refused'


def _resend_button(summary: Summary) -> Element:
    async def send() -> None:
        session = await current(*KINDS)
        try:
            if session:
                await resend(session)
        except TooManyAttempts as pause:
            summary.say(too_many_messages(pause))
        except ProofFailed:
            ui.navigate.reload()

    label, waiting = _('Send again'), _('Send again (in {left})')  # the browser fills in what is left
    button = Element('button', label, 'second', type='button', id='resend', data_label=label, data_waiting=waiting)
    button.on('click', send, args=[])
    return button


def _correction(summary: Summary) -> Element:
    """In place, in the browser that proved the numbers."""
    fields = Fields(NewAddress(), 'naslov')

    async def submit(event: GenericEventArguments) -> None:
        fields.take(event.args)
        session = await current(SessionKind.REGISTERING)
        try:
            if session is None:
                raise ProofFailed
            await correct_address(fields.form, session=session)
        except Rejected as rejection:
            fields.show(rejection.problems)
            title(TITLE, wrong=True)
            summary.show(rejection.problems)
        except TooManyAttempts as pause:
            summary.say(too_many_messages(pause))
        except ProofFailed:
            summary.say(
                _('Register again, please: the numbers have to be proven anew.'), (_('Registration'), '/registracija')
            )
        ui.run_javascript('eportal.ready("naslov")')

    def open_it() -> None:
        box.set_visibility(not box.visible)
        ui.run_javascript('eportal.focus("email")')

    quiet_button(_('Wrong address? Correct it'), id='correct').on('click', open_it, args=[])
    box = Element('div')
    box.set_visibility(False)
    with box, form('naslov', submit):
        fields.text('email', autocomplete='email', kind='email')
        submit_button(_('Save and send'))
    return box
