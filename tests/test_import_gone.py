"""Only a whole list says that somebody is gone, and too much of that has to be confirmed again."""

from pathlib import Path

import pytest

from domain.billing.importing import Doubtful
from domain.proof import Claim, Outcome, judge
from storage.models import Customer, ImportRun, Invoice
from tests.billing import (
    ALL_SAMPLES,
    csv_file,
    customer,
    customers,
    everything,
    imported,
    invoice,
    invoices,
    point,
    points,
    report_on,
    table,
)

pytestmark = pytest.mark.usefixtures('billing', 'reading_here')

JOINED = 'Šifra plačnika;Naziv;Št. računa;Datum računa;Znesek'


async def gone() -> list[str]:
    return [code for code, *_, is_gone in (await everything())['customers'] if is_gone]


async def test_who_is_not_in_the_list_is_gone_and_comes_back(tmp_path: Path) -> None:
    codes = [str(code) for code in range(200_001, 200_011)]
    whole = customers(tmp_path, *map(customer, codes))
    await imported(whole, invoices(tmp_path, invoice(payer_code=codes[0])))

    less = await imported(customers(tmp_path, *map(customer, codes[1:])))
    without_him = await gone()
    back = await imported(whole)

    assert (less.counts['customer']['gone'], without_him) == (1, codes[:1])
    assert (back.counts['customer']['back'], back.counts['customer']['new'], await gone()) == (1, 0, [])
    assert await Invoice.all().count() == 1


async def test_who_is_gone_proves_nothing(tmp_path: Path) -> None:
    await imported(*ALL_SAMPLES)
    [rest] = [file.read_bytes() for file in ALL_SAMPLES if file.name == 'stranke.csv']
    less = tmp_path / 'less.csv'
    less.write_bytes(b''.join(line for line in rest.splitlines(keepends=True) if not line.startswith(b'123456')))

    await imported(less)

    assert (await judge(Claim('123456', '202000876', {}), ())).outcome == Outcome.NO_PAIR


async def test_a_list_of_metering_points_marks_those_gone_and_no_payers(tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer()), points(tmp_path, point(), point('OM-2')))
    await imported(points(tmp_path, point()), confirmed_again=True)

    assert [row[0] for row in (await everything())['points'] if row[-1]] == ['OM-2']
    assert await gone() == []


async def test_a_joined_file_marks_nobody_as_gone(tmp_path: Path) -> None:
    await imported(customers(tmp_path, customer(), customer('123457')))

    run = await imported(csv_file(tmp_path, JOINED, '123456;Ana;202000876;31.01.2020;1'))

    assert (run.counts['customer']['gone'], run.counts['customer']['changed'], await gone()) == (0, 1, [])


@pytest.mark.parametrize('first', ['list', 'joined'])
async def test_a_list_of_customers_tells_more_of_them_than_a_joined_file(first: str, tmp_path: Path) -> None:
    files = [
        customers(tmp_path, customer(email='a@primer.si')),
        csv_file(tmp_path, JOINED, '123456;ŽIGA ČUK;202000876;31.01.2020;1'),
    ]

    run = await imported(*(files if first == 'list' else files[::-1]))

    assert (run.counts['bad'], run.counts['customer']['new'], run.counts['invoice']['new']) == (0, 1, 1)
    assert await table('customer', 'name', 'address', 'email') == [
        ('Žiga Čuk', 'Stara ulica 1, 1352 Preserje', 'a@primer.si')
    ]


async def test_joined_files_with_different_columns_agree_where_both_say_something(tmp_path: Path) -> None:
    more = JOINED.replace('Naziv', 'Naziv;Naslov')

    run = await imported(
        csv_file(tmp_path, JOINED, '123456;Ana;202000876;31.01.2020;1'),
        csv_file(tmp_path, more, '123456;Ana;Stara ulica 1;202000877;31.01.2020;1'),
    )

    assert (run.counts['bad'], run.counts['invoice']['new']) == (0, 2)


@pytest.mark.parametrize('bad', [customer('200001', name=''), '200001;Ana', 'x;;;;;;'])
async def test_a_bad_row_makes_nobody_gone(bad: str, tmp_path: Path) -> None:
    rows = [customer(str(code)) for code in range(200_001, 200_041)]
    await imported(customers(tmp_path, *rows))

    run = await imported(customers(tmp_path, bad, *rows[1:]))

    assert (run.counts['bad'], run.counts['customer']['gone'], await gone()) == (1, 0, [])


async def test_rows_that_contradict_each_other_make_nobody_gone(tmp_path: Path) -> None:
    rows = [customer(str(code)) for code in range(200_001, 200_041)]
    await imported(customers(tmp_path, *rows), points(tmp_path, *[point(f'OM-{n}', '200001') for n in range(30)]))

    contradicting = customers(tmp_path, customer('200001', 'Ana'), *rows)
    nobodys = points(tmp_path, point('OM-0', '999999'), *[point(f'OM-{n}', '200001') for n in range(1, 30)])
    run = await imported(contradicting, nobodys)

    assert run.counts['bad'] == 3
    assert (run.counts['customer']['gone'], run.counts['metering_point']['gone'], await gone()) == (0, 0, [])


@pytest.mark.parametrize(('bad', 'is_doubtful'), [(1, False), (2, True)])
async def test_too_many_bad_rows_are_confirmed_again(bad: int, is_doubtful: bool, tmp_path: Path) -> None:
    rows = [customer(str(code)) for code in range(200_001, 200_021 - bad)]
    file = customers(tmp_path, *rows, *['x;;;;;;'] * bad)

    assert bool((await report_on(file)).doubts) == is_doubtful
    if is_doubtful:
        with pytest.raises(Doubtful):
            await imported(file)
        assert (await ImportRun.get()).state == 'refused'
        assert await Customer.all().count() == 0
    assert (await imported(file, confirmed_again=is_doubtful)).state == 'applied'


@pytest.mark.parametrize(('vanish', 'is_doubtful'), [(2, False), (3, True)])
async def test_vanishing_payers_are_confirmed_again(vanish: int, is_doubtful: bool, tmp_path: Path) -> None:
    rows = [customer(str(code)) for code in range(200_001, 200_011)]
    await imported(customers(tmp_path, *rows))
    file = customers(tmp_path, *rows[vanish:])

    doubts = [doubt.said_in('en') for doubt in (await report_on(file)).doubts]

    assert doubts == (['3 of 10 payers would vanish. Is the file complete?'] if is_doubtful else [])
    if is_doubtful:
        with pytest.raises(Doubtful):
            await imported(file)
        assert await gone() == []
    await imported(file, confirmed_again=is_doubtful)
    assert len(await gone()) == vanish
