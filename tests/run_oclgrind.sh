#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test on the Oclgrind simulator with its checks for data races, uninitialised values and wrong API calls on;
# whatever it reports fails the test: run_oclgrind.sh ICD COMMAND...
set -u
icd=$1
shift
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
export OCL_ICD_VENDORS="$icd" OCLGRIND_LOG="$log/oclgrind" OCLGRIND_DATA_RACES=1 OCLGRIND_UNINITIALIZED=1
export OCLGRIND_CHECK_API=1 CLPOISSON_TEST_TINY=1 CLPOISSON_DEVICE=0 XDG_CACHE_HOME="$log"
"$@"
status=$?
if [ -s "$log/oclgrind" ]; then
    head -100 "$log/oclgrind"
    exit 1
fi
exit $status
