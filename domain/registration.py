"""A customer opens access with two numbers printed on an invoice (manual, 1.1)."""

from dataclasses import dataclass, replace

from tortoise.transactions import in_transaction

from domain import outbox, passwords, proof, throttle
from domain.acceptance import Applicant, accept
from domain.captcha import Challenge
from domain.checks import (
    address,
    at_least,
    at_most,
    digits,
    has_text,
    is_control_number,
    is_email,
    is_payer_code,
    same_as,
)
from domain.form import Rejected, TooManyAttempts, consent_to, entry, valid
from domain.further_proof import (
    is_amount,
    is_metering_point,
    is_tax_number,
    normal_amount,
    normal_metering_point,
    normal_tax_number,
    when_asked,
)
from domain.language import _
from domain.parking import park
from domain.proof import Outcome, ProofFailed
from domain.session import open_session
from domain.setting_types import FurtherProof
from domain.visitor import Visitor
from storage.models import SessionKind


@dataclass(kw_only=True)
class Registration:
    payer_code: str = entry(
        _('Username'), is_payer_code, hint=_('User code on the invoice, {digits} digits'), tidy=digits
    )
    email: str = entry(
        _('E-mail address'), is_email, hint=_('We send the link for the confirmation to it'), tidy=address
    )
    control_number: str = entry(
        _('Control number'), is_control_number, hint=_('Number of the same invoice, {digits} digits'), tidy=digits
    )
    amount_due: str = entry(
        _('Amount due'), when_asked(FurtherProof.AMOUNT_DUE, is_amount), tidy=normal_amount,
        hint=_('Beside “Za plačilo” on the same invoice, for example {sample}'),
    )  # fmt: skip
    metering_point: str = entry(
        _('Metering point code'), when_asked(FurtherProof.METERING_POINT, is_metering_point),
        hint=_('Beside “Odjemno mesto” on the invoice, for example {sample}'), tidy=normal_metering_point,
    )  # fmt: skip
    tax_number: str = entry(
        _('Tax number'), when_asked(FurtherProof.TAX_NUMBER, is_tax_number), tidy=normal_tax_number,
        hint=_('Of the payer named on the invoice; 8 digits, for example from a letter of the tax office (FURS)'),
    )  # fmt: skip
    password: str = entry(
        _('Password'), at_least(passwords.SHORTEST), at_most(passwords.LONGEST), passwords.not_common,
        passwords.not_own('payer_code', 'control_number', 'email'),
        hint=_('At least {least} characters. Three or four words are easy to remember and hard to guess.'),
    )  # fmt: skip
    repeated: str = entry(
        _('Repeat password'), same_as('password', _('Type the chosen password once more.'), _('The passwords differ.'))
    )
    captcha: str = entry(
        _('Characters from the picture'), has_text(_('Copy the characters from the picture.')),
        hint=_('Mind upper and lower case'),
    )  # fmt: skip
    consent: bool = consent_to(
        _('I agree with {terms} and confirm that the data are correct.'),
        _('Tick that you agree with the Terms and Conditions and that the data are correct.'),
    )
    asked: tuple[FurtherProof, ...] = ()  # beside the manual's seven fields; the domain decides anew on »Registriraj«
    invitation: str = ''  # the token of the link in an answer (manual, 1.2), where the page was opened by it


async def register(form: Registration, *, challenge: Challenge, by: Visitor) -> str:
    """The token of a session that opens »Preverite pošto«. Account, link and letter are on disk when it returns.

    Raises `Rejected`, `TooManyAttempts`, or `ProofFailed` whatever the cause.
    """
    form = valid(replace(form, asked=await proof.asked(form)))
    try:
        challenge.judge(form.captcha)
    except Rejected:
        await throttle.log_within_reason('registration', form.payer_code, by, 'picture wrong')
        raise
    password_hash = await passwords.hashed(form.password)
    try:
        token = await _proven(form, password_hash, by)
    except TooManyAttempts:
        await throttle.log('registration', form.payer_code, by, 'budget used up')
        raise
    if token is None:
        raise ProofFailed
    outbox.wake()
    return token


async def _proven(form: Registration, password_hash: str, by: Visitor) -> str | None:
    """Everything or nothing, in one transaction; None if the numbers prove nothing, which alone is then kept."""
    async with in_transaction():
        verdict = await proof.prove(form, by)
        await throttle.log('registration', form.payer_code, by, verdict.outcome)
        applicant = Applicant(form.email, password_hash, by)
        if verdict.outcome == Outcome.PROVEN and verdict.pair:
            account = await accept(verdict.pair, applicant)
        elif verdict.outcome == Outcome.PARKED:
            account = await park(verdict, applicant)
        else:
            return None
        return await open_session(account, SessionKind.REGISTERING, by)
