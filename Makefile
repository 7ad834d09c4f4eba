# Two commands for a start: `make run` and `make test`. Everything installs into .venv from the hash-locked requirements.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: run install test clients puppet fuzz check bench eval lock lock-clients format clean help

help:            ## what there is
	@grep -E '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:[^#]*## */\t/' | expand -t 12

run: $(STAMP)    ## serve the reference project on http://127.0.0.1:8080 (PORT= HOST= FILROUGE_DATA_DIR=)
	@"$(BIN)/filrouge" serve

install: $(STAMP) ## create the environment

test: $(STAMP)   ## all tests
	@"$(BIN)/python" -m pytest

clients: $(STAMP) ## other people's clients against a live service (installs them into tests/clients)
	@"$(BIN)/python" -m pytest -m clients tests/clients

puppet: $(STAMP) ## a model that obeys the attacker, against every tool with every id (minutes)
	@"$(BIN)/python" -m pytest -m puppet tests/graph

fuzz: $(STAMP)   ## one minute of coverage-guided fuzzing per parser of the channels
	@"$(BIN)/python" -m tests.fuzz

check: $(STAMP)  ## style, types, layers, sizes, the project itself
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/pyright"
	"$(BIN)/lint-imports"
	"$(BIN)/python" -m tests.sizes
	"$(BIN)/filrouge" check

bench: $(STAMP)  ## measure turns; writes bench/results/latest.json
	@"$(BIN)/python" -m bench

eval: $(STAMP)   ## the reference suite
	@"$(BIN)/filrouge" eval run

format: $(STAMP) ## rewrite the code in house style
	"$(BIN)/ruff" check --fix . && "$(BIN)/ruff" format .

lock:            ## renew requirements.lock (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --group dev pyproject.toml -o requirements.lock --custom-compile-command "make lock"

lock-clients:    ## renew tests/clients/requirements.txt (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url tests/clients/requirements.in -o tests/clients/requirements.txt --custom-compile-command "make lock-clients"

clean:           ## remove the environment and the demo's data
	rm -rf $(VENV) .filrouge

$(STAMP): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { echo "Python 3.11 or newer is needed: install it, or name it with PYTHON=..."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$("$(PYTHON)" --version)"; exit 1; }
	@echo "Installing into $(VENV) (once, about two minutes) ..."
	@"$(PYTHON)" -m venv "$(VENV)"
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch "$(STAMP)"
