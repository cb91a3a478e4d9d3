"""Splošni pogoji (manual, 1.1): which version a person accepted, and whether he has to be asked again."""

from dataclasses import dataclass

from domain import clock
from domain.form import consent_to, valid
from domain.language import _
from domain.settings import settings
from storage.models import Account


@dataclass(kw_only=True)
class Acceptance:
    consent: bool = consent_to(
        _('I agree with {terms}.'), _('Tick that you agree with the Terms and Conditions, or sign out.')
    )


def must_accept(account: Account) -> bool:
    return account.terms_version != settings().terms_version


async def accept(form: Acceptance, account: Account) -> None:
    """Raises `Rejected` without a consent."""
    valid(form)
    await Account.filter(id=account.id).update(terms_version=settings().terms_version, terms_accepted_at=clock.now())
