"""Who may import in the browser, and what no form of its page can hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.form import Rejected
from domain.staff import imports
from domain.staff.import_work import Phase
from domain.staff.listing import Look
from domain.staff.permission import NotAllowed, Officer, Stranger
from storage.models import AuditEvent, Customer, ImportProfile, Role
from tests.billing import customer, customers
from tests.import_desk import body, drop, looked_at, phase, tidied_up
from tests.world import an_officer

STRANGE = 'KODICA;OPIS;ULICA'
pytestmark = pytest.mark.usefixtures('billing', 'reading_here')


@pytest.fixture(autouse=True)
async def nothing_left(billing: None) -> AsyncIterator[None]:
    yield
    await tidied_up()


@pytest.fixture
async def marija(billing: None) -> Officer:
    return await an_officer(Role.ADMINISTRATOR)


async def test_unknown_columns_are_told_by_hand_and_kept_by_name(marija: Officer, tmp_path: Path) -> None:
    file = customers(tmp_path, '200001;Žiga Čuk;Na Žago 1', header=STRANGE)
    await drop(marija, file)
    await imports.look(marija)
    work = await phase(Phase.UNMAPPED)
    assert work.refusal
    assert work.refusal.columns
    assert work.refusal.columns['titles'] == STRANGE.split(';')

    told = {'KODICA': 'payer_code', 'OPIS': 'name', 'ULICA': ''}
    await imports.map_columns(marija, told, 'Mesečni')
    await phase(Phase.READY)
    await imports.apply(marija)
    await phase(Phase.DONE)

    assert (await Customer.get()).name == 'Žiga Čuk'
    assert (await ImportProfile.get()).columns == {'kodica': 'payer_code', 'opis': 'name', 'ulica': ''}
    await imports.give_up(marija)
    again = customers(tmp_path, '200001;Ana Čuk;Na Žago 1', header=STRANGE)
    assert (await looked_at(marija, again, profile='Mesečni')).report
    assert await imports.profiles(marija) == ['Mesečni']


@pytest.mark.parametrize(
    ('columns', 'profile'),
    [({'KODICA': 'password'}, ''), ({'KODICA': 7}, ''), ([], ''), (None, ''), ({'KODICA': ''}, 'x' * 61)],
)
async def test_what_no_select_offers_is_refused(
    marija: Officer, tmp_path: Path, columns: object, profile: object
) -> None:
    await drop(marija, customers(tmp_path, '200001;Žiga Čuk;Na Žago 1', header=STRANGE))
    await imports.look(marija)
    await phase(Phase.UNMAPPED)

    with pytest.raises(Rejected):
        await imports.map_columns(marija, columns, profile)


async def test_what_no_form_offers_is_refused(marija: Officer, tmp_path: Path) -> None:
    with pytest.raises(Rejected):
        await imports.look(marija)
    await drop(marija, customers(tmp_path, customer()))
    for how in ({'profile': 'Plin'}, {'profile': []}, {'encoding': 'ebcdic'}, {'encoding': 7}, {'profile': 'x' * 99}):
        with pytest.raises(Rejected):
            await imports.look(marija, **how)


@pytest.mark.parametrize('who', ['clerk', 'stranger', 'signed out'])
async def test_nobody_but_an_administrator_may_do_anything(marija: Officer, who: str, tmp_path: Path) -> None:
    await looked_at(marija, customers(tmp_path, customer()))
    by: Officer | Stranger = Stranger('192.0.2.7')
    if who == 'clerk':
        by = await an_officer(Role.CLERK, 'Ivo Kos')
    if who == 'signed out':
        by = Officer(marija.staff_id, marija.session_id + 99, 'Marija Kos', Role.ADMINISTRATOR, '192.0.2.7', 'sl')
    deeds = [
        imports.upload(by, 'a.csv', body(b'x')), imports.dropped(by), imports.remove(by, 'x'), imports.profiles(by),
        imports.look(by), imports.map_columns(by, {}), imports.current(by), imports.apply(by), imports.give_up(by),
        imports.history(by, Look()), imports.problems(by),
    ]  # fmt: skip

    for deed in deeds:
        with pytest.raises(NotAllowed):
            await deed

    refused = await AuditEvent.filter(what='refused').count()
    assert refused == len(deeds)
    assert imports._works[0].phase == Phase.READY
