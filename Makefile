# Two commands do everything on a fresh machine with Python 3.11 or newer: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SHELL = /bin/bash

.PHONY: run test thorough bench kills check clean lock

run: $(VENV)/.installed
	$(BIN)/python -m flows.clean raw --out clean

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What CI takes samples of, whole: labelled pages and texts, and hostile inputs of megabytes. Half an hour.
thorough: $(VENV)/.installed-test
	WINNOW_THOROUGH=1 $(BIN)/python -m pytest -s tests/labelled tests/hostile tests/strip/test_find.py

# The whole job and its stages beside other tools, on generated texts and pages. Half an hour; ROWS=--million for more.
bench: $(VENV)/.installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable ".[peers]"
	$(BIN)/python benchmarks/whole.py $(ROWS)
	$(BIN)/python benchmarks/scale.py $(ROWS)
	$(BIN)/python -m pytest -p no:xdist benchmarks/kernels.py -q --benchmark-group-by=group --benchmark-columns=median,stddev
	rm -rf $(VENV)/bench && $(BIN)/python benchmarks/generated.py 3000 $(VENV)/bench
	$(BIN)/python benchmarks/signing.py $(VENV)/bench/part-7-00000.parquet
	$(BIN)/python benchmarks/plain_speed.py $(VENV)/bench/part-7-00000.parquet

# Kills 500 runs at random instants, flips 1,000 bits of a corpus, and lets each call of three runs fail. An hour.
kills: $(VENV)/.installed-test
	$(BIN)/python -m tests.safety.kills 500
	$(BIN)/python -m tests.safety.flips 1000
	$(BIN)/python -m tests.safety.faults

$(VENV)/.installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Winnow needs Python 3.11 or newer; set it with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable ".[test]"
	@touch $@

# Resolve the dependencies anew (needs uv). The extra text-dedup stays out: it would hold others back.
lock:
	uv pip compile --universal --python-version 3.11 --extra s3 --extra peers --extra train --extra test --upgrade --no-header --quiet pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
