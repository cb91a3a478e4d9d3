"""Says on every page of the staff that messages do not go out."""

from domain.language import _
from domain.staff.mail_state import mail_trouble
from ui.elements import Element, link


async def mail_banner() -> None:
    """Nothing while all is well."""
    if trouble := await mail_trouble():
        with Element('div', '', 'banner no-print', role='status', id='mail-trouble'):
            Element('span', trouble)
            link(_('Letters'), '/uprava/posta')
