# shellcheck shell=bash
# shellcheck disable=SC2034
# What the scripts here share: where things are, and which stage failed. Sourced, never run.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bindings=$top/mobile-bindings
target=${CARGO_TARGET_DIR:-$top/target}
tools=$target/tools
generated=$target/bindings
mkdir -p "$tools"

stage_name=start
trap '[ "$?" = 0 ] || echo "$(basename "$0"): failed at stage: $stage_name" >&2' EXIT

# Names what comes next; it stands in the complaint when that fails.
stage() {
    stage_name=$1
    echo "-- $1"
}

# Installs those of Debian's packages that are missing.
debian() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ "${#missing[@]}" = 0 ] && return
    stage "Debian's packages ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >"$tools/apt.log" 2>&1 ||
        { cat "$tools/apt.log" >&2; return 1; }
}
