# `make pack` and `make test` need Python 3.11+ (with venv) and make; they bring the rest into .venv.

PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$each -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$each; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check install
WORKERS ?= auto

.PHONY: pack test lint fuzz licences lock schema clean

pack: $(VENV)/.pack
	@$(BIN)/python -m compileall -q exporters
	@$(BIN)/briefpack build

test: $(VENV)/.test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lint: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# A coverage-guided fuzz run over every way in, SECONDS shared among the targets; findings lie in build/fuzz/.
SECONDS ?= 60
fuzz: $(VENV)/.fuzz
	@$(BIN)/python -m tests.trust.fuzz $(SECONDS)

licences: $(VENV)/.pack
	@$(BIN)/python tools/licences.py

# Building the project itself uses the locked tools too, so nothing is fetched that the lock files do not name.
$(VENV)/.pack: requirements.lock requirements-build.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "briefpack needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-build.lock
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.pack requirements-test.lock
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/.fuzz: $(VENV)/.test requirements-fuzz.lock
	@$(PIP) --require-hashes -r requirements-fuzz.lock
	@touch $@

# Writes the lock files anew from pyproject.toml; review the difference before committing it.
lock:
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip --quiet install uv; }
	@$(LOCK) pyproject.toml --output-file requirements.lock
	@$(LOCK) pyproject.toml --extra test --extra cluster --extra watch --output-file requirements-test.lock --constraint requirements.lock
	@$(LOCK) requirements-fuzz.in --output-file requirements-fuzz.lock
	@$(LOCK) requirements-build.in --output-file requirements-build.lock --constraint requirements-test.lock

LOCK := .venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-config \
	--default-index https://pypi.org/simple --custom-compile-command "make lock" --no-emit-find-links

clean:
	rm -rf $(VENV) .venv-lock build dist
