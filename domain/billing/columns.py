"""Which columns a file has: recognised by their Slovenian and English names, or told by a profile.

A kind of row is in a file when all its required columns are; a file may hold several kinds, also joined in one row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.folding import folded

_WHOLE_WORDS = {
    'st': 'stevilka', 'stev': 'stevilka', 'sif': 'sifra', 'dav': 'davcna', 'rac': 'racuna', 'racun': 'racuna',
    'plac': 'placnika', 'placnik': 'placnika', 'placil': 'placila', 'nasl': 'naslov', 'dat': 'datum',
    'obd': 'obdobje', 'zap': 'zapadlosti',
    'om': 'odjemnega mesta', 'merno': 'odjemnega', 'mernega': 'odjemnega', 'odjemno': 'odjemnega',
    'merilno': 'odjemnega', 'merilnega': 'odjemnega', 'mesto': 'mesta',
    'no': 'number', 'nr': 'number', 'num': 'number', 'inv': 'invoice', 'cust': 'customer', 'postna': 'poste',
    'posta': 'poste', 'vod': 'vodomera', 'vodomer': 'vodomera', 'oznaka': 'sifra', 'koda': 'sifra', 'code': 'number',
}  # fmt: skip


@dataclass(frozen=True)
class Datum:
    """One thing a row may say; `names` are written without accents and abbreviations."""

    name: str
    names: Sequence[str]
    required: bool = False
    also: str = ''  # what it may be told as, too


def _datum(name: str, *names: str, required: bool = False, also: str = '') -> Datum:
    return Datum(name, tuple(compared(n) for n in names), required, also or name)


def compared(title: str) -> str:
    """The name of a column as it is compared: without accents, with abbreviations written out."""
    return ''.join(_WHOLE_WORDS.get(word, word) for word in folded(title).split()).replace(' ', '')


_PAYER = _datum(
    'payer_code', 'šifra plačnika', 'šifra uporabnika', 'šifra kupca', 'šifra stranke', 'številka plačnika', 'plačnik',
    'številka kupca', 'številka stranke', 'odjemna številka', 'uporabniško ime', 'payer code', 'payer', 'customer code',
    'customer number', 'customer id', 'customer',
    required=True,
)  # fmt: skip
_POINT = (
    'šifra odjemnega mesta', 'številka odjemnega mesta', 'odjemnega mesta', 'metering point', 'metering point code',
    'metering point id', 'supply point',
)  # fmt: skip
_METER = (
    'številka vodomera', 'vodomer', 'števec', 'številka števca', 'serijska številka', 'serijska številka vodomera',
    'meter', 'meter serial', 'meter number', 'serial number',
)  # fmt: skip

KINDS: Mapping[str, Sequence[Datum]] = {
    'customer': (
        _PAYER,
        _datum('name', 'naziv', 'naziv plačnika', 'naziv stranke', 'naziv kupca', 'ime in priimek', 'priimek in ime',
               'ime', 'stranka', 'kupec', 'name', 'full name', 'customer name', 'payer name', 'first name',
               required=True),
        _datum('surname', 'priimek', 'surname', 'last name', 'family name'),
        _datum('street', 'ulica', 'ulica in hišna številka', 'ulica in številka', 'naslov', 'naslov plačnika', 'street',
               'naslov stranke', 'naslov kupca', 'address', 'street address', 'customer address'),
        _datum('house_number', 'hišna številka', 'hš', 'house number'),
        _datum('post_code', 'pošta', 'poštna številka', 'številka pošte', 'ptt', 'zip', 'postcode', 'postal code',
               'post code'),
        _datum('town', 'kraj', 'naziv pošte', 'ime pošte', 'kraj pošte', 'town', 'city'),
        _datum('tax_number', 'davčna številka', 'davčna', 'id za ddv', 'id ddv', 'ddv', 'ddv id', 'tax number',
               'tax id', 'vat id', 'vat number'),
        _datum('email', 'e-naslov', 'e-mail', 'email', 'elektronski naslov', 'e-pošta', 'elektronska pošta',
               'e mail address', 'email address'),
    ),
    'metering_point': (
        _datum('code', *_POINT, required=True, also='metering_point'),
        _PAYER,
        _datum('address', 'naslov odjemnega mesta', 'naslov', 'lokacija', 'metering point address', 'address',
               'supply address', required=True),
        _datum('meter_serial', *_METER),
        _datum('service', 'storitev', 'vrsta storitve', 'dejavnost', 'service'),
    ),
    'invoice': (
        _datum('number', 'številka računa', 'račun', 'račun številka', 'številka dokumenta', 'dokument',
               'kontrolna številka', 'invoice number', 'invoice', 'invoice id', 'bill number', required=True),
        _PAYER,
        _datum('issued_on', 'datum računa', 'datum izdaje', 'datum izstavitve', 'datum dokumenta', 'datum', 'izdan',
               'invoice date', 'issue date', 'issued on', 'issued', 'date', required=True),
        _datum('period_from', 'obdobje od', 'obračunsko obdobje od', 'datum od', 'od', 'period from', 'from'),
        _datum('period_to', 'obdobje do', 'obračunsko obdobje do', 'datum do', 'do', 'period to', 'to'),
        _datum('amount', 'znesek', 'znesek računa', 'za plačilo', 'znesek za plačilo', 'skupaj', 'znesek z ddv',
               'amount', 'amount due', 'total', required=True),
        _datum('open_amount', 'odprto', 'odprt znesek', 'odprti znesek', 'saldo', 'dolg', 'neplačano', 'open amount',
               'open', 'outstanding', 'balance'),
        _datum('due_on', 'rok plačila', 'datum zapadlosti', 'zapade', 'zapadlost', 'rok', 'due date', 'due on', 'due'),
        _datum('reference', 'sklic', 'referenca', 'sklicna številka', 'model in sklic', 'reference',
               'payment reference'),
    ),
    'reading': (
        _datum('metering_point', *_POINT, required=True),
        _datum('meter_serial', *_METER),
        _datum('read_on', 'datum', 'datum odčitka', 'datum odčitavanja', 'datum stanja', 'date', 'reading date',
               'read on', required=True),
        _datum('state', 'stanje', 'odčitek', 'stanje števca', 'stanje vodomera', 'novo stanje', 'state', 'reading',
               'value', required=True),
        _datum('origin', 'vrsta', 'vrsta odčitka', 'način', 'način odčitavanja', 'vir', 'type', 'kind', 'origin'),
    ),
}  # fmt: skip

PLACES = [f'{kind}.{datum.name}' for kind, data in KINDS.items() for datum in data]


@dataclass(frozen=True)
class Columns:
    """Where in a row each datum of each kind stands; `unused` columns were not understood or are to be left out."""

    kinds: Mapping[str, Mapping[str, int]]
    unused: Sequence[str] = field(default=())
    twice: Sequence[str] = field(default=())


def recognised(titles: Sequence[str], profile: Mapping[str, str] | None = None) -> Columns:
    """What the columns hold. `profile`: folded name → `kind.datum` or `datum`; nothing leaves a column out."""
    names = _names(titles, profile)
    twice: list[str] = []
    kinds: dict[str, dict[str, int]] = {}
    for kind, data in KINDS.items():
        found = {datum.name: _columns_of(kind, datum, names) for datum in data}
        if all(found[datum.name] for datum in data if datum.required):
            twice += [titles[columns[1]] for columns in found.values() if len(columns) > 1]
            kinds[kind] = {name: columns[0] for name, columns in found.items() if columns}
    used = {column for places in kinds.values() for column in places.values()}
    return Columns(kinds, [title for n, title in enumerate(titles) if n not in used and title], twice)


def missing(titles: Sequence[str], profile: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """For each kind that has some of its required columns, those that it lacks."""
    names = _names(titles, profile)
    lacking = {}
    for kind, data in KINDS.items():
        required = [datum for datum in data if datum.required]
        absent = [datum.name for datum in required if not _columns_of(kind, datum, names)]
        if 0 < len(absent) < len(required):
            lacking[kind] = absent
    return lacking


def suggested(title: str) -> str | None:
    """What a column with this title holds, as one tells it by hand."""
    known = (datum for data in KINDS.values() for datum in data if compared(title) in datum.names)
    return next((datum.also for datum in known), None)


def _names(titles: Sequence[str], profile: Mapping[str, str] | None) -> list[tuple[str, str | None]]:
    """Each title as it is compared, and what was told of it."""
    told = profile or {}
    return [(compared(title), told.get(folded(title))) for title in titles]


def _columns_of(kind: str, datum: Datum, names: Sequence[tuple[str, str | None]]) -> list[int]:
    """Told ones first; else by the name that is most its own (the first of the datum's names that is there)."""
    if by_hand := [
        n for n, (_name, told) in enumerate(names) if told in (datum.name, datum.also, f'{kind}.{datum.name}')
    ]:
        return by_hand
    for own in datum.names:
        if found := [n for n, (name, told) in enumerate(names) if name == own and told is None]:
            return found
    return []
