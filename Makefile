# Two commands do everything on a machine with Python >= 3.11, pip and make: `make run` and `make test`.

PYTHON ?= python3
UV := $(shell command -v uv || echo .tools/bin/uv)
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never

.PHONY: run test lint chromium attack drill bench lock

run: .venv/run
	@$(BIN)/python app.py demo

test: .venv/test chromium lint
	$(BIN)/pytest -q -rR -n 3 --dist loadgroup

lint: .venv/test
	$(BIN)/ruff check -q .
	$(BIN)/ruff format -q --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

attack: .venv/test
	$(BIN)/pytest -s tests/attacks

drill: .venv/test
	$(BIN)/pytest -s tests/faults

bench: .venv/test
	$(BIN)/python -m tests.bench

# Browser tests take an installed Chromium, else Debian's package (as root), else Playwright's own; else they are skipped.
chromium: .venv/test
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || test -n "$$CHROMIUM" \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq -y chromium >/dev/null; } \
	  || $(BIN)/playwright install chromium || echo 'No Chromium: the browser tests will be skipped.'
	@command -v espeak-ng >/dev/null 2>&1 \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get install -qq -y espeak-ng >/dev/null; } \
	  || echo 'No espeak-ng: the tests of the spoken captcha will be skipped.'

lock: $(UV)
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-header pyproject.toml -o requirements.lock
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-header --group test pyproject.toml -o requirements-test.lock

.venv/run: requirements.lock | $(UV)
	@echo 'Setting up ePortal (once) …'
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

.venv/test: requirements-test.lock | $(UV)
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
	@$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements-test.lock
	@touch $@ .venv/run

.tools/bin/uv:
	@$(PYTHON) -m pip install -q --disable-pip-version-check --target .tools uv
