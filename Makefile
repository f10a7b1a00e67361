# make run: install what the app needs and serve it. make test: the same for the tests.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
# Processes that run the tests: twice two cores, for many wait for a browser or a server. About 2.5 GB each; fewer where there is less.
WORKERS ?= 4
# And the quick ones, which wait for nothing: each process takes twenty seconds of a core to import and collect.
QUICK_WORKERS ?= 2
# Python keeps what it compiles, like all the other tools here, wherever `make` starts it: some machines are told not to,
# and every process of the app, of the command line and of the tests would compile the project's 700 files anew.
unexport PYTHONDONTWRITEBYTECODE
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
# TORCH=cpu takes PyTorch's CPU build, from TORCH_INDEX or an index that pip's settings name; on Linux the usual one brings CUDA.
CHOOSE_TORCH = $(VENV)/bin/python torch_wheel.py $(if $(TORCH),--build $(TORCH)) $(if $(TORCH_INDEX),--index $(TORCH_INDEX))

.PHONY: help run check test seconds lint bundle clean

help: ## say what each command does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Use: make PYTHON=python3.12 run") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements.txt constraints.txt | $(VENV)/bin/python
	@$(CHOOSE_TORCH)
	$(VENV)/bin/python -m pip install --disable-pip-version-check --quiet -c constraints.txt -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt requirements.txt constraints.txt | $(VENV)/bin/python
	@$(CHOOSE_TORCH)
	$(VENV)/bin/python -m pip install --disable-pip-version-check --quiet -c constraints.txt -r requirements-dev.txt
	@touch $@ $(RUN_READY)

run: $(RUN_READY) ## install what the app needs, serve it, open the browser
	$(VENV)/bin/python -m streamlit run Home.py $(if $(HOST),--server.address $(HOST)) $(if $(PORT),--server.port $(PORT))

check: $(DEV_READY) ## check style and types, run the quick tests
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest -n $(QUICK_WORKERS) --dist loadfile -m "not slow"

test: $(DEV_READY) ## install what the tests need, check style and types, run every test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m tests.js.check
	$(VENV)/bin/python tests/browser/ensure_chromium.py
	$(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile

seconds: $(DEV_READY) ## run every test and note how long each file takes: the longest are dealt out first
	$(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile --write-seconds

lint: $(DEV_READY) ## check style and types, and the scripts where there is Node
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m tests.js.check

bundle: ## make the scripts that are served of the components' sources; needs Node 20 or newer
	$(PYTHON) -m tests.js.check --bundle

clean: ## remove the installed environment and caches
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache
