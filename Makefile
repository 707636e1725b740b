# The commands of the house. `make` lists them.
# Needs Python 3.11 or newer and nothing else; what is missing is installed into .venv.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
# How many processes run the tests.
JOBS ?= 2
FRONTEND := $(wildcard frontend/*.json frontend/*.mjs frontend/.npmrc) $(shell find frontend/src -type f 2>/dev/null)

.PHONY: help setup demo test check bench fuzz format lock clean
.DEFAULT_GOAL := help

help:  ## List the commands
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: .venv/stamp-dev .venv/stamp-system  ## Set up everything in .venv; run nothing

demo: .venv/stamp-app  ## Fill a database with plans, people and complaints, and serve it on 127.0.0.1:8000
	$(BIN)/banjie demo

test: setup  ## Run every test, on SQLite and on PostgreSQL
	$(BIN)/pytest -q -n $(JOBS) --dist worksteal

check: .venv/stamp-dev  ## Format, lint, types, walls, plans, documents: everything that runs nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/banjie check processes forms
	$(BIN)/pytest -q -n 0 tests/test_house.py

format: .venv/stamp-dev  ## Format, mend what the linter can mend, write the documents' generated parts
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(BIN)/python -m tools.documents

bench: .venv/stamp-dev  ## Print the benchmarks, each a ratio or a bound
	$(BIN)/python -m benchmarks

fuzz: setup  ## The long random tests
	$(BIN)/pytest -q -n $(JOBS) --dist worksteal --hypothesis-profile=fuzz tests/fuzz

lock: .venv/stamp-dev  ## Write requirements/*.txt anew from pyproject.toml
	$(BIN)/pip install -q uv==0.13.9
	$(BIN)/uv pip compile -q pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -o requirements/app.txt
	$(BIN)/uv pip compile -q pyproject.toml --extra build --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -c requirements/app.txt -o requirements/dev.txt

clean:  ## Remove what these commands made, the demo's database included
	rm -rf .venv webapp/static/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis var

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it, or say PYTHON=/path/to/python." >&2; exit 1; }
	$(PYTHON) .ci/venv.py .venv

# The application alone: what the demo needs.
.venv/stamp-app: .venv/bin/python requirements/app.txt pyproject.toml hatch_build.py $(FRONTEND)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/app.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/stamp-dev: .venv/stamp-app requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# A browser and Chinese fonts for the browser tests: asked of the system, installed where we may.
.venv/stamp-system: .ci/system-packages .venv/bin/python
	sh .ci/system-packages
	@touch $@
