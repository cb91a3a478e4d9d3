"""The house keeps its shape: imports go down, files and functions stay small."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE, LONGEST_FUNCTION = 250, 45  # lines
FLOORS = ('domain', 'storage', 'ui', 'tests')


def sources() -> list[Path]:
    found = [ROOT / 'app.py', *(file for floor in FLOORS for file in (ROOT / floor).rglob('*.py'))]
    return [file for file in found if 'migrations' not in file.parts]


def test_there_are_sources_to_look_at() -> None:
    assert len(sources()) > 50


def test_imports_go_down() -> None:
    command = shutil.which('lint-imports', path=str(Path(sys.executable).parent)) or shutil.which('lint-imports')
    assert command, 'import-linter is not installed'

    checked = subprocess.run([command, '--no-cache'], cwd=ROOT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout
    assert '0 broken' in checked.stdout


@pytest.mark.parametrize('floor', [*FLOORS, 'app.py'])
def test_no_file_is_long(floor: str) -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in sources()
        if file.relative_to(ROOT).parts[0] == floor
        and (lines := len(file.read_text(encoding='utf-8').splitlines())) > LONGEST_FILE
    }

    assert long == {}


@pytest.mark.parametrize('floor', [*FLOORS, 'app.py'])
def test_no_function_is_long(floor: str) -> None:
    long = [
        f'{file.relative_to(ROOT)}:{function.lineno} {function.name}'
        for file in sources()
        if file.relative_to(ROOT).parts[0] == floor
        for function in functions(file)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


def test_every_room_says_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in sources()
        if file.relative_to(ROOT).parts[0] in ('domain', 'storage', 'ui') and file.read_text(encoding='utf-8').strip()
        if not ast.get_docstring(ast.parse(file.read_text(encoding='utf-8')))
    ]

    assert silent == []


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding='utf-8'))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
