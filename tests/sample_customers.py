"""The demonstration's customers, put into a test's database without the import."""

import csv
from pathlib import Path

from domain.billing.shapes import search_key
from domain.demo import SAMPLES
from domain.keys import tax_number_hash
from storage.models import Customer, MeteringPoint


async def the_samples() -> dict[str, Customer]:
    """By payer code."""
    rows = _rows(SAMPLES / 'stranke.csv')
    await Customer.bulk_create([_customer(row) for row in rows])
    found = {customer.payer_code: customer for customer in await Customer.all()}
    points = _rows(SAMPLES / 'odjemna_mesta.csv')
    await MeteringPoint.bulk_create(
        MeteringPoint(
            code=row['OZNAKA OM'], customer=found[row['ŠIFRA PLAČNIKA']], address=row['NASLOV OM'],
            meter_serial=row['ŠT. VODOMERA'], service=row['STORITEV'],
        )
        for row in points
    )  # fmt: skip
    return found


def tax_number_of(payer_code: str) -> str:
    return next(row['DAVČNA ŠT.'] for row in _rows(SAMPLES / 'stranke.csv') if row['ŠIFRA PLAČNIKA'] == payer_code)


def with_tax_number(digits: str) -> dict[str, str]:
    """The columns that keep one."""
    return {'tax_number_hmac': tax_number_hash(digits), 'tax_number_ending': digits[-3:]}


def _customer(row: dict[str, str]) -> Customer:
    address = f'{row["ULICA"]}, {row["POŠTA"]} {row["KRAJ"]}'
    return Customer(
        payer_code=row['ŠIFRA PLAČNIKA'], name=row['NAZIV'], address=address, email=row['E-NASLOV'] or None,
        search_key=search_key(f'{row["NAZIV"]} {address}'), **with_tax_number(row['DAVČNA ŠT.']),
    )  # fmt: skip


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding='cp1250', newline='') as opened:
        return list(csv.DictReader(opened, delimiter=';'))
