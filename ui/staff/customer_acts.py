"""What each deed says when it is done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.check_mail import NewAddress
from domain.form import entry
from domain.language import Message, _, _n
from domain.staff import access_deeds, customer_deeds
from domain.staff.customer_deeds import NumberIssued, Way
from domain.staff.customer_deeds import ways as ways
from domain.staff.diagnosis import pause_words
from domain.staff.letters_desk import take_back
from domain.staff.permission import Officer, Stranger

By = Officer | Stranger
ON_ITS_WAY = _('A message goes to {email} in a few seconds.', email='')
WAYS: dict[str, Message] = {
    Way.SHOWN: _('show it here, to be read out or printed'),
    Way.BILLING: _('send it to {address}, from the billing data'),
    Way.REGISTRATION: _('send it to {address}, from the registration that waits'),
}


@dataclass(frozen=True)
class Note:
    """What a deed has done; a letter of its can be taken back for a few seconds."""

    sentence: Message
    letter_id: int | None = None
    number: NumberIssued | None = None
    is_trouble: bool = False


@dataclass(kw_only=True)
class IssueWay:
    way: str = entry(_('How does it reach the customer?'))


async def send(by: By, customer_id: int) -> Note:
    letter = await customer_deeds.send_again(by, customer_id)
    return Note(Message(ON_ITS_WAY.text, facts={'email': letter.recipient}), letter.id)


def correcting(form: NewAddress) -> Callable[[By, int], Awaitable[Note]]:
    async def correct(by: By, customer_id: int) -> Note:
        letter = await customer_deeds.correct_address(by, customer_id, form)
        corrected = _('The address is corrected, the old link is dead. A message goes to {email} in a few seconds.',
                      email=letter.recipient)  # fmt: skip
        return Note(corrected, letter.id)

    return correct


def taking_back(letter_id: int) -> Callable[[By, int], Awaitable[Note]]:
    async def stop(by: By, _customer_id: int) -> Note:
        await take_back(by, letter_id)
        return Note(_('The message was stopped. What was changed besides stays as it is.'))

    return stop


async def lift(by: By, customer_id: int) -> Note:
    lifted = await customer_deeds.lift_pause(by, customer_id)
    if not lifted:
        return Note(_('There was no pause any longer.'))
    return Note(_('Lifted: {pause}', pause=pause_words(lifted[0])))


def issuing(way: str) -> Callable[[By, int], Awaitable[Note]]:
    async def issue(by: By, customer_id: int) -> Note:
        issued = await customer_deeds.issue_number(by, customer_id, way)
        if issued.letter is None:
            return Note(_('The control number is issued. Read it out, or print it.'), number=issued)
        email = issued.letter.recipient
        sent = _('The control number is issued. A message with it goes to {email} in a few seconds.', email=email)
        return Note(sent, issued.letter.id)

    return issue


async def withdraw_number(by: By, customer_id: int) -> Note:
    await customer_deeds.withdraw_number(by, customer_id)
    return Note(_('The control number is withdrawn.'))


async def freeze(by: By, customer_id: int) -> Note:
    ended = await access_deeds.freeze(by, customer_id)
    return Note(_n('The access is frozen; {n} session was ended.', 'The access is frozen; {n} sessions were ended.',
                   ended))  # fmt: skip


async def unfreeze(by: By, customer_id: int) -> Note:
    await access_deeds.unfreeze(by, customer_id)
    return Note(_('The access is unfrozen.'))


async def end_sessions(by: By, customer_id: int) -> Note:
    return Note(
        _n('{n} session was ended.', '{n} sessions were ended.', await access_deeds.end_sessions(by, customer_id))
    )


async def close(by: By, customer_id: int) -> Note:
    await access_deeds.close(by, customer_id)
    return Note(_('It is closed. The payer code is free for a new registration.'))
