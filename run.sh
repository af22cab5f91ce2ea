#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds into build/, runs clpoisson. With no arguments: the heated plate.
set -eu

root=$(cd "$(dirname "$0")" && pwd)
. "$root/setup.sh"
clp_install $CLP_RUN_PACKAGES
clp_build "$root" "$root/build"
[ $# -gt 0 ] || set -- solve "$root/examples/heated-plate.yaml"
exec "$root/build/src/clpoisson" "$@"
