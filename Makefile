# Two commands matter: make app, make test. Each sets up all it needs.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 = 1

.PHONY: app test setup browser lint layers bench clean

app: setup
	$(BIN)/geo app

test: setup browser lint
	$(BIN)/geo build --check
	$(BIN)/pytest -n 2 --dist loadfile

setup: .venv/ready

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

browser:
	sh tools/ensure-apps.sh

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

layers: setup
	$(BIN)/geo build

bench: setup browser
	$(BIN)/python -m bench

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
