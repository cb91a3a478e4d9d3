"""Files as a billing program exports them: any number of customers, and ten billing runs of an invoice for each."""

import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

RUNS = 10
FIRST_RUN = (2025, 12)
DUE_AFTER = timedelta(days=18)

CUSTOMER_HEADER = 'ŠIFRA PLAČNIKA;NAZIV;ULICA;POŠTA;KRAJ;DAVČNA ŠT.;E-NASLOV'
INVOICE_HEADER = 'ŠT. RAČUNA;ŠIFRA PLAČNIKA;DATUM RAČUNA;OBDOBJE OD;OBDOBJE DO;ZNESEK;ODPRTO;ROK PLAČILA;SKLIC'
FIRST_NAMES = [
    'Ana', 'Jožica', 'Nuša', 'Špela', 'Žiga', 'Matjaž', 'Andrej', 'Črt', 'Đuro', 'Simona', 'Marija', 'Franc', 'Urška',
]  # fmt: skip
LAST_NAMES = [
    'Novak', 'Kovačič', 'Krajnc', 'Zupančič', 'Potočnik', 'Žagar', 'Šuštar', 'Čuk', 'Vidmar', 'Oblak', 'Petrič', 'Kos',
]  # fmt: skip
STREETS = [
    'Na Žago',
    'Podpeška cesta',
    'Kamnik pod Krimom',
    'Stara ulica',
    'Jezerska cesta',
    'Tržaška cesta',
    'Ob Ižici',
]
TOWNS = [(1352, 'Preserje'), (1351, 'Brezovica pri Ljubljani'), (1358, 'Log pri Brezovici'), (1353, 'Borovnica')]


class Files(NamedTuple):
    customers: Path
    invoices: Path


def write(folder: Path, customers: int, *, shuffled: bool = False, seed: int = 2026) -> Files:
    """`customers.csv` and `invoices.csv`, the same for the same arguments; `shuffled` numbers a run in random order."""
    chance = random.Random(seed)
    codes = sorted(chance.sample(range(100_000, 1_000_000), customers))
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder / 'customers.csv', folder / 'invoices.csv')
    _write(files.customers, CUSTOMER_HEADER, (_customer(chance, code) for code in codes))
    _write(files.invoices, INVOICE_HEADER, _invoices(chance, codes, shuffled))
    return files


def _write(file: Path, header: str, lines: Iterator[str]) -> None:
    with file.open('w', encoding='cp1250', newline='\r\n') as target:
        target.write(header + '\n')
        target.writelines(line + '\n' for line in lines)


def _customer(chance: random.Random, code: int) -> str:
    name = f'{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}'
    street = f'{chance.choice(STREETS)} {chance.randint(1, 199)}{chance.choice(["", "", "a", "b"])}'
    post, town = chance.choice(TOWNS)
    email = f'stranka{code}@example.si' if chance.random() < 0.5 else ''
    return f'{code};{name};{street};{post};{town};{tax_number(chance)};{email}'


def tax_number(chance: random.Random) -> str:
    """Seven digits and the one that checks them: weights 8 to 2, modulo 11, where 11 is no number."""
    while True:
        digits = str(chance.randint(1_000_000, 9_999_999))
        check = 11 - sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), digits, strict=True)) % 11
        if check != 11:
            return f'{digits}{check % 10}'


def _invoices(chance: random.Random, codes: list[int], shuffled: bool) -> Iterator[str]:
    for run in range(RUNS):
        first, last, due = _month(run)
        payers = chance.sample(codes, len(codes)) if shuffled else codes
        for number, code in enumerate(payers, 200_000_001 + run * 1_000_000):
            amount = f'{chance.randint(300, 20_000) / 100:.2f}'.replace('.', ',')
            still_open = amount if chance.random() < 0.1 else '0,00'
            yield f'{number};{code};{last};{first};{last};{amount};{still_open};{due};SI00 {number}-{code}'


def _month(run: int) -> tuple[str, str, str]:
    """First and last day of the month that this run bills, and when it is to be paid."""
    years, month = divmod(FIRST_RUN[1] - 1 + run, 12)
    year = FIRST_RUN[0] + years
    last = date(year, month + 1, monthrange(year, month + 1)[1])
    return _day(last.replace(day=1)), _day(last), _day(last + DUE_AFTER)


def _day(day: date) -> str:
    return f'{day:%d.%m.%Y}'
