"""What is kept as a hash stands nowhere in clear: not in the database's files, nor the log (trust.md, 20 and 63)."""

from pathlib import Path

import pytest

from domain import control_numbers, links, outbox
from domain.keys import tax_number_hash
from storage.models import AccessRequest, AttemptLog, IssuedControlNumber, Letter, RequestNote
from tests.mail_server import MailServer
from tests.test_request import TAX, send
from tests.world import a_customer, a_request, confirmed

OTHER = '15012557'

pytestmark = pytest.mark.usefixtures('billing')


async def test_a_tax_number_stands_nowhere_in_clear(
    tmp_path: Path, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    await send(tax_number=TAX)
    await send(tax_number=OTHER)  # differs, and is noted
    await outbox.deliver_due()

    everything = repr([await table.all().values() for table in (AccessRequest, RequestNote, AttemptLog, Letter)])
    everything += repr([letter.as_string() for letter in mail.letters]) + caplog.text
    assert mail.letters
    for number in (TAX, OTHER):
        assert number not in everything
        assert files_with(tmp_path, number) == []
    assert tax_number_hash(TAX) in everything
    assert '•••••557' in everything


async def test_an_issued_number_stands_nowhere_but_in_its_letter(
    tmp_path: Path, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    request = await a_request()
    issued = await control_numbers.issue(await a_customer(), request=request)
    await outbox.queue('request_answer', 'ana@primer.si', 'sl', issued=issued, request=request)
    await outbox.deliver_due()
    number, token = control_numbers.number(issued.id), links.token(issued.id)
    assert number in mail.letters[0].as_string()

    await confirmed(control_number=number, invitation=token)

    everything = repr([await table.all().values() for table in (IssuedControlNumber, AttemptLog, Letter)]) + caplog.text
    for secret in (number, token):
        assert secret not in everything
        assert files_with(tmp_path, secret) == []


def files_with(folder: Path, text: str) -> list[str]:
    """The database file, its write-ahead log, and whatever else stands there."""
    files = [file for file in folder.rglob('*') if file.is_file()]
    return [file.name for file in files if text.encode() in file.read_bytes()]
