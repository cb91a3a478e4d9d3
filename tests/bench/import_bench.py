"""`python app.py import`: against the baseline, a second time, in how much memory, and beside a portal that serves."""

import os
import time

from tests.bench.baseline import fill
from tests.bench.installation import Installation, installation
from tests.bench.measure import Failed, Run, alternately, ratio, say, share, spread, timed
from tests.bench.samples import RUNS, Files
from tests.bench.serving import WatchedPortal

TARGET_RATIO, TARGET_MEMORY, TARGET_DELAY = 1.5, 100, 3  # times the baseline, MiB a process, ms at p95
QUIET_SECONDS = 5


def run(engine: str, files: Files, customers: int, rounds: int) -> None:
    print(f'\nImport on {engine}: {customers:,} customers, {customers * RUNS:,} invoices')
    try:
        floors, imports = alternately(rounds, lambda: floor(engine, files), lambda: twice(engine, files, customers))
        _report(floors, imports)
        _report_delays(*beside_a_portal(engine, files))
    except Failed as failed:
        say('not measured', str(failed))


def floor(engine: str, files: Files) -> float:
    with installation(engine) as made:
        return fill(made, files)


def twice(engine: str, files: Files, customers: int) -> tuple[Run, Run]:
    """The same files again change nothing."""
    with installation(engine) as made:
        return _imported(made, files, customers), _imported(made, files, customers)


def _imported(made: Installation, files: Files, customers: int) -> Run:
    done = timed(made.command('import', *files, '--yes'), made.environment)
    found = {'customer': made.count('customer'), 'invoice': made.count('invoice')}
    if found != {'customer': customers, 'invoice': customers * RUNS}:
        raise Failed(f'the import left {found}')
    return done


def beside_a_portal(engine: str, files: Files) -> tuple[list[float], list[float]]:
    """How late the loop of a serving portal comes, in milliseconds: before the import, and during it."""
    with installation(engine) as made:
        portal = WatchedPortal(made).start_again()
        try:
            time.sleep(2)  # it has its first requests behind it
            moments = [time.monotonic()]
            time.sleep(QUIET_SECONDS)
            moments.append(time.monotonic())
            timed(made.command('import', *files, '--yes'), made.environment)
            moments.append(time.monotonic())
        finally:
            portal.stop()
        return portal.late(*moments[:2]), portal.late(*moments[1:])


def _report(floors: list[float], imports: list[tuple[Run, Run]]) -> None:
    first, again = ([run.seconds for run in runs] for runs in zip(*imports, strict=True))
    say('baseline', spread(floors))
    say('import, the first time', spread(first), f'{ratio(first, floors):.2f} × the baseline (target {TARGET_RATIO} ×)')
    say('import, the same files again', spread(again), f'{ratio(again, first):.2f} × the first time (target 1 ×)')
    for name, runs in zip(('first', 'again'), zip(*imports, strict=True), strict=True):
        for number, peaks in enumerate(zip(*(run.peaks for run in runs), strict=False)):
            process = 'the command' if number == 0 else f'its process {number}'
            say(f'memory of {process}, {name}', spread(list(peaks), 'MiB', 0), f'(target {TARGET_MEMORY} MiB)')


def _report_delays(before: list[float], during: list[float]) -> None:
    for name, delays in (('before', before), ('during', during)):
        p50, p95, p99 = (share(delays, portion) for portion in (0.5, 0.95, 0.99))
        figures = f'p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms'
        say(f'delay of a portal {name} it', figures, f'longest {max(delays):.0f} ms (target p95 {TARGET_DELAY} ms)')
    say('load of the machine', ' '.join(f'{load:.1f}' for load in os.getloadavg()), f'on {os.cpu_count()} cores')
