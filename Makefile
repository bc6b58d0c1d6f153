# `make` alone lists the targets. Every target works from a bare clone: it makes the environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
ARGS ?=

# Modules are compiled once, not by every process of a test run.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types style read-tests check-tests format lock simulate kill bench soak

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

install: $(STAMP) ## make the virtual environment .venv with the locked dependencies

demo: $(STAMP) ## both sandboxes, a sample request and the whole service (ARGS=--once: a round, a report, exit)
	@$(BIN)/altior-sellsy demo $(ARGS)

test: $(STAMP) ## lint, types, import rules, all tests (under 5 minutes on 2 cores)
	@$(MAKE) --no-print-directory -j2 types style read-tests
	@$(MAKE) --no-print-directory check-tests

# Read once beside the checks, and compiled, or each worker of check-tests would compile all of them again.
read-tests: $(STAMP)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null || true

check-tests: $(STAMP)
	@$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

simulate: $(STAMP) ## random histories of third parties, contacts, deals, judged from outside (N=100000, FROM=seed to go on); a failure prints its shortest history
	@$(BIN)/python -m tests.simulation.run $(or $(N),100000) $(or $(FROM),0)

kill: $(STAMP) ## real processes killed and suspended at random instants (N=200 rounds), judged through both servers
	@KILL_ROUNDS=$(or $(N),200) $(BIN)/python -m pytest tests/kill -n 0 -q -s $(ARGS)

bench: $(STAMP) ## measurements, all or those named (ARGS=quota); exit 1 when one misses its mark
	@$(BIN)/python -m bench $(ARGS)

soak: $(STAMP) ## the longer proofs: real processes, more records, every fault profile (an hour)
	@$(BIN)/python -m pytest -n 2 -m slow $(ARGS)

lint: types style ## format check, lint, types, import rules

types: $(STAMP)
	@$(BIN)/mypy

style: $(STAMP)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-cache

format: $(STAMP) ## rewrite the code in the house style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(STAMP) ## renew requirements.lock (hashes, no address of a package index)
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
