"""Files dropped for the import: counted, under names of ours, and gone in time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.staff import imports, uploads
from domain.staff.permission import Officer
from domain.staff.uploads import Empty, TooBig
from storage.models import Role
from tests.billing import customer, customers
from tests.import_desk import body, drop, eventually, looked_at, lying_about, tidied_up
from tests.world import an_officer

pytestmark = pytest.mark.usefixtures('billing', 'reading_here')


@pytest.fixture(autouse=True)
async def nothing_left(billing: None) -> AsyncIterator[None]:
    yield
    await tidied_up()


@pytest.fixture
async def marija(billing: None) -> Officer:
    return await an_officer(Role.ADMINISTRATOR)


async def test_a_file_lies_under_a_name_of_ours_and_for_its_owner_alone(marija: Officer, tmp_path: Path) -> None:
    upload = await imports.upload(marija, '..\\..\\etc/pass\0wd.csv', body(b'a', b'b'))

    assert (upload.name, upload.bytes) == ('pass wd.csv', 2)
    assert lying_about(tmp_path) == [upload.id]
    assert upload.path.stat().st_mode & 0o777 == 0o600
    assert upload.path.parent.stat().st_mode & 0o777 == 0o700
    assert upload.path.read_bytes() == b'ab'


@pytest.mark.parametrize(
    ('told', 'shown'),
    [('', 'datoteka'), ('\0', 'datoteka'), ('a/b\\c.csv', 'c.csv'), ('č' * 300, 'č' * 100), (7, 'datoteka'),
     ('a\u202eb\n.csv', 'a b .csv')],
)  # fmt: skip
async def test_a_name_is_shown_short_and_plain(told: object, shown: str) -> None:
    assert uploads.shown_name(told) == shown


async def test_too_much_nothing_and_a_broken_line_leave_nothing(
    marija: Officer, tmp_path: Path, change_settings
) -> None:
    change_settings(upload_at_most=1)

    async def broken() -> AsyncIterator[bytes]:
        yield b'x'
        raise ConnectionError

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b'x' * 65_536

    for chunks, refusal in ((endless(), TooBig), (body(), Empty), (body(b''), Empty), (broken(), ConnectionError)):
        with pytest.raises(refusal):
            await imports.upload(marija, 'a.csv', chunks)
    assert lying_about(tmp_path) == []
    assert await imports.dropped(marija) == []


async def test_all_files_together_have_one_limit(marija: Officer, change_settings) -> None:
    change_settings(upload_at_most=1)
    first = await imports.upload(marija, 'a.csv', body(b'x' * 600_000))
    with pytest.raises(TooBig):
        await imports.upload(marija, 'b.csv', body(b'x' * 600_000))

    await imports.remove(marija, first.id)
    await imports.upload(marija, 'b.csv', body(b'x' * 600_000))

    assert [upload.name for upload in await imports.dropped(marija)] == ['b.csv']


async def test_files_go_after_an_hour_and_what_a_dead_process_left_goes_at_once(
    marija: Officer, tmp_path: Path, time_passes
) -> None:
    await drop(marija, customers(tmp_path, customer()))
    (tmp_path / 'uploads' / 'left').write_bytes(b'x')

    uploads.remove_old()
    assert len(lying_about(tmp_path)) == 1
    time_passes(minutes=61)
    uploads.remove_old()

    assert lying_about(tmp_path) == []
    assert uploads.of(marija.staff_id) == []


async def test_an_import_that_nobody_decides_is_dropped_after_an_hour(
    marija: Officer, tmp_path: Path, time_passes
) -> None:
    await looked_at(marija, customers(tmp_path, customer()))
    time_passes(minutes=61)
    tidying = asyncio.create_task(imports.run())

    async def gone() -> bool:
        return not imports._works and not list((tmp_path / 'imports').iterdir())

    await eventually(gone)
    tidying.cancel()
    assert lying_about(tmp_path) == []
