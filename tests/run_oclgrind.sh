#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test on the Oclgrind simulator with its checks for data races, uninitialised values and wrong API calls on;
# whatever it reports fails the test: run_oclgrind.sh ICD LAYER COMMAND...
set -u
icd=$1 layer=$2
shift 2
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
export OCL_ICD_VENDORS="$icd" OPENCL_LAYERS="$layer" CLPOISSON_DEVICE=0 CLPOISSON_TEST_TINY=1 XDG_CACHE_HOME="$log"
export OCLGRIND_LOG="$log/oclgrind" OCLGRIND_DATA_RACES=1 OCLGRIND_UNINITIALIZED=1 OCLGRIND_CHECK_API=1
# Its check for uninitialised values does not know the instruction "freeze", which optimisation brings in.
export OCLGRIND_BUILD_OPTIONS=-cl-opt-disable
"$@"
status=$?
if [ -s "$log/oclgrind" ]; then
    head -100 "$log/oclgrind"
    exit 1
fi
exit $status
