#!/usr/bin/env bash
# The API reference of each language, into target/reference.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

mkdir -p "$target/reference"
reference() {
    stage "the reference for $1"
    python3 "$bindings/scripts/reference.py" "$target/reference/$1.md" "${@:2}"
}
reference kotlin "$bindings"/kotlin/src/main/kotlin/org/jangkau/*.kt "$bindings"/android/src/main/kotlin/org/jangkau/android/*.kt \
    "$generated/org/jangkau/jangkau_ffi.kt"
reference swift "$bindings"/ios/Sources/Jangkau/*.swift "$generated/JangkauFFI.swift"
reference python "$generated/jangkau_ffi.py"
