# Two commands matter: make app, make test. Each sets up all it needs, in .venv; nothing else on the machine changes,
# except that make test installs missing test programs (browser, GIS tools) through apt where this user may.
BIN := .venv/bin
export PYTHON
export PYTHONUTF8 = 1

.PHONY: app test setup programs lint layers bench fuzz clean

app: setup
	$(BIN)/geo app

test: setup programs lint
	$(BIN)/geo build --check
	$(BIN)/pytest -n 2 --dist loadfile

setup: .venv/ready

.venv/ready: requirements.txt pyproject.toml tools/setup.sh
	sh tools/setup.sh

programs:
	sh tools/ensure-apps.sh

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

layers: setup
	$(BIN)/geo build
	$(BIN)/python tools/data_dictionary.py

bench: setup programs
	$(BIN)/python -m bench

# Longer than in the test suite: an hour, or as long as GEO_FUZZ_SECONDS says.
fuzz: setup
	GEO_FUZZ_SECONDS=$${GEO_FUZZ_SECONDS:-3600} $(BIN)/pytest -q -rP -p no:cacheprovider tests/hostile/test_fuzz.py

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
