# Two commands matter: make app, make test. Each sets up all it needs, in .venv; nothing else on the machine changes,
# except that make test installs missing test programs (browser, GIS tools) through apt where this user may.
# make check is the part of make test for every day; make thorough is make test that tries all where it tries a sample.
BIN := .venv/bin
export PYTHON
export PYTHONUTF8 = 1
# Where the surroundings forbid to keep compiled modules, as images of containers do, every start of Python would compile all anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: app test thorough check setup pins programs lint types style imports collected layers docs bench fuzz clean

app: .venv/ready
	$(BIN)/geo app

# Types take one core a while; the other looks at the rest meanwhile, and compiles what every worker would compile anew.
test: setup programs
	$(MAKE) --no-print-directory -j 2 lint collected
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# Where one property is tried at many like points, all of them: tests/thorough.py.
thorough: export GEO_THOROUGH = 1
thorough: test

# Without the tests that drive browsers, servers and other programs, or try very much: tests/slow.py.
check: lint
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow"

# What the app and the command line need; make setup adds what tests, documents and measurements need.
setup: .venv/ready-dev

.venv/ready: requirements-hashes.txt pyproject.toml tools/setup.sh tools/install.py tools/uv-hashes.txt
	sh tools/setup.sh requirements.txt
	touch $@

.venv/ready-dev: .venv/ready requirements-dev-hashes.txt
	sh tools/setup.sh requirements.txt requirements-dev.txt
	touch $@

# After a change of requirements*.txt: their hashes anew.
pins:
	$(BIN)/python tools/pins.py

programs:
	sh tools/ensure-apps.sh

lint: types style imports

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

# Only compiles: what cannot be collected is told when the tests run.
collected: setup
	-$(BIN)/pytest --collect-only > /dev/null 2>&1

layers: setup
	$(BIN)/geo build
	$(BIN)/python tools/data_dictionary.py

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: setup programs
	$(BIN)/python -m bench

# Longer than in the test suite: an hour, or as long as GEO_FUZZ_SECONDS says.
fuzz: setup
	GEO_FUZZ_SECONDS=$${GEO_FUZZ_SECONDS:-3600} $(BIN)/pytest -q -rP -p no:cacheprovider -o faulthandler_timeout=0 tests/hostile/test_fuzz.py

clean:
	rm -rf .venv build dist site *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
