#!/bin/sh
# Brings Chromium where apt can: the browser tests use it. Without it they say so and are skipped.
set -eu
cd "$(dirname "$0")/.."
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing chromium for the browser tests" >&2
    sh tools/apt.sh chromium && exit 0
fi
echo "setup: no Chromium, so the browser tests are skipped; install it with: sudo apt-get install chromium" >&2
