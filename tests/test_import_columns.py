import pytest

from domain.billing.columns import KINDS, missing, recognised
from domain.billing.profiles import LEFT_OUT, chosen, keep, mapped
from domain.form import Rejected
from tests.billing import CUSTOMERS, INVOICES, POINTS, READINGS, customers, imported, report_on, table

CUSTOMER, INVOICE = 'Šifra plačnika;Naziv;', 'Št. računa;Šifra plačnika;Datum računa;Znesek;'


def kinds(header: str, **profile: str) -> dict[str, dict[str, int]]:
    return {kind: dict(places) for kind, places in recognised(header.split(';'), mapped(profile)).kinds.items()}


@pytest.mark.parametrize(
    ('header', 'kind'),
    [(CUSTOMERS, 'customer'), (POINTS, 'metering_point'), (INVOICES, 'invoice'), (READINGS, 'reading')],
)
def test_the_columns_of_the_samples_are_known(header: str, kind: str) -> None:
    found = recognised(header.split(';'))

    assert list(found.kinds) == [kind]
    assert found.unused == []
    assert sorted(found.kinds[kind].values()) == list(range(len(header.split(';'))))


@pytest.mark.parametrize(
    'title',
    [
        'ŠIFRA PLAČNIKA', 'sifra placnika', 'Šif. plač.', 'ŠIFRA_PLAČNIKA', 'SifraPlacnika', 'Št. plačnika',
        'plačnik', 'Payer code', 'PAYER_CODE', 'Customer no.', 'customer id', 'S\u030cifra plac\u030cnika',
        'Šifra stranke', 'Odjemna številka',
    ],
)  # fmt: skip
def test_a_payer_code_is_known_by_many_names(title: str) -> None:
    assert kinds(f'Naziv;{title}') == {'customer': {'payer_code': 1, 'name': 0}}


@pytest.mark.parametrize(
    ('title', 'datum'),
    [
        ('Odjemno mesto', 'code'), ('Oznaka OM', 'code'), ('Šifra odjemnega mesta', 'code'), ('Št. OM', 'code'),
        ('Merilno mesto', 'code'), ('Šifra merilnega mesta', 'code'), ('Metering point', 'code'), ('OM', 'code'),
        ('Merno mesto', 'code'),
    ],
)  # fmt: skip
def test_a_metering_point_is_known_by_many_names(title: str, datum: str) -> None:
    assert kinds(f'Plačnik;{title};Naslov OM')['metering_point'] == {datum: 1, 'payer_code': 0, 'address': 2}


@pytest.mark.parametrize(
    ('title', 'place'),
    [
        ('E-pošta', 'customer.email'), ('e-mail', 'customer.email'), ('Davčna št.', 'customer.tax_number'),
        ('Dav. št.', 'customer.tax_number'), ('ID za DDV', 'customer.tax_number'), ('VAT id', 'customer.tax_number'),
        ('Poštna št.', 'customer.post_code'), ('Pošta', 'customer.post_code'), ('Kraj', 'customer.town'),
        ('Ulica in hišna št.', 'customer.street'), ('Naslov', 'customer.street'), ('HŠ', 'customer.house_number'),
        ('Odprto', 'invoice.open_amount'), ('Saldo', 'invoice.open_amount'), ('Rok plačila', 'invoice.due_on'),
        ('Zapade', 'invoice.due_on'), ('Obdobje od', 'invoice.period_from'), ('Od', 'invoice.period_from'),
        ('Obračunsko obdobje do', 'invoice.period_to'), ('Sklic', 'invoice.reference'), ('Due date',
         'invoice.due_on'), ('Outstanding', 'invoice.open_amount'),
    ],
)  # fmt: skip
def test_other_data_are_known_by_their_names(title: str, place: str) -> None:
    kind, datum = place.split('.')
    header = (CUSTOMER if kind == 'customer' else INVOICE) + title

    assert kinds(header)[kind][datum] == header.count(';')


def test_first_names_and_surnames_may_stand_apart() -> None:
    assert kinds('Šifra plačnika;Ime;Priimek')['customer'] == {'payer_code': 0, 'name': 1, 'surname': 2}


def test_the_order_of_columns_does_not_matter() -> None:
    ahead, back = CUSTOMERS.split(';'), CUSTOMERS.split(';')[::-1]
    assert recognised(ahead).kinds['customer'] == {
        name: len(back) - 1 - place for name, place in recognised(back).kinds['customer'].items()
    }


def test_customers_and_invoices_may_be_joined_in_one_row() -> None:
    found = kinds('Šifra plačnika;Naziv;Naslov;Št. računa;Datum računa;Znesek')

    assert found == {
        'customer': {'payer_code': 0, 'name': 1, 'street': 2},
        'invoice': {'number': 3, 'payer_code': 0, 'issued_on': 4, 'amount': 5},
    }


def test_a_column_with_the_more_exact_name_is_taken() -> None:
    found = recognised(['Plačnik', 'Šifra plačnika', 'Naziv'])

    assert found.kinds['customer']['payer_code'] == 1
    assert list(found.unused) == ['Plačnik']


def test_a_name_that_stands_there_twice_is_told() -> None:
    assert recognised(['Šifra plačnika', 'Naziv', 'NAZIV']).twice == ['NAZIV']
    assert recognised(['Šifra plačnika', 'Naziv', 'x', 'x']).twice == []


def test_what_is_missing_is_told_of_kinds_that_are_nearly_there() -> None:
    assert missing(['Šifra plačnika', 'Znesek']) == {
        'customer': ['name'], 'metering_point': ['code', 'address'], 'invoice': ['number', 'issued_on'],
    }  # fmt: skip
    assert missing(['Opomba']) == {}


def test_what_was_told_by_hand_goes_before_what_is_known_by_name() -> None:
    told = kinds('Koda;Naziv;Opis', Koda='payer_code', Opis='customer.name', Naziv=LEFT_OUT)

    assert told == {'customer': {'payer_code': 0, 'name': 2}}
    assert list(recognised(['Šifra plačnika', 'Naziv', 'Ulica'], mapped({'Ulica': LEFT_OUT})).unused) == ['Ulica']


def test_only_what_a_row_can_hold_may_be_told() -> None:
    with pytest.raises(Rejected) as rejection:
        mapped({'Opis': 'shoe_size'})

    said = rejection.value.problems['columns'].said_in('en')
    assert said == '“shoe_size” for the column “Opis” is not known.'


@pytest.mark.parametrize('kind', KINDS)
def test_no_two_data_of_a_kind_go_by_the_same_name(kind: str) -> None:
    names = [name for datum in KINDS[kind] for name in set(datum.names)]

    assert sorted(names) == sorted(set(names))


def test_two_unknown_columns_are_told_apart_even_if_they_mean_the_same() -> None:
    assert kinds('Šifra;Oznaka', Šifra='payer_code', Oznaka='name') == {'customer': {'payer_code': 0, 'name': 1}}


@pytest.mark.usefixtures('billing')
async def test_a_mapping_is_kept_by_name_and_taken_out_again() -> None:
    how = await chosen('Voda', ['Koda=payer_code', 'Opis=name'], 'cp1250', True)
    await keep(' Voda ', how)

    assert await chosen('Voda') == how
    assert (await chosen('Voda', ['Opis='], 'utf-8', False)).columns == {'koda': 'payer_code', 'opis': ''}


@pytest.mark.usefixtures('billing')
@pytest.mark.parametrize(
    ('told', 'field'),
    [
        ({'profile': 'Plin'}, 'profile'), ({'profile': None, 'titles': ['Koda']}, 'columns'),
        ({'profile': None, 'encoding': 'latin1'}, 'encoding'), ({'profile': 'x' * 61, 'titles': ['a=name']}, 'profile'),
        ({'profile': ' ', 'titles': ['a=name']}, 'profile'),
    ],
)  # fmt: skip
async def test_a_profile_that_cannot_be_is_told_at_once(told: dict[str, object], field: str) -> None:
    with pytest.raises(Rejected) as rejection:
        await chosen(**told)

    assert list(rejection.value.problems) == [field]


@pytest.mark.usefixtures('billing', 'reading_here')
async def test_a_file_with_names_of_its_own_comes_in_by_a_profile(tmp_path) -> None:
    file = customers(tmp_path, '123456;Ana', header='Koda;Opis')

    assert (await report_on(file, columns=mapped({'Koda': 'payer_code', 'Opis': 'name'}))).counts['customer'].new == 1


@pytest.mark.usefixtures('billing', 'reading_here')
async def test_first_name_and_surname_become_one_name(tmp_path) -> None:
    file = customers(tmp_path, '123456;Žiga;Čuk', '123457;Lipa d.o.o.;', header='Šifra plačnika;Ime;Priimek')
    await imported(file)

    assert await table('customer', 'name', 'search_key') == [
        ('Žiga Čuk', 'ziga cuk'), ('Lipa d.o.o.', 'lipa d o o'),
    ]  # fmt: skip
