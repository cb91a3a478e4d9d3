"""The real portal in a process of its own: started, asked, killed and started again on the same data."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 120  # a start or an end takes two; a machine that does much else lets them wait
QUICK = {'EPORTAL_FORM_TAKES_AT_LEAST': '0', 'EPORTAL_CAPTCHA': 'fixed:aT4eD', 'EPORTAL_LETTER_PAUSE': '1'}


class Portal:
    """`Portal(folder, mail.url, EPORTAL_LETTER_LEASE='2').start()`; sample customers are those of the demonstration."""

    def __init__(self, folder: Path, smtp_url: str = 'smtp://127.0.0.1:9?tls=none', **variables: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(('PYTEST_', 'NICEGUI_', 'EPORTAL_'))}
        self._environment = inherited | QUICK | {
            'EPORTAL_DATA_DIR': str(folder), 'EPORTAL_PORT': str(self.port), 'EPORTAL_SMTP_URL': smtp_url,
            'EPORTAL_SECRET': 's' * 40, 'EPORTAL_DATA_KEY': 'd' * 40, **variables,
        }  # fmt: skip
        self.log_file = folder / 'portal.log'
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        self.run('migrate')
        return self.start_again()

    def start_again(self) -> Self:
        with self.log_file.open('ab') as log:
            self.process = self._popen('serve', stdout=log, stderr=log)
        ends = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < ends, self.log
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE_SECONDS)
            finally:
                self.process.kill()

    def kill(self) -> None:
        """For real: no handler runs, nothing is flushed."""
        assert self.process
        self.process.kill()
        self.process.wait(15)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One command of app.py beside the server."""
        return subprocess.run(
            [sys.executable, 'app.py', *command], cwd=ROOT, env=self._environment, text=True, capture_output=True,
            check=check, timeout=PATIENCE_SECONDS,
        )  # fmt: skip

    def refused_start(self, *prefix: str) -> tuple[int, str]:
        """How a start that must fail has ended: exit code and words; `prefix` is a program that runs it."""
        command = [*prefix, sys.executable, 'app.py', 'serve']
        with subprocess.Popen(command, cwd=ROOT, env=self._environment, text=True, stderr=subprocess.PIPE) as started:
            while started.poll() is None:
                if self._answers():
                    started.kill()
                    raise AssertionError('it serves')
                time.sleep(0.05)
            assert started.stderr
            return started.returncode, started.stderr.read()

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors='replace')

    @property
    def database_file(self) -> Path:
        return self.folder / 'eportal.db'

    def rows(self, query: str, *values: object) -> list[Any]:
        """Asks the SQLite file beside the running portal."""
        connection = sqlite3.connect(self.database_file, timeout=10)
        try:
            found = connection.execute(query, values).fetchall()
            connection.commit()
            return found
        finally:
            connection.close()

    def add_customer(self, payer_code: str = '123456', *numbers: str) -> None:
        """A payer with invoices, written beside the running portal as an import would."""
        self.rows(
            'INSERT INTO customer (payer_code, name, address, search_key) '
            "VALUES (?, 'Janez Novak', 'Starj ulica 1', '')",
            payer_code,
        )
        for number in numbers or ('202000876',):
            self.rows(
                'INSERT INTO invoice (number, customer_id, issued_on, amount, open_amount) '
                "SELECT ?, id, '2020-01-31', '41.25', '0' FROM customer WHERE payer_code = ?",
                number,
                payer_code,
            )

    def _popen(self, *command: str, **streams: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, 'app.py', *command], cwd=ROOT, env=self._environment, **streams)

    def _answers(self) -> bool:
        try:
            return httpx.get(f'{self.url}/healthz', timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(('127.0.0.1', 0))
        return int(trial.getsockname()[1])
