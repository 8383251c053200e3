#!/bin/sh
# Installs Debian packages without questions, as root: tools/apt.sh PACKAGE ...
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
apt-get install -y -qq --no-install-recommends "$@" >/dev/null
