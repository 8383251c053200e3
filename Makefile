# Every command makes its own set-up. `make` alone lists them.
PYTHON_ENV := .venv/bin/python
UV_COMPILE = uv pip compile --universal --generate-hashes -q --no-emit-index-url \
	--custom-compile-command "make requirements" $(if $(UPGRADE),--upgrade)

# Each is empty unless given, as in `make test TESTS=tests/core`. PYTHON names the interpreter of .venv.
ONCE ?=
TESTS ?=
BENCH ?=
RUN ?=
UPGRADE ?=
WRITE ?=
PERMISSIONS ?=
PYTHON ?=
WORKERS ?= 3
CASES ?= 50000
SEED ?= 1
export ONCE PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo test lint types format permissions requirements fuzz bench run clean schemas

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## Show Firstline at work on a simulated organisation; ONCE=1 ends after one pass
	@sh tools/setup.sh demo
	@$(PYTHON_ENV) -m sandbox.demo

test: ## Run every check and test; TESTS=path runs the tests of that path only
	@sh tools/setup.sh test
	@$(if $(or $(findstring browser,$(TESTS)),$(if $(TESTS),,all)),sh tools/browser.sh)
	@$(PYTHON_ENV) -m sandbox.servers run -- $(PYTHON_ENV) -m pytest -q -n $(WORKERS) --dist worksteal $(TESTS)

lint: ## Check style, formatting and who imports whom
	@sh tools/setup.sh test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports --no-cache

types: ## Check the types
	@sh tools/setup.sh test
	@FIRSTLINE_SECRET_KEY=the-type-checker-reads-the-settings .venv/bin/mypy

format: ## Format the code and sort its imports
	@sh tools/setup.sh test
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format .

permissions: ## Print the IAM policies that the roles need; WRITE=1 writes them into deploy/
	@sh tools/setup.sh demo
	@$(if $(WRITE),$(PYTHON_ENV) -m tools.deployment,FIRSTLINE_SECRET_KEY=printing-permissions-keeps-no-secret $(PYTHON_ENV) manage.py print_permissions $(PERMISSIONS))

requirements: ## Lock the packages with their hashes (needs uv); UPGRADE=1 takes the newest allowed
	@command -v uv >/dev/null || { echo "make requirements needs uv on the PATH" >&2; exit 1; }
	@$(UV_COMPILE) pyproject.toml -o requirements/base.txt
	@$(UV_COMPILE) --extra demo -c requirements/base.txt pyproject.toml -o requirements/demo.txt
	@$(UV_COMPILE) --extra test -c requirements/demo.txt pyproject.toml -o requirements/test.txt

schemas: ## Write schemas/: the API's OpenAPI document and the JSON Schema of a baseline
	@sh tools/setup.sh test
	@FIRSTLINE_SECRET_KEY=the-schemas-hold-no-secret-of-anybody $(PYTHON_ENV) manage.py spectacular --validate --fail-on-warn --file schemas/openapi.yaml
	@FIRSTLINE_SECRET_KEY=the-schemas-hold-no-secret-of-anybody $(PYTHON_ENV) manage.py baseline_schema --file schemas/baseline.v1.json

fuzz: ## Send random requests to the API; CASES=50000 in all, SEED=2 for others than the last time
	@sh tools/setup.sh test
	@FIRSTLINE_FUZZ_CASES=$(CASES) FIRSTLINE_FUZZ_SEED=$(SEED) $(PYTHON_ENV) -m sandbox.servers run -- \
		$(PYTHON_ENV) -m pytest -q -n $(WORKERS) --dist worksteal tests/fuzz

bench: ## Run one benchmark: BENCH=looks or BENCH=parts, with options as in BENCH="looks --accounts 200"
	@test -n "$(BENCH)" || { echo 'make bench BENCH=looks or BENCH=parts' >&2; exit 2; }
	@sh tools/setup.sh demo
	@FIRSTLINE_SECRET_KEY=benchmarks-keep-no-secret-of-anybody $(PYTHON_ENV) -m bench $(BENCH)

run: ## Run a command beside a fresh PostgreSQL and Redis: RUN=".venv/bin/python manage.py migrate"
	@test -n '$(RUN)' || { echo 'make run RUN="command"' >&2; exit 2; }
	@sh tools/setup.sh demo
	@$(PYTHON_ENV) -m sandbox.servers run -- sh -c '$(RUN)'

clean: ## Remove what the commands made
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results staticfiles
