"""`make bench`: how fast the import and the look-up are, beside what can be had at best. Nothing is asserted.

`python -m tests.bench import --customers 5000 --rounds 1` is a quick look at one of them.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import import_bench, look_up_bench, samples
from tests.bench.installation import ENGINES, SERVER

BENCHES = ('look-up', 'import')


def main() -> None:
    parser = argparse.ArgumentParser(prog='python -m tests.bench', description=__doc__)
    parser.add_argument('benches', nargs='*', metavar='bench', help=f'{" or ".join(BENCHES)}; both by themselves')
    parser.add_argument('--customers', type=int, default=100_000, help='each has ten invoices')
    parser.add_argument('--rounds', type=int, default=3, help='how often each is measured, in turns')
    parser.add_argument('--engine', choices=ENGINES, action='append', help='by themselves all that there are')
    chosen = parser.parse_args()
    if unknown := set(chosen.benches) - set(BENCHES):
        parser.error(f'unknown: {", ".join(unknown)}')
    if not SERVER:
        print('EPORTAL_TEST_POSTGRES_URL names no server: PostgreSQL is left out')
    with TemporaryDirectory(prefix='eportal-bench-') as folder:
        files = samples.write(Path(folder), chosen.customers)
        for engine in chosen.engine or ENGINES:
            if 'look-up' in (chosen.benches or BENCHES):
                look_up_bench.run(engine, files, chosen.customers)
            if 'import' in (chosen.benches or BENCHES):
                import_bench.run(engine, files, chosen.customers, chosen.rounds)


if __name__ == '__main__':
    main()
