#!/bin/sh
# SPDX-License-Identifier: MIT
# What starting costs: the 512 x 512 plate stopped after 16 sweeps, with empty caches and with warm ones, and with as many
# sweeps on the reference backend, which builds nothing: startup.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_CACHE_HOME="$folder/cache" POCL_CACHE_DIR="$folder/pocl"
cat >"$folder/plate.yaml" <<'EOF'
domain: {size: [1, 1], nodes: [512, 512]}
boundary: {top: 100, left: 75, right: 50, bottom: 0}
solver: {max_iterations: 16}
EOF

# seconds LABEL COMMAND...
seconds() {
    label=$1
    shift
    start=$(date +%s.%N)
    "$@" >/dev/null 2>&1 || [ $? -eq 3 ]
    printf '%s %s\n' "$label" "$(echo "$(date +%s.%N) - $start" | bc)"
}

for round in 1 2 3 4 5; do
    rm -rf "$folder/cache" "$folder/pocl"
    mkdir "$folder/cache" "$folder/pocl"
    seconds cold "$program" solve "$folder/plate.yaml"
    seconds warm "$program" solve "$folder/plate.yaml"
    seconds reference "$program" solve "$folder/plate.yaml" --backend reference
done | sort | awk '
    { times[$1, ++count[$1]] = $2 }
    END { for (label in count) printf "%-10s %.2f s (median of %d)\n", label, times[label, int(count[label] / 2) + 1], count[label] }'
