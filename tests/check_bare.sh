#!/bin/sh
# SPDX-License-Identifier: MIT
# A build without any optional library: what works, and that what does not says which package brings it.
# check_bare.sh PROGRAM PLATE FILE.yaml
set -u
program=$1 plate=$2 file=$3
failed=0

# expect STATUS FRAGMENT COMMAND...
expect() {
    wanted=$1 fragment=$2
    shift 2
    output=$("$@" 2>&1)
    status=$?
    if [ $status -ne "$wanted" ] || ! printf '%s' "$output" | grep -q -- "$fragment"; then
        printf 'FAILED: %s\n  exit status %s, expected %s with "%s" in:\n%s\n' "$*" $status "$wanted" "$fragment" "$output"
        failed=1
    fi
}

expect 1 libyaml-dev "$program" solve "$file"
expect 2 'no MPI' env OMPI_COMM_WORLD_SIZE=2 "$program" solve "$file"
expect 1 libjansson-dev "$program" devices --json -
expect 0 'solve takes device' "$program" devices
expect 0 domain.nodes "$program" solve --help
expect 0 '^56.2' "$plate"
exit $failed
