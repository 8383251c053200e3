#!/bin/sh
# Makes .venv hold exactly the locked packages: tools/setup.sh demo|test
# Nothing is done when it already does, so every command can call this first.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
venv=.venv
stamp=$venv/installed

say() { printf 'setup: %s\n' "$1" >&2; }
fail() { say "$1"; exit 1; }

find_python() {
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && return
    done
    fail "Python 3.11 to 3.14 is needed; install one, or name it: make ${wanted} PYTHON=/path/to/python"
}

# What the packages depend on. The tests' packages hold the demo's.
fingerprint() {
    { "$python" -VV; cat requirements/demo.txt requirements/test.txt; } | sha256sum | cut -d' ' -f1
}

up_to_date() {
    [ -x $venv/bin/python ] && $venv/bin/python -c '' 2>/dev/null || return 1
    grep -qsx -e "$wanted $1" -e "test $1" $stamp
}

# Debian ships Python without ensurepip; the package python3-venv brings it.
make_venv() {
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            fail "Python's venv module is missing; install it with: sudo apt-get install $package"
        fi
        say "installing $package"
        sh tools/apt.sh "$package" || fail "could not install $package"
    fi
    "$python" -m venv --clear $venv
}

find_python
now=$(fingerprint)
up_to_date "$now" && exit 0
say "installing the packages of requirements/$wanted.txt into $venv"
make_venv
# The lock names every package with its hash, so there is nothing to resolve.
$venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes \
    -r "requirements/$wanted.txt"
echo "$wanted $now" >$stamp
