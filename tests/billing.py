"""Builders: files of a billing program, written in a line, and the import of them."""

from itertools import count
from pathlib import Path
from typing import Any

from tortoise.connection import get_connection

from domain.billing.importing import prepared
from domain.billing.report import Report
from domain.billing.worker import File, How
from domain.demo import SAMPLES
from storage.models import ImportRun

CUSTOMERS = 'ŠIFRA PLAČNIKA;NAZIV;ULICA;POŠTA;KRAJ;DAVČNA ŠT.;E-NASLOV'
POINTS = 'OZNAKA OM;ŠIFRA PLAČNIKA;NASLOV OM;ŠT. VODOMERA;STORITEV'
INVOICES = 'ŠT. RAČUNA;ŠIFRA PLAČNIKA;DATUM RAČUNA;ZNESEK;ODPRTO;SKLIC'
READINGS = 'OZNAKA OM;ŠT. VODOMERA;DATUM;STANJE;VRSTA'
ALL_SAMPLES = sorted(SAMPLES.glob('*.csv'))
GONE = "CASE WHEN t.gone_at IS NULL THEN '' ELSE 'gone' END"

_files = count(1)


def csv_file(folder: Path, header: str, *rows: str, name: str = '', encoding: str = 'utf-8') -> Path:
    file = folder / (name or f'{next(_files)}.csv')
    file.write_bytes('\r\n'.join([header, *rows, '']).encode(encoding))
    return file


def customers(folder: Path, *rows: str, header: str = CUSTOMERS, **how: Any) -> Path:
    return csv_file(folder, header, *rows, **how)


def points(folder: Path, *rows: str, header: str = POINTS, **how: Any) -> Path:
    return csv_file(folder, header, *rows, **how)


def invoices(folder: Path, *rows: str, header: str = INVOICES, **how: Any) -> Path:
    return csv_file(folder, header, *rows, **how)


def readings(folder: Path, *rows: str, header: str = READINGS, **how: Any) -> Path:
    return csv_file(folder, header, *rows, **how)


def customer(code: str = '123456', name: str = 'Žiga Čuk', tax_number: str = '', email: str = '') -> str:
    return f'{code};{name};Stara ulica 1;1352;Preserje;{tax_number};{email}'


def point(code: str = 'OM-1', payer_code: str = '123456', address: str = 'Stara ulica 1', meter: str = '77') -> str:
    return f'{code};{payer_code};{address};{meter};voda'


def invoice(number: str = '202000876', payer_code: str = '123456', amount: str = '41,25', owed: str = '0,00') -> str:
    return f'{number};{payer_code};31.01.2020;{amount};{owed};SI00 {number}'


def reading(point: str = 'OM-1', day: str = '28.01.2020', state: str = '819') -> str:
    return f'{point};77;{day};{state};odčitek'


async def report_on(*files: Path, **how: Any) -> Report:
    """The dry run's."""
    async with prepared([File.at(file) for file in files], How(**how)) as ready:
        return ready.report


async def imported(*files: Path, confirmed_again: bool = False, **how: Any) -> ImportRun:
    async with prepared([File.at(file) for file in files], How(**how)) as ready:
        return await ready.apply(by='test', confirmed_again=confirmed_again)


def verdicts(report: Report, language: str = 'en') -> list[tuple[int, str, str, str]]:
    """Row, column, value and sentence of what is wrong."""
    return [(p.row, p.column, p.value, p.sentence.said_in(language)) for p in report.problems]


async def table(name: str, *columns: str, order: str = 'id') -> list[tuple[Any, ...]]:
    """What stands in the database, as text."""
    asked = ', '.join(f'CAST({column} AS text) AS c{n}' for n, column in enumerate(columns))
    _, rows = await get_connection('default').execute_query(f'SELECT {asked} FROM {name} ORDER BY {order}')
    return [tuple(row) for row in rows]


async def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All billing rows, without the numbers that databases give, in the order of their keys."""
    owner = 'JOIN customer c ON c.id = t.customer_id'
    return {
        'customers': await table(
            'customer t', *_of('payer_code name address email search_key tax_number_hmac tax_number_ending'),
            GONE, order='payer_code',
        ),
        'points': await table(
            f'metering_point t {owner}', *_of('code address meter_serial service'), 'c.payer_code',
            GONE, order='code',
        ),
        'invoices': await table(
            f'invoice t {owner}', *_of('number issued_on period_from period_to due_on amount open_amount reference'),
            'c.payer_code', order='number',
        ),
        'readings': await table(
            'meter_reading t JOIN metering_point c ON c.id = t.metering_point_id',
            *_of('meter_serial read_on state origin'), 'c.code', order='c.code, t.read_on, t.meter_serial',
        ),
    }  # fmt: skip


def _of(columns: str) -> list[str]:
    return [f't.{column}' for column in columns.split()]
