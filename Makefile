# Both commands below do all their own set-up: a virtual environment, the
# package, and for tests the programs that they run (by apt-get, where that is).
PYTHON ?= python3
# Tests run thousands of programs: compile the package once, not for each of them.
export PYTHONDONTWRITEBYTECODE =
BIN := .venv/bin

.PHONY: manual documentation test quick fuzz lint types golden benchmark clean

manual: .venv/installed
	$(BIN)/manualgen html sample-options/manual.toml -o build/site
	$(BIN)/manualgen man sample-options/container.json sample-options/grub.json \
	    -o build/configuration.nix.5
	@echo
	@echo "Look at it:  build/site/index.html    (in a browser)"
	@echo "             man -l build/configuration.nix.5"

documentation: .venv/installed
	$(BIN)/python docs/command_reference.py
	$(BIN)/manualgen html docs/manual.toml -o build/documentation --strict

test: .venv/tests
	.ci/install-programs
	$(BIN)/python tests/fetch_commonmark.py
	$(BIN)/python tests/fetch_validator.py
	$(BIN)/python -m tests.fetch_sarif_schema
	$(BIN)/python -m tests.fetch_axe
	$(BIN)/python -m tests.fetch_sphinx
	$(BIN)/python -m pytest -n auto --dist worksteal

quick: .venv/tests
	$(BIN)/python -m pytest -n auto -m "not slow"

fuzz: .venv/tests
	MANUALGEN_FUZZ_MINUTES=10 $(BIN)/python -m pytest -n auto -m fuzz

lint: .venv/tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/tests
	$(BIN)/mypy

golden: .venv/tests
	$(BIN)/python tests/test_golden.py

benchmark: .venv/tests
	$(BIN)/python -m benchmarks

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("manualgen needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { rm -rf .venv; .ci/install-venv; $(PYTHON) -m venv .venv; }
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/tests: .venv/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt \
	    --group tests --group lint --group benchmarks --editable .
	@touch $@

clean:
	rm -rf .venv .cache build dist
