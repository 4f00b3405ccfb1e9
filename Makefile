# Everything that a person or a build runs. `.venv` is made on the way and holds the locked packages.
PYTHON := .venv/bin/python
UV_COMPILE := compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

.PHONY: run test check fmt bench lock environment

environment:
	@sh platform/launcher/bootstrap.sh

# The whole product with demo data; Ctrl-C ends it. PORT, SANDBOX_PORT and DATA_DIR choose where.
run: environment
	@$(PYTHON) -m launcher run --end-with-parent

# The whole suite. ARGS="-k slots" runs a part.
test: environment
	@$(PYTHON) -m pytest $(ARGS)

# What needs no test run: style, types, contracts, migrations, the API's snapshot, the locks.
check: environment
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy .
	.venv/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	@sh platform/launcher/check.sh

fmt: environment
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# Measurements side by side; each prints a ratio.
bench: environment
	@for script in benchmarks/*.py; do [ -e "$$script" ] || continue; echo "== $$script"; $(PYTHON) "$$script" || exit 1; done

# Resolve the dependencies anew. The locks carry hashes and no address of any package index.
lock: environment
	@sh platform/launcher/lock.sh
