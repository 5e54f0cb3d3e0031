# Two commands for a fresh clone: `make demo` trains and reads, `make test` checks everything.
# They need Python 3.11 or later, make, and the Python package index. PYTHON=python3.12 make demo chooses another one.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint notebook clean

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

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebook: $(VENV)/.installed-dev ## execute the notebook and store it with its outputs
	$(BIN)/python scripts/run_notebook.py

# One marker per set of extras, older than pyproject.toml when that has changed.
$(VENV)/.installed-%: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[$*]"
	@touch $@

clean: ## remove the environment and what tests leave; runs/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
