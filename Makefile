# Two commands do everything on a fresh machine with Python 3.11+ and make:
#   make verify   set up, check the case library, write the reports
#   make test     set up, pass the tests
# Also: make docs (the documents as a site, in build/site), lint, audit, reports-current.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: verify audit test lint docs reports-current clean

verify: $(VENV)/ready
	$(BIN)/errata run cases/understanding-neural-networks --json results.json --out reports

# functions of the installed libraries against what they document: some minutes
audit: $(VENV)/ready
	$(BIN)/errata audit --out reports

test: $(VENV)/ready
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# a warning is an error
docs: $(VENV)/ready
	$(BIN)/mkdocs build --clean

# the committed reports are what the case library gives, and nearly all that the book says is checked
reports-current: verify
	$(BIN)/errata coverage understanding-neural-networks --results results.json --at-least 97
	git diff --exit-code -- reports docs
	@test -z "$$(git status --porcelain -- reports docs)" || { git status --short -- reports docs; exit 1; }

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build results.json
