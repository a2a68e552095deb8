#!/bin/sh
# Make .venv with the packages of the files of pins that are named, and this project in it:
#   sh tools/setup.sh requirements.txt [requirements-dev.txt]
# make calls it; after an interruption, call it again.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python=${PYTHON:-}
if [ -z "$python" ]; then
    for candidate in python3 python3.13 python3.12 python3.11 python; do
        if new_enough "$candidate"; then
            python=$candidate
            break
        fi
    done
fi
if [ -z "$python" ] || ! new_enough "$python"; then
    found=$("${python:-python3}" --version 2>/dev/null | head -n 1)
    echo "Python 3.11 or later is needed; here is ${found:-no ${python:-python3}}. Install one, or name it: make app PYTHON=/path/to/python3.12" >&2
    exit 1
fi

# Debian keeps venv and ensurepip in a package of their own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    apt_install "$python cannot make a virtual environment" "python$version-venv"
fi

# A .venv of a Python that is gone, or one that broke off, is made anew.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear .venv
fi
.venv/bin/python tools/install.py "$@"
