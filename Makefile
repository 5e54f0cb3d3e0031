# Two commands for a fresh clone: `make demo` trains and reads, `make test` checks everything.
# They need make, the Python package index, and Python 3.11 to 3.13: TensorFlow has no release for 3.14 yet, with which reading works.
# The first such Python that is found is taken; PYTHON=python3.12 make demo chooses another one. Without make: docs/install.md.

TRAINS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c '$(TRAINS)' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
ENGINES := .venv-engines

.PHONY: demo test test-minimum test-engines lint notebook clean

demo: $(VENV)/.installed-train ## train the classic CNN, test it, write its report, read the sample pictures
	$(BIN)/inkdigits train classic
	@echo
	$(BIN)/inkdigits classify src/inkdigits/samples/*.jpg
	@echo
	@echo "That was your CNN's training, and the shipped model reading pictures of the package's own."
	@echo "Open the report in a browser:  $$(ls -td runs/classic-0-*/report.html | head -1)"
	@echo "Read a picture of yours:       $(BIN)/inkdigits classify PICTURE"
	@echo "The walk-through:              notebooks/mnist_cnn.ipynb"

test: $(VENV)/.installed-dev lint ## lint, types, and every test
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-minimum: ## every test with the lowest versions of the dependencies, in an environment of its own
	$(or $(PYTHON),python3) scripts/check_minimum.py

test-engines: ## the examples of docs/many-machines.md, in an environment of its own; Spark needs Java
	test -x $(ENGINES)/bin/python || $(or $(PYTHON),python3) -m venv $(ENGINES)
	$(ENGINES)/bin/python -m pip install --quiet --editable ".[scale]" daft pyspark "dask[dataframe,distributed]"
	$(ENGINES)/bin/python scripts/check_engines.py

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebook: $(VENV)/.installed-dev ## execute the notebook and store it with its outputs
	$(BIN)/python scripts/run_notebook.py

# One marker per set of extras, older than pyproject.toml when that has changed.
$(VENV)/.installed-%: pyproject.toml
	@test -x $(BIN)/python || $(or $(PYTHON),python3) -c '$(TRAINS)' 2>/dev/null || { echo "Training needs Python 3.11, 3.12 or 3.13, and \
	$(if $(PYTHON),$(PYTHON) is none of them,none was found): TensorFlow has no release for others. \
	Install one, or name it: make $(or $(MAKECMDGOALS),demo) PYTHON=…" >&2; exit 1; }
	@test ! -x $(BIN)/python || $(BIN)/python -c '$(TRAINS)' || { echo "The Python in $(VENV) is $$($(BIN)/python -V), and training \
	needs 3.11, 3.12 or 3.13: TensorFlow has no release for others. Remove it: make clean" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[$*]"
	@touch $@

clean: ## remove the environment and what tests leave; runs/ stays
	rm -rf $(VENV) $(ENGINES) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
