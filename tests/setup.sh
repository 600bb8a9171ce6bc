#!/bin/sh
# What `make` needs beside Python packages; each part says plainly why when it cannot be had.
#   setup.sh venv PYTHON FOLDER   a virtual environment
#   setup.sh node BIN             the Node packages that re-read our exports, with the Node of the environment in BIN
#   setup.sh browser              a Chromium for the browser tests
set -eu

may_install() { command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
debian() { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null; }

case "$1" in
venv)
    "$2" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "kg needs Python 3.11 or newer; '$2' is $("$2" --version 2>&1). Name another: make PYTHON=python3.12 …" >&2
        exit 2
    }
    if ! "$2" -c 'import ensurepip' 2>/dev/null && may_install; then
        debian python3-venv
    fi
    "$2" -m venv "$3" || {
        echo "No virtual environment could be made: install your system's venv package (Debian: python3-venv)." >&2
        exit 2
    }
    ;;
node)
    PATH="$(cd "$2" && pwd):$PATH"
    export PATH
    (cd tests/node && npm ci --silent --no-audit --no-fund) || {
        echo "The Node packages could not be installed (is the npm registry reachable?): the tests that need them are skipped." >&2
        [ -z "${CI:-}" ]
    }
    ;;
browser)
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && exit 0
    done
    if may_install && debian chromium; then
        exit 0
    fi
    echo "No Chromium was found and it may not be installed here (Debian: apt-get install chromium): the browser tests are skipped." >&2
    [ -z "${CI:-}" ]
    ;;
*)
    echo "setup.sh: venv, node or browser?" >&2
    exit 2
    ;;
esac
