"""Who of the register may have sent a request: the right one first, and nobody wrong called certain."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from domain import clock
from domain.billing.shapes import search_key
from domain.keys import tax_number_hash
from domain.sample_requests import add_requests
from domain.staff.candidates import Candidate, Verdict, candidate, candidates, customers_like
from domain.staff.permission import Officer
from storage.models import AccessRequest, AuditEvent, Customer, MeteringPoint
from tests.sample_customers import tax_number_of, the_samples, with_tax_number
from tests.world import a_metering_point, a_request, an_officer

pytestmark = pytest.mark.usefixtures('db')

ANOTHERS_TAX_NUMBER = '50223054'


@dataclass(frozen=True)
class Story:
    """What somebody typed, and whose payer code it is; None: nobody's."""

    kind: str
    whose: str | None
    typed: dict[str, str]
    tax: str | None = None  # the tax number of the payer with this code
    certain: bool | None = None  # None: either will do
    columns: dict[str, Any] = field(default_factory=dict)


STORIES = [
    Story('word for word', '100244', {'name': 'Jožica Jerančič', 'address': 'Na Žago 52b, 1352 Preserje',
                                      'metering_point': 'OM-700000'}, '100244', True),
    Story('no accents', '100244', {'name': 'Jozica Jerancic', 'address': 'Na Zago 52 b, Preserje',
                                   'metering_point': 'om 700000'}, certain=True),
    Story('order swapped', '104292', {'name': 'KOS MATJAŽ', 'address': 'Preserje, Kamnik pod Krimom 160 B',
                                      'metering_point': 'OM700001'}, certain=True),
    Story('a title', '198702', {'name': 'dr. Matjaž Vidmar, univ. dipl. inž.', 'address': 'Pod Krimom 48b'}, '198702',
          True),
    Story('typos', '184495', {'name': 'Črtomri Potočnk', 'address': 'Jezersk cesta 120, Borovnica'}),
    Story('typos and a tax number', '123658', {'name': 'Simona Vidmr', 'address': 'Jezerska 34b, Log'}, '123658', True),
    Story('married name', '155129', {'name': 'Marija Hribar', 'address': 'Podpeška cesta 41, 1353 Borovnica',
                                     'metering_point': 'OM-700013'}, '155129', False),
    Story('two surnames', '161818', {'name': 'Marija Zupančič Kos', 'address': 'Pod Krimom 27a, Brezovica'}),
    Story('swapped house number', '128356', {'name': 'Žiga Božič', 'address': 'Podpeška cesta 210, 1353 Borovnica'},
          certain=False),
    Story('initials', '150631', {'name': 'T. Petrič', 'address': 'Podpeška cesta 70, Borovnica'}, certain=False),
    Story('moved', '190122', {'name': 'Urška Potočnik', 'address': 'Celovška cesta 12, 1000 Ljubljana'}, '190122'),
    Story('no address', '215268', {'name': 'Katja Dolničar', 'address': '', 'metering_point': 'OM-700048'}),
    Story('name alone', '251262', {'name': 'Matjaž Bizjak', 'address': ''}, certain=False),
    Story('one of three namesakes', '160816', {'name': 'Ziga Cusin', 'address': 'Ižanska 165, Horjul'}, certain=False),
    Story('mistyped metering point', '206393', {'name': 'Urška Mlakar', 'address': 'Pod Krimom 118',
                                                'metering_point': 'OM-70042'}),
    Story('another script for đ', '112649', {'name': 'Djuro Potocnik', 'address': 'Podpeska c. 33'}, '112649', True),
    Story('company', '700100', {'name': 'ČUŠIN DOO', 'address': 'Tržaška c. 11, Brezovica'}, certain=False),
    Story('sole trader', '700102', {'name': 'Mizarstvo Kos, Peter Kos s.p.', 'address': 'Na Žago 4, Preserje'}),
    Story('by e-mail address', '151998', {'name': 'S. Čušin', 'address': 'Horjul', 'email': 'Stranka151998@example.si'},
          certain=False),
    Story('spouse writes', '199001', {'name': 'Vesna Grm', 'address': 'Dolga pot 3, 1352 Preserje',
                                      'metering_point': 'OM-800001'}, certain=False),
    Story('tenant', None, {'name': 'Peter Najemnik', 'address': 'Na Žago 52b, Preserje',
                           'metering_point': 'OM-700000'}, certain=False),
    Story('tenant who pays elsewhere', None, {'name': 'Matjaž Kos', 'address': 'Na Žago 52b, Preserje',
                                              'metering_point': 'OM-700000'}, certain=False),
    Story('son of the same name', None, {'name': 'Ivan Breg', 'address': 'Dolga pot 9, 1352 Preserje',
                                         'metering_point': 'OM-800002'}, certain=False),
    Story('same name, other tax number', None, {'name': 'Jožica Jerančič', 'address': 'Na Žago 52b, Preserje',
                                                'metering_point': 'OM-700000'}, certain=False,
          columns={'tax_number_hmac': tax_number_hash, 'tax_number_ending': '054'}),
    Story("somebody's tax number under another name", None, {'name': 'Peter Kranjec', 'address': 'Ob potoku 1'},
          '100244', False),
    Story('tax number and metering point of two people', None,
          {'name': 'Jožica Jerančič', 'address': 'Na Žago 52b', 'metering_point': 'OM-700001'}, '100244', False),
]  # fmt: skip


@pytest.fixture
async def register() -> dict[str, Customer]:
    """The demonstration's customers, and people who are easily taken for somebody else."""
    found = await the_samples()
    for code, name, address in (
        ('700100', 'Čušin d.o.o.', 'Tržaška cesta 11, 1351 Brezovica pri Ljubljani'),
        ('700101', 'Čušin s.p.', 'Tržaška cesta 112, 1351 Brezovica pri Ljubljani'),
        ('700102', 'Mizarstvo Kos Peter Kos s.p.', 'Na Žago 4, 1352 Preserje'),
        ('199001', 'Bojan Grm', 'Dolga pot 3, 1352 Preserje'),
        ('199002', 'Ivan Breg', 'Dolga pot 9, 1352 Preserje'),
        ('199003', 'Ivan Breg', 'Dolga pot 9, 1352 Preserje'),
        ('199004', 'Jožica Jerančič', 'Na Žago 25b, 1352 Preserje'),
    ):
        found[code] = await Customer.create(
            payer_code=code, name=name, address=address, search_key=search_key(f'{name} {address}')
        )
    await a_metering_point('OM-800001', found['199001'], address='Dolga pot 3')
    await a_metering_point('OM-800002', found['199002'], address='Dolga pot 9')
    await a_metering_point('OM-800003', found['199003'], address='Dolga pot 9')
    return found


@pytest.fixture
async def clerk() -> Officer:
    return await an_officer()


@pytest.mark.parametrize('story', STORIES, ids=lambda story: story.kind)
async def test_the_right_one_is_first_and_nobody_wrong_is_certain(
    story: Story, register: dict[str, Customer], clerk: Officer
) -> None:
    found = await told(story, clerk)

    if story.whose:
        assert found[0].customer.payer_code == story.whose, [(c.customer.name, c.score) for c in found]
    assert [c for c in found if c.certain and c.customer.payer_code != story.whose] == []
    if story.certain is not None:
        assert any(c.certain for c in found) is story.certain


async def told(story: Story, clerk: Officer) -> list[Candidate]:
    columns = dict(story.columns)
    if 'tax_number_hmac' in columns:
        columns['tax_number_hmac'] = tax_number_hash(ANOTHERS_TAX_NUMBER)
    if story.tax:
        columns |= with_tax_number(tax_number_of(story.tax))
    request = await a_request(**{'email': 'oseba@primer.si', **story.typed, **columns})
    return await candidates(clerk, request.id)


async def test_every_datum_has_its_own_verdict(register: dict[str, Customer], clerk: Officer) -> None:
    request = await a_request(
        name='Jozica Jerancic', address='Na Žago 52', metering_point='OM-700001', email=None,
        **with_tax_number(tax_number_of('100244')),
    )  # fmt: skip

    first = (await candidates(clerk, request.id))[0]

    assert first.customer.payer_code == '100244'
    assert first.name.verdict == Verdict.MATCH
    assert first.address.verdict == Verdict.CLOSE
    assert first.metering_point == Verdict.DIFFERS
    assert first.tax_number == Verdict.MATCH
    assert first.email == Verdict.MISSING


async def test_who_is_gone_is_shown_last_and_never_certain(register: dict[str, Customer], clerk: Officer) -> None:
    await Customer.filter(payer_code__in=['100244', '199001']).update(gone_at=clock.now())
    alone = await a_request(name='Bojan Grm', address='Dolga pot 3, Preserje', metering_point='OM-800001')

    among_others, by_himself = await told(STORIES[0], clerk), await candidates(clerk, alone.id)

    assert among_others[-1].customer.payer_code == '100244'
    assert [(c.customer.payer_code, c.is_gone, c.certain) for c in by_himself] == [('199001', True, False)]


async def test_a_metering_point_address_is_as_good_as_the_payers(register: dict[str, Customer], clerk: Officer) -> None:
    await Customer.filter(payer_code='100244').update(address='Celovška 1, 1000 Ljubljana')
    request = await a_request(name='Jožica Jerančič', address='Na Žago 52b, Preserje', metering_point='OM-700000')

    first = (await candidates(clerk, request.id))[0]

    assert first.address.verdict == Verdict.MATCH
    assert first.shown_address.startswith('Na Žago 52b')
    assert first.certain


async def test_each_customer_shown_is_on_record_once(register: dict[str, Customer], clerk: Officer) -> None:
    request = await a_request(name='Jožica Jerančič', address='Na Žago 52b', metering_point='OM-700000')

    found = await candidates(clerk, request.id)
    await candidates(clerk, request.id, again=True)

    seen = await AuditEvent.filter(what='customer viewed').order_by('id')
    assert [event.about for event in seen] == [f'customer:{c.customer.id}' for c in found]
    assert {event.detail['purpose'] for event in seen} == {'request'}


async def test_a_customer_chosen_by_hand_is_compared_and_on_record(
    register: dict[str, Customer], clerk: Officer
) -> None:
    request = await a_request(name='Kdo Drug', address='Nikjer 1')

    chosen = await candidate(clerk, request.id, register['100244'].id)

    assert chosen.name.verdict == Verdict.DIFFERS
    assert not chosen.certain
    assert await AuditEvent.filter(what='customer viewed', about=f'customer:{register["100244"].id}').count() == 1


@pytest.mark.parametrize(
    ('typed', 'expected'),
    [('100244', 'Jožica Jerančič'), ('jerancic zago', 'Jožica Jerančič'), ('OM 700000', 'Jožica Jerančič'),
     ('PREŠERJE žago 52B jozica', 'Jožica Jerančič')],
)  # fmt: skip
async def test_the_register_is_searched_by_code_metering_point_and_words(
    register: dict[str, Customer], clerk: Officer, typed: str, expected: str
) -> None:
    assert (await customers_like(clerk, typed))[0].name == expected


@pytest.mark.parametrize('typed', ['%', '_', '%%%', 'a', '', '  ', '\\', "'--", None, 7, ['x']])
async def test_nothing_typed_finds_everybody(register: dict[str, Customer], clerk: Officer, typed: Any) -> None:
    assert await customers_like(clerk, typed) == []


async def test_it_is_quick_among_many_customers(clerk: Officer) -> None:
    await Customer.bulk_create(
        [
            Customer(payer_code=f'{n:06}', name=f'Ana Novak {n}', address=f'Stara ulica {n}, 1352 Preserje',
                     search_key=f'ana novak {n} stara ulica {n} 1352 preserje')
            for n in range(20_000)
        ],
        batch_size=2_000,
    )  # fmt: skip
    ana = await Customer.get(payer_code='012345')
    await MeteringPoint.create(code='OM-1', customer=ana, address='Stara ulica 12345', meter_serial='', service='')
    request = await a_request(name='Ana Novak', address='Stara ulica 999, Preserje', metering_point='om1')

    began = clock.monotonic()
    found = await candidates(clerk, request.id)

    assert found[0].customer.payer_code == '012345'
    assert clock.monotonic() - began < 2


async def test_the_demonstration_has_clear_and_unclear_requests_once(clerk: Officer) -> None:
    await the_samples()

    await add_requests()
    await add_requests()

    found = {r.name: await candidates(clerk, r.id) for r in await AccessRequest.all()}
    certain = {name for name, some in found.items() if any(one.certain for one in some)}
    assert len(found) == 8
    assert certain == {'Jozica Jerancic', 'Kos Matjaž', 'Andrej Oblak'}
