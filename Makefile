# Two commands do everything on a machine with Python >= 3.11, git and make:
#   make demo   sets up and builds the graph of the bundled example
#   make test   sets up and runs the whole test suite
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

SCRIPTS := hatch_build.py $(wildcard kg/views/web/*.* kg/views/web/src/*.ts kg/views/web/src/*/*.ts)

.PHONY: help demo test clean

help:
	@sed -n 's/^#   //p' Makefile

$(VENV)/.made:
	sh tests/setup.sh venv "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml $(SCRIPTS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.made pyproject.toml $(SCRIPTS) tests/node/package-lock.json
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	sh tests/setup.sh node "$(BIN)"
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run
	$(BIN)/kg build kg/sources/example.md -o exports/example
	$(BIN)/kg query exports/example --name papers-on-robot -p robot="Unitree G1"
	@echo "Its pages are in exports/example/site: open exports/example/site/index.html in a browser."

test: $(VENV)/.test
	sh tests/setup.sh browser
	$(BIN)/python -m pytest --cov --cov-report=term

clean:
	rm -rf $(VENV) tests/node/node_modules kg/views/web/node_modules kg/views/web/dist
