"""Builders: what a test's story needs, said in a word."""

import asyncio
import re
from datetime import date, timedelta
from decimal import Decimal
from email.message import EmailMessage
from itertools import count
from typing import Any

from domain import clock, control_numbers, links, outbox
from domain.activation import activate
from domain.captcha import Challenge
from domain.folding import folded
from domain.registration import Registration, register
from domain.session import Session, session_of
from domain.sign_in import SignIn, sign_in
from domain.staff.permission import Officer
from domain.staff.session import open_session as open_staff_session
from domain.throttle import MINUTE, Budget
from domain.visitor import Visitor
from storage.models import (
    AccessRequest,
    Account,
    Attempt,
    Customer,
    ImportRun,
    Invoice,
    Letter,
    MeteringPoint,
    NoteKind,
    RequestNote,
    RequestOrigin,
    RequestState,
    Role,
    RunState,
    Staff,
    StaffSession,
)

PAYER_CODE, CONTROL_NUMBER, PASSWORD = '123456', '202000876', 'zelena hiša na hribu'
NEWER = '202000900'  # than any control number that the data hold
HOME = Visitor('192.0.2.7')

_numbers = count(300_000_001)


async def a_customer(payer_code: str = PAYER_CODE, **columns: Any) -> Customer:
    return await Customer.create(
        **{'payer_code': payer_code, 'name': 'Janez Novak', 'address': 'Starj ulica 1, Brezovica', **columns}
    )


async def an_invoice(number: str = CONTROL_NUMBER, customer: Customer | None = None, **columns: Any) -> Invoice:
    customer = customer or await a_customer()
    values = {'issued_on': date(2020, 1, 31), 'amount': Decimal('41.25'), 'open_amount': Decimal(0), **columns}
    return await Invoice.create(number=number, customer=customer, **values)


async def a_metering_point(code: str = 'OM-700000', customer: Customer | None = None, **columns: Any) -> MeteringPoint:
    values = {'address': 'Starj ulica 1', 'meter_serial': '1', 'service': 'voda', **columns}
    return await MeteringPoint.create(code=code, customer=customer or await a_customer(), **values)


async def an_import(new: int = 1, state: RunState = RunState.APPLIED) -> ImportRun:
    """A run that brought so many invoices; the invoices themselves are the test's."""
    return await ImportRun.create(
        state=state, started_at=clock.now(), by='test', files=[], problems=[], counts={'invoice': {'new': new}}
    )


async def newer_invoices(customer: Customer, how_many: int) -> None:
    for month in range(1, how_many + 1):
        issued_on = date(2020, 1, 31) + timedelta(days=30 * month)
        await an_invoice(str(next(_numbers)), customer, issued_on=issued_on)


async def an_account(email: str = 'ana@primer.si', **columns: Any) -> Account:
    now = clock.now()
    values = {'password_hash': '', 'language': 'sl', 'terms_version': '1', 'terms_accepted_at': now, 'created_at': now}
    return await Account.create(**{'email': email, **values, **columns})


async def a_letter(recipient: str = 'ana@primer.si', kind: str = 'confirm', language: str = 'sl') -> Letter:
    """One that waits in the outbox, with all that it speaks of and nothing before it."""
    if kind.startswith('request'):
        return await _letter_of_request(recipient, kind, language)
    customer = await Customer.get_or_none(payer_code=PAYER_CODE) or await a_customer()
    account = await an_account(recipient, language=language)
    link = await links.issue(links.ACTIVATION, account) if kind == 'confirm' else None
    issued = await control_numbers.issue(customer) if kind == 'control_number' else None
    return await outbox.queue(kind, recipient, language, account=account, customer=customer, link=link, issued=issued)


async def _letter_of_request(recipient: str, kind: str, language: str) -> Letter:
    confirmed_at = None if kind == 'request' else clock.now()
    request = await a_request(email=recipient, language=language, confirmed_at=confirmed_at)
    about: dict[str, Any] = {'request': request}
    if kind == 'request':
        about['link'] = await links.issue(links.REQUEST, request)
    elif kind == 'request_question':
        about['link'] = await links.issue(links.ADDITION, request)
    elif kind == 'request_answer':
        customer = await Customer.get_or_none(payer_code=PAYER_CODE) or await a_customer()
        about['issued'] = await control_numbers.issue(customer, request=request)
    if kind in ('request_question', 'request_rejected'):
        note_kind = NoteKind.QUESTION if kind == 'request_question' else NoteKind.REASON
        about['note'] = await RequestNote.create(
            request=request, at=clock.now(), kind=note_kind, text='Kje stoji hiša?'
        )
    return await outbox.queue(kind, recipient, language, **about)


async def an_officer(role: Role = Role.CLERK, name: str = 'Marija Kos', by: Visitor = HOME) -> Officer:
    """Somebody of the staff, signed in, without having shown a password or a second factor."""
    now = clock.now()
    email = f'{folded(name).replace(" ", ".")}@primer.si'
    staff = await Staff.create(email=email, name=name, role=role, created_at=now, set_up_at=now)
    await open_staff_session(staff, by)
    session = await StaffSession.filter(staff=staff).order_by('-id').first()
    assert session
    return Officer(staff.id, session.id, name, role, by.address, 'sl')


async def a_request(**columns: Any) -> AccessRequest:
    """One whose address is confirmed, from the portal, unless said otherwise."""
    now = clock.now()
    values = {
        'state': RequestState.NEW, 'origin': RequestOrigin.PORTAL, 'name': 'Janez Novak',
        'address': 'Starj ulica 1, Brezovica', 'email': 'janez@primer.si', 'language': 'sl', 'created_at': now,
        'confirmed_at': now,
    } | columns  # fmt: skip
    return await AccessRequest.create(search_key=folded(f'{values["name"]} {values["address"]}'), **values)


def a_registration(**values: Any) -> Registration:
    given = {
        'payer_code': PAYER_CODE, 'email': 'ana@primer.si', 'control_number': CONTROL_NUMBER, 'password': PASSWORD,
        'repeated': values.get('password', PASSWORD), 'captcha': 'aT4eD', 'consent': True,
    }  # fmt: skip
    return Registration(**given | values)


def a_challenge(text: str = 'aT4eD') -> Challenge:
    """One whose answer the test knows."""
    challenge = Challenge()
    challenge._text = text
    return challenge


async def registered(by: Visitor = HOME, **values: Any) -> Session:
    """The session of a browser in which the numbers were proven."""
    session = await session_of(await register(a_registration(**values), challenge=a_challenge(), by=by))
    assert session
    return session


async def parked(**values: Any) -> Session:
    """By a number that is newer than all that the portal knows."""
    return await registered(**{'control_number': NEWER, **values})


async def a_minute_passes() -> None:
    """Every address may get a letter again."""
    for letter in await Letter.all():
        pause = Budget('letters per recipient', letter.recipient.lower(), 1, MINUTE)
        await Attempt.filter(key=pause.key).delete()


async def imported(customer: Customer, number: str = NEWER) -> None:
    """The paper invoice has come into the data."""
    run = await another_import()
    await an_invoice(number, customer, issued_on=date(2020, 3, 1), amount=Decimal('41.25'), came_with=run.id)


async def another_import() -> ImportRun:
    await a_minute_passes()
    return await an_import()


async def confirmed(**values: Any) -> Session:
    session = await registered(**values)
    letter = await Letter.filter(account=session.account).order_by('-id').first().select_related('link')
    assert letter
    await activate(token_of(letter))
    return session


async def signed_in(password: str = PASSWORD, payer_code: str = PAYER_CODE, by: Visitor = HOME) -> Session:
    session = await session_of(await sign_in(SignIn(payer_code=payer_code, password=password), by=by))
    assert session
    return session


def token_of(letter: Letter) -> str:
    """What the letter will carry; tests of letters read it out of the letter itself."""
    assert letter.link
    return links.address(letter.link).rsplit('/', 1)[1]


async def token_in(address: str) -> str:
    """Of the newest letter with a link to this address."""
    letter = (
        await Letter.filter(recipient=address, link_id__isnull=False).order_by('-id').first().select_related('link')
    )
    assert letter
    return token_of(letter)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(('plain',))
    assert part
    return str(part.get_content()).replace('\r\n', '\n')


def link_in(message: EmailMessage) -> str:
    """The address that the person would click, so that a broken letter breaks the test."""
    found = re.findall(r'^https?://\S+$', text_of(message), re.MULTILINE)
    assert len(found) == 1, text_of(message)
    return str(found[0])


async def all_at_once(*work: Any) -> list[Any]:
    """Results and exceptions alike."""
    return await asyncio.gather(*work, return_exceptions=True)
