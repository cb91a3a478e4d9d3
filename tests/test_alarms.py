"""What is wrong is said, with what to do about it, and told to administrators once."""

import pytest

from domain import clock, outbox
from domain.form import TooManyAttempts
from domain.language import LANGUAGES
from domain.proof import ProofFailed
from domain.sign_in import SignIn, WrongNameOrPassword, sign_in
from domain.staff import alarm_letters
from domain.staff.alarms import Alarm, alarms
from domain.visitor import Visitor
from storage.models import Letter, LetterState, Role, RunState, Staff
from tests.world import a_letter, an_import, an_invoice, an_officer, registered

pytestmark = pytest.mark.usefixtures('db')


@pytest.fixture(autouse=True)
def nothing_told() -> None:
    alarm_letters._told.clear()


@pytest.fixture
async def a_good_day(db: None, change_settings) -> None:
    change_settings(disk_low_below=1)
    await an_import()
    await an_invoice()


async def guess(*codes: str, address: str = '192.0.2.9') -> None:
    for code in codes:
        with pytest.raises(ProofFailed):
            await registered(Visitor(address), payer_code=code, control_number='202000000')


async def kinds() -> list[str]:
    return [alarm.kind for alarm in await alarms()]


async def only() -> Alarm:
    [alarm] = await alarms()
    for language in LANGUAGES:
        assert alarm.sentence.said_in(language)
        assert alarm.advice.said_in(language)
    return alarm


@pytest.mark.usefixtures('a_good_day')
async def test_on_a_good_day_there_is_none() -> None:
    assert await alarms() == []


@pytest.mark.usefixtures('a_good_day')
async def test_half_of_the_proof_budget_is_an_alarm_and_all_of_it_a_graver_one(change_settings, time_passes) -> None:
    change_settings(proofs_per_day=4, fallback_proof='none')
    await guess('111111')
    assert await kinds() == []

    await guess('222222')
    assert '2 of 4' in (await only()).sentence.said_in('en')
    await guess('333333', '444444')
    assert 'all 4' in (await only()).sentence.said_in('en')

    time_passes(days=1)
    assert await kinds() == []


@pytest.mark.usefixtures('a_good_day')
async def test_many_wrong_numbers_from_one_address_are_an_alarm_without_the_address() -> None:
    await guess(*[str(100_001 + n) for n in range(8)])

    said = repr(await only())

    assert '192.0.2' not in said


@pytest.mark.usefixtures('a_good_day')
async def test_as_many_from_eight_addresses_are_none() -> None:
    for n in range(8):
        await guess(str(100_001 + n), address=f'192.0.2.{n}')

    assert await kinds() == []


@pytest.mark.usefixtures('a_good_day')
async def test_many_failed_sign_ins_are_an_alarm(change_settings) -> None:
    change_settings(sign_ins_per_hour=4)
    for n in range(2):
        with pytest.raises((WrongNameOrPassword, TooManyAttempts)):
            await sign_in(SignIn(payer_code=str(100_001 + n), password='ni pravo'), by=Visitor('192.0.2.9'))

    assert (await only()).kind == 'guessing'


@pytest.mark.usefixtures('a_good_day')
async def test_a_mail_server_that_is_down_is_an_alarm() -> None:
    letter = await a_letter()
    await Letter.filter(id=letter.id).update(attempts=1, last_reply='SMTPConnectError: refused')

    assert await kinds() == ['mail']


@pytest.mark.usefixtures('a_good_day')
async def test_letters_that_wait_for_an_hour_are_an_alarm(time_passes) -> None:
    letter = await a_letter()
    await Letter.filter(id=letter.id).update(attempts=3, last_reply='450 Greylisted')
    time_passes(hours=1, minutes=1)

    assert await kinds() == ['letters']
    await Letter.filter(id=letter.id).update(state=LetterState.SENT)
    assert await kinds() == []


async def test_no_import_yet_is_an_alarm(change_settings) -> None:
    change_settings(disk_low_below=1)

    assert (await only()).kind == 'import'


@pytest.mark.usefixtures('a_good_day')
async def test_an_overdue_import_is_an_alarm_until_the_next_one(time_passes, change_settings) -> None:
    time_passes(days=40)
    await an_import(state=RunState.FAILED)
    assert '40 days' in (await only()).sentence.said_in('en')

    await an_import(state=RunState.UNCHANGED)
    assert await kinds() == []


@pytest.mark.usefixtures('a_good_day')
async def test_a_disk_that_fills_up_is_an_alarm(change_settings) -> None:
    change_settings(disk_low_below=10**9)

    assert (await only()).kind == 'disk'


@pytest.mark.usefixtures('a_good_day')
async def test_a_new_alarm_goes_to_every_administrator_once(change_settings, time_passes) -> None:
    for name in ('Ana Kos', 'Ema Kos'):
        await an_officer(Role.ADMINISTRATOR, name)
    await an_officer(Role.CLERK, 'Ivo Kos')
    gone, new = await an_officer(Role.ADMINISTRATOR, 'Jan Kos'), await an_officer(Role.ADMINISTRATOR, 'Una Kos')
    await Staff.filter(id=gone.staff_id).update(disabled_at=clock.now())
    await Staff.filter(id=new.staff_id).update(set_up_at=None)
    change_settings(disk_low_below=10**9)

    for _minute in range(3):
        await alarm_letters.tell()
        time_passes(hours=2)

    letters = await Letter.all().order_by('recipient')
    assert [(letter.kind, letter.recipient, letter.language) for letter in letters] == [
        ('alarm_disk', 'ana.kos@primer.si', 'sl'), ('alarm_disk', 'ema.kos@primer.si', 'sl')
    ]  # fmt: skip


@pytest.mark.usefixtures('a_good_day')
async def test_one_that_comes_and_goes_is_told_once_an_hour(change_settings, time_passes) -> None:
    await an_officer(Role.ADMINISTRATOR)
    for _time in range(6):
        change_settings(disk_low_below=10**9)
        await alarm_letters.tell()
        change_settings(disk_low_below=1)
        await alarm_letters.tell()
        time_passes(minutes=20)

    assert await Letter.all().count() == 2


@pytest.mark.usefixtures('a_good_day')
async def test_one_that_came_within_the_hour_is_told_when_it_is_over(change_settings, time_passes) -> None:
    await an_officer(Role.ADMINISTRATOR)
    change_settings(disk_low_below=10**9)
    await alarm_letters.tell()
    alarm_letters._told.clear()
    await alarm_letters.tell()
    assert await Letter.all().count() == 1

    time_passes(hours=1, minutes=1)
    await alarm_letters.tell()

    assert await Letter.all().count() == 2


@pytest.mark.parametrize('kind', alarm_letters.BY_LETTER)
@pytest.mark.parametrize('language', LANGUAGES)
async def test_every_kind_has_its_letter_without_a_person_in_it(kind: str, language: str) -> None:
    from domain.letters import SPEAKS_OF, rendered
    from tests.world import link_in, text_of

    queued = await outbox.queue(f'alarm_{kind}', 'marija.kos@primer.si', language)
    message = rendered(await Letter.get(id=queued.id).select_related(*SPEAKS_OF))

    assert link_in(message).endswith('/uprava/pregled')
    assert 'Marija' not in text_of(message)
