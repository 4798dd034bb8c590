# `make` builds the lesson workbook, `make test` runs the tests; both make what they need in .venv
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3

.PHONY: all lesson test prove mutants lint pictures site bench clean

all: lesson

lesson: $(VENV)/installed
	$(BIN)/xlconv build --force

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/pip install --quiet --editable '.[test]'
	touch $@

test: lint
	$(BIN)/pytest -n auto

# what takes minutes: vectors of other projects in every view, pairs of extremes, much fuzz
prove: $(VENV)/tested
	$(BIN)/pytest -n auto -m prove

# faults planted by chance in the newest modules, and which test sees each
mutants: $(VENV)/tested
	$(BIN)/python -m tests.mutate --count 120 --seed 14 --seconds 40 \
		--of xlconv/paper xlconv/page xlconv/lessons/networks.py xlconv/models xlconv/differing \
		xlconv/classroom > tests/mutations.md

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# the README's pictures, from real sheets
pictures: $(VENV)/tested
	$(BIN)/python docs/pictures.py

# every lesson as a page that computes in a browser, in docs/site
site: $(VENV)/installed
	$(BIN)/python docs/site.py

bench:
	$(PYTHON) benchmarks/run.py

clean:
	rm -rf $(VENV) .venv-bench build dist output/*.xlsx
