# One command each: every target makes the set-up it needs (a virtual environment in .venv) and then does its job.

VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
JOBS ?= auto
PARALLEL := -n $(JOBS) --maxprocesses 8 --dist loadfile

# The first of these that runs, is new enough and can make a virtual environment. A name on the PATH is not enough:
# version managers put commands there that only say "not installed". Override with: make PYTHON=/path/to/python3.12
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14 python
CAN_BE_USED := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	if $$name -c '$(CAN_BE_USED)' >/dev/null 2>&1; then echo $$name; break; fi; done)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help serve demo quick test crash check format bench attack audit docs build clean system-packages

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

serve: $(VENV)/.installed ## Open the web app in the browser; Ctrl-C stops it
	$(BIN)/posecheck serve

demo: $(VENV)/.installed ## Measure the sample videos: a whole session, its table and its report
	$(BIN)/posecheck demo --overwrite

quick: $(VENV)/.installed-dev ## Run the tests that need neither the pose model nor a browser
	$(BIN)/python -m pytest $(PARALLEL) -m "not model and not browser and not slow and not alone" $(PYTEST_ARGS)

test: $(VENV)/.installed-dev ## Run all tests; those that need the machine for themselves one after the other
ifeq ($(strip $(PYTEST_ARGS)),)
	$(BIN)/python -m pytest $(PARALLEL) -m "not alone"
	$(BIN)/python -m pytest -m alone
else
	$(BIN)/python -m pytest $(PARALLEL) $(PYTEST_ARGS)
endif

crash: $(VENV)/.installed-dev ## Cut the power at 200 moments, and kill the server at 200: nothing acknowledged may be lost
	POSECHECK_CRASH_POINTS=200 POSECHECK_CRASH_KILLS=200 $(BIN)/python -m pytest tests/crash --timeout 7200 $(PYTEST_ARGS)

check: $(VENV)/.installed-dev ## Run the static checks: style, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict posecheck
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## Put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## Measure accuracy and speed, and write the tables to docs/
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.repetitions
	$(BIN)/python -m benchmarks.speed

attack: $(VENV)/.installed-dev ## Send 10,000 hostile inputs to a server; goes on where it was stopped; writes a table to docs/
	$(BIN)/python -m tests.hostile.attack

docs: $(VENV)/.installed-docs ## Build the documentation into build/docs, warnings are errors; needs no network
	$(BIN)/python -m sphinx -W --keep-going -n -q -c docs/sphinx . build/docs
	$(BIN)/python -m scripts.check_site build/docs
	@echo "Open build/docs/index.html in a browser."

build: $(VENV)/.installed-dev ## Build the wheel and the source package into dist/
	$(BIN)/python -m build

# In an environment of its own, as users get it: nothing of the tools is among what is looked through.
audit: | system-packages ## Look for known holes in what a release brings along, and list all of it in build/posecheck.cdx.json
	$(PYTHON) -m venv --clear build/release
	$(PYTHON) -m venv --clear build/audit
	build/release/bin/python -m pip install --quiet .
	build/audit/bin/python -m pip install --quiet 'cyclonedx-bom>=7' 'pip-audit>=2.9'
	build/audit/bin/cyclonedx-py environment --of JSON --output-reproducible --pyproject pyproject.toml \
		-o build/posecheck.cdx.json build/release/bin/python
	@du -sh build/release | awk '{print "What is installed takes " $$1 "."}'
	build/audit/bin/python -m scripts.audit build/audit/bin/pip-audit build/release/lib/python3.*/site-packages

clean: ## Remove the virtual environment, caches and everything built
	rm -rf $(VENV) build dist posecheck-demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find posecheck tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# As root on Debian and Ubuntu the machine is given what it lacks. Python is looked for again afterwards.
system-packages:
	@scripts/system_packages.sh $(if $(wildcard $(VENV)/.created)$(PYTHON),,python3-venv)

$(VENV)/.created: | system-packages
	@if [ -z "$(PYTHON)" ]; then \
		echo "posecheck needs Python 3.11 or newer with the venv module, and found none (tried: $(CANDIDATES))."; \
		echo "Debian, Ubuntu: sudo apt-get install python3 python3-venv"; \
		echo "macOS: brew install python@3.13, or the installer from the Python web site"; \
		echo "Or name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; \
		exit 1; \
	fi
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.created | system-packages
	$(BIN)/python -m pip install --quiet --editable .
	@$(call require_libraries)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.created | system-packages
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@# Alone, without what it asks for: a second OpenCV is among it (pyproject.toml says more).
	@$(BIN)/python -m pip install --quiet --no-deps 'movement>=0.15' 2>/dev/null \
		|| echo "The package movement cannot be installed: one test will be skipped."
	@$(call require_libraries)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: pyproject.toml $(VENV)/.created
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@$(call require_libraries)
	@touch $@

# Says in words which shared libraries of the system are missing, and stops.
require_libraries = $(BIN)/python -c 'import sys; from posecheck.pose.system_libraries import *; \
	sys.exit(explain_missing_libraries(find_missing_libraries()) or 0)'
