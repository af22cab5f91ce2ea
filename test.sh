#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, runs all tests: plain, with sanitizers, built by clang, and built with no options.
# test.sh quick runs the plain ones only.
set -eu

root=$(cd "$(dirname "$0")" && pwd)
. "$root/setup.sh"
clp_install $CLP_TEST_PACKAGES
cd "$root"

# Kernels that tests build stay out of the user's caches, and are built once for all suites.
caches=$(mktemp -d)
trap 'rm -rf "$caches"' EXIT INT TERM
mkdir -p "$caches/pocl"
export XDG_CACHE_HOME="$caches" XDG_DATA_HOME="$caches/data" POCL_CACHE_DIR="$caches/pocl"
unset CLPOISSON_DEVICE CLPOISSON_SWEEP CLPOISSON_KERNEL_PATH || true

status=0
logs=
# run_tests BUILD [meson test options]
run_tests() {
    build=$1
    shift
    logs="$logs $build/meson-logs/testlog.json"
    rm -f "$build/meson-logs/testlog.json"
    # Building kernels takes most of the time, and one core: two tests at once, but for those of the program.
    meson test -C "$build" --no-rebuild --num-processes 2 --print-errorlogs "$@" || status=1
}

clp_build "$root" build
run_tests build
if [ "${1:-}" != quick ]; then
    clp_build "$root" build-sanitized -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debugoptimized -Doptimization=1
    run_tests build-sanitized --suite unit --suite pocl
    CC=clang clp_build "$root" build-clang --buildtype=debug
    run_tests build-clang --suite unit --test-args=-j2 # nothing runs beside it
    clp_build "$root" build-bare -Dauto_features=disabled -Dtests=enabled
    run_tests build-bare --suite bare
fi
python3 tests/count_results.py $logs || status=1
exit $status
