# make chat   install, index and serve the web chat on 127.0.0.1:7860
# make test   install what the tests need and run them
# The first Python that runs and is new enough; a version manager's stand-in for one that is not installed does not run.
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13; do \
 $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: setup chat test lint browser eval clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 of nieuwer is nodig; geef het pad met: make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) --editable '.[dev]'
	@touch $@

chat: setup
	$(VENV)/bin/assistant index
	$(VENV)/bin/assistant chat

# The browser tests drive Chromium; Debian's package is installed when there is none and we may.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	 { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing Chromium for the browser tests" && \
	   apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	 echo "No Chromium found: the browser tests are skipped. On Debian: sudo apt install chromium"

# Playwright keeps an event loop running, in which tests that start one of their own fail: hence two runs.
test: $(VENV)/.ready-dev browser lint
	$(VENV)/bin/python -m pytest --ignore tests/browser
	$(VENV)/bin/python -m pytest tests/browser

lint: $(VENV)/.ready-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

eval: $(VENV)/.ready-dev
	$(VENV)/bin/assistant eval

clean:
	rm -rf $(VENV) index/2* index/CURRENT build dist *.egg-info
