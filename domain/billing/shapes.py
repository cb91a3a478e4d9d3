"""What was read of a row takes the form of its table: several data become one column, what was not said a default."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.folding import folded

Staged = dict[str, Sequence[str | None]]
TaxHash = Callable[[str], str]
LONGEST_SEARCH_KEY = 600  # characters; some letters fold into several


@dataclass(frozen=True)
class Rules:
    """What an installation and its profile say about codes."""

    payer_code_length: int
    invoice_number_length: int
    fill_up: bool
    tax_hash: TaxHash


def search_key(said: str) -> str:
    return folded(said)[:LONGEST_SEARCH_KEY]


def _customers(data: Staged, count: int, rules: Rules) -> Staged:
    nothing: Sequence[str | None] = [None] * count
    parts = [data.get(name, nothing) for name in ('street', 'house_number', 'post_code', 'town')]
    addresses = list(map(_address, *parts))
    tax_numbers = data.get('tax_number', nothing)
    names = list(map(_full_name, data['name'], data['surname'])) if 'surname' in data else data['name']
    return {
        'payer_code': data['payer_code'],
        'name': names,
        'address': addresses,
        'email': data.get('email', nothing),
        'search_key': [search_key(f'{name} {place}') for name, place in zip(names, addresses, strict=True)],
        'tax_number_hmac': [rules.tax_hash(number) if number else None for number in tax_numbers],
        'tax_number_ending': [number[-3:] if number else None for number in tax_numbers],
    }


def _full_name(name: str | None, surname: str | None) -> str | None:
    """Some programs say the whole name and the surname once more."""
    return f'{name} {surname}'[:200] if name and surname and surname not in name else name


def _address(street: str | None, house: str | None, post: str | None, town: str | None) -> str:
    """»Na Žago 52b, 1352 Preserje«, of what there is."""
    return ', '.join(filter(None, (' '.join(filter(None, (street, house))), ' '.join(filter(None, (post, town))))))


def _others(*names: str, otherwise: str | None = None) -> Callable[[Staged, int, Rules], Staged]:
    def shape(data: Staged, count: int, _rules: Rules) -> Staged:
        shaped: Staged = {}
        for name in names:
            column = data.get(name)
            if column is None:
                column = [otherwise] * count
            elif otherwise is not None and None in column:
                column = [otherwise if value is None else value for value in column]
            shaped[name] = column
        return shaped

    return shape


def _invoices(data: Staged, count: int, rules: Rules) -> Staged:
    """Without an open amount nothing is owed."""
    shaped = _others('number', 'payer_code', 'issued_on', 'period_from', 'period_to', 'due_on', 'amount', 'open_amount',
                     'reference')(data, count, rules)  # fmt: skip
    shaped['open_amount'] = ['0.00' if value is None else value for value in shaped['open_amount']]
    return shaped


SHAPES: dict[str, Callable[[Staged, int, Rules], Staged]] = {
    'customer': _customers,
    'metering_point': _others('code', 'payer_code', 'address', 'meter_serial', 'service', otherwise=''),
    'invoice': _invoices,
    'reading': _others('metering_point', 'meter_serial', 'read_on', 'state', 'origin', otherwise=''),
}
