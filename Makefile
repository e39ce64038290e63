# Innocence Network website. `make help` lists what there is.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

PY = .venv/bin/python
MANAGE = $(PY) manage.py
# Wheels only: no code of a package runs while it is installed.
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
COMPILE = .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate $(ARGS)
# As in production, for what `manage.py check --deploy` looks at; the key lives for one command.
AS_DEPLOYED = SECRET_KEY=$$($(NEW_KEY)) ALLOWED_HOSTS=example.org \
	SUPPORT_UNIT_EMAIL=support-unit@example.org EMAIL_URL=smtp://mail.example.org \
	HTTPS=on DEBUG=off DATABASE_URL=sqlite://:memory:
CODE = network_site members jobs statements deploy manage.py
NEW_KEY = $(PY) -c 'import secrets; print(secrets.token_urlsafe(60))'
# npm writes the addresses of each package's sponsors into its lock file, which names no host.
NO_SPONSORS = const fs = require("fs"), file = "package-lock.json", lock = JSON.parse(fs.readFileSync(file)); \
	for (const one of Object.values(lock.packages)) delete one.funding; \
	fs.writeFileSync(file, JSON.stringify(lock, null, 2) + "\n")
# With ARGS, one of the two runs may select no test at all (pytest's exit code 5).
NO_TEST_IS_FINE = $(if $(ARGS),|| test $$? -eq 5)

# With Java and npm, the tests let the Nu HTML checker read every page.
HTML_CHECKER = $(shell command -v java > /dev/null && command -v npm > /dev/null && \
	echo .ci/node_modules/checker.stamp)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve dev setup staff test check format bench bench-web backup restore \
	screenshots gazetteer lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo 'Options: PORT=8000 (serve, dev), ARGS="-k finder" (most), PYTHON=python3'

serve: setup ## Set up, then serve at 127.0.0.1:PORT with gunicorn
	@echo '==> Serving at http://127.0.0.1:$(PORT)/ (Ctrl-C ends it)'
	@exec $(PY) -m gunicorn network_site.wsgi:application --bind 127.0.0.1:$(PORT) \
		--workers 2 --worker-class gthread --threads 4 --no-control-socket --limit-request-line 0

dev: export DEBUG = on
dev: setup ## Set up, then serve at 127.0.0.1:PORT with Django's development server
	@exec $(MANAGE) runserver 127.0.0.1:$(PORT)

setup: .venv/site.stamp .env ## Install, migrate, load the data, collect static files; keep all edits
	@mkdir -p var
	@echo '==> Database'
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) sync_roles
	@echo '==> Regions and places'
	@$(MANAGE) load_gazetteer
	@echo '==> Starter content'
	@$(MANAGE) load_starter_content
	@echo '==> Static files'
	@$(MANAGE) collectstatic --no-input
	@$(MANAGE) make_error_pages

staff: setup ## Make an account for the desk on this machine, and print how to sign in
	@$(MANAGE) add_staff $(ARGS)

test: .venv/dev.stamp $(HTML_CHECKER) ## Run all tests on SQLite, in a browser, and on PostgreSQL
	@echo '==> Tests on SQLite and in the browser'
	@# A process more than processors, for browsers and servers are waited for.
	@env -u TEST_DATABASE_URL $(PY) -m pytest -n $$(($$(nproc) + 1)) $(ARGS) $(NO_TEST_IS_FINE)
	@echo '==> Tests on PostgreSQL'
	@$(PY) tests/with_postgres.py -- $(PY) -m pytest -n auto -m 'not browser and not deploy' \
		--deselect tests/network_site/test_html.py $(ARGS) $(NO_TEST_IS_FINE)

check: .venv/dev.stamp ## Lint, format, templates, migrations, deployment settings, house rules
	$(PY) -m ruff check --output-format concise
	$(PY) -m ruff format --check --output-format concise
	$(PY) -m bandit --quiet --severity-level medium --recursive $(CODE)
	$(PY) -m djlint --lint --quiet templates/desk
	$(PY) -m djlint --lint --quiet --profile jinja templates/pages
	@echo '==> As deployed: migrations and settings'
	@$(AS_DEPLOYED) $(MANAGE) makemigrations --check --dry-run
	@$(AS_DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING
	$(PY) -m pytest tests/test_house_rules.py

format: .venv/dev.stamp ## Format the code and mend what ruff can
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

bench: .venv/dev.stamp ## Measure the main pages, on SQLite and on PostgreSQL
	@env -u TEST_DATABASE_URL $(PY) -m benchmarks.finder $(ARGS)
	@$(PY) tests/with_postgres.py -- $(PY) -m benchmarks.finder $(ARGS)

bench-web: .venv/dev.stamp ## Measure the site behind nginx, cached and not, beside plain files
	@$(PY) -m benchmarks.web $(ARGS)

backup: .venv/site.stamp ## Back up the database into BACKUP_DIR (var/backups)
	@$(MANAGE) backup $(ARGS)

restore: .venv/site.stamp ## Put the backup FILE in the place of the database
	@test -n "$(FILE)" || { echo 'Which backup? make restore FILE=var/backups/...'; exit 1; } >&2
	@$(MANAGE) restore "$(FILE)" $(ARGS)

screenshots: .venv/dev.stamp ## Take the pictures in docs/ anew, with Chromium
	@$(PY) -m tests.browser.screenshots docs

gazetteer: .venv-gazetteer/gazetteer.stamp ## Build the data of regions and places anew
	.venv-gazetteer/bin/python -m members.gazetteer.build

lock: .venv/dev.stamp ## Lock the packages again after a change (ARGS=--upgrade for newer ones)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra dev --output-file requirements-dev.lock
	$(COMPILE) --extra gazetteer --output-file requirements-gazetteer.lock
	cd .ci && npm install --package-lock-only --ignore-scripts && node -e '$(NO_SPONSORS)'

clean: ## Remove environments and caches, never var/ or .env
	rm -rf .venv .venv-gazetteer .ci/node_modules .hypothesis .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Settings for this machine ---------------------------------------------------------------------

.env: | .venv/bin/python
	@echo '==> Writing .env for this machine'
	@umask 077 && key=$$($(NEW_KEY)) && printf '%s\n' \
		'# For this machine only, made by `make`. Never copy it to a server.' \
		"SECRET_KEY=$$key" 'ALLOWED_HOSTS=localhost,127.0.0.1' 'HTTPS=off' \
		'SUPPORT_UNIT_EMAIL=support-unit@example.org' > $@

# Virtual environments: a stamp is older than its lock file when the lock has changed -----------

.venv/site.stamp: requirements.lock
.venv/dev.stamp: requirements-dev.lock
.venv-gazetteer/gazetteer.stamp: requirements-gazetteer.lock

.venv/site.stamp .venv/dev.stamp: | .venv/bin/python
.venv-gazetteer/gazetteer.stamp: | .venv-gazetteer/bin/python

# What cannot be had is left out by the tests, in one line; .ci/run does not let them.
.ci/node_modules/checker.stamp: .ci/package-lock.json
	@echo '==> Installing the packages of $<'
	@npm ci --prefix $(<D) --ignore-scripts --fetch-retries 1 --loglevel error > /dev/null && touch $@ || \
		echo 'npm could not install it.' >&2

%.stamp:
	@echo '==> Installing the packages of $<'
	@$(@D)/bin/python $(PIP_INSTALL) -r $<
	@touch $@

.venv/bin/python .venv-gazetteer/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo '$(PYTHON) is missing or older than 3.11: name another with PYTHON='; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo '$(PYTHON) makes no virtual environments (Debian: install python3-venv)'; exit 1; } >&2
	@echo '==> Making $(@D:/bin=)'
	@$(PYTHON) -m venv --clear $(@D:/bin=)
