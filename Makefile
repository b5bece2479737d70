# `make demo` shows what it does, `make test` checks all that CI checks. Both do their own set-up.

VENV_PYTHON = .venv/bin/python
CHECK = $(VENV_PYTHON) .ci/check.py

.PHONY: demo test lint docs reference clean help
.DEFAULT_GOAL := help

demo: .venv/installed  ## build store graphics of two real apps, 55 locales each, offline
	@$(VENV_PYTHON) .ci/demo.py examples/thunderbird

test: .venv/installed-dev  ## run every gate: format, lint, types, imports, docs, tests
	@$(CHECK)

lint: .venv/installed-dev  ## run the quick gates only
	@$(CHECK) format lint types imports

docs: .venv/installed-dev reference  ## build the documentation into site/
	@$(CHECK) docs

reference: .venv/installed-dev  ## write the generated pages of docs/reference and the schema anew
	@$(VENV_PYTHON) .ci/reference.py
	@$(VENV_PYTHON) -m assetforge schema > schemas/pipeline.schema.json

clean:  ## remove what was generated, the virtual environment too
	rm -rf .venv .cache site build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache examples/*/.assetforge examples/*/out examples/*/report

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

# Stamps: set-up runs again only when what it installs has changed.
.venv/installed: pyproject.toml .ci/setup
	@.ci/setup
	@touch $@

.venv/installed-dev: pyproject.toml .ci/setup
	@.ci/setup dev
	@touch .venv/installed $@
