#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs into an empty folder, builds examples/plate.c against the installed pkg-config file, runs it and the installed
# program from another folder: check_install.sh SOURCE BUILD PREFIX CC
set -eu
source=$1 build=$2 prefix=$3 cc=$4
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
DESTDIR="$stage" meson install -C "$build" --no-rebuild --quiet
pc=$(find "$stage" -name clpoisson.pc)
lib=$(dirname "$(find "$stage" -name 'libclpoisson.so')")
export PKG_CONFIG_PATH="$(dirname "$pc")" PKG_CONFIG_SYSROOT_DIR="$stage" LD_LIBRARY_PATH="$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
# The -L of the installed file is moved into the stage by the sysroot; standard folders are left out by pkg-config.
$cc "$source/examples/plate.c" $(pkg-config --cflags --libs clpoisson) "-I$stage$prefix/include" "-L$lib" -o "$stage/plate"
cd /
"$stage/plate" | tee "$stage/out"
# The exact answer of the equations in the middle, by symmetry of four plates: the mean of the sides.
grep -q '^56.2' "$stage/out"
"$stage$prefix/bin/clpoisson" --version
"$stage$prefix/bin/clpoisson" devices
[ -e "$lib/libclpoisson.so.0" ]
# Nothing but the public names is exported.
if nm -D --defined-only "$lib/libclpoisson.so" | awk '{print $3}' | grep -v '^clp_'; then
    echo "the shared library exports names that do not begin with clp_" >&2
    exit 1
fi
