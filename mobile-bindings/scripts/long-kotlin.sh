#!/usr/bin/env bash
# long-kotlin.sh CLASS: one of the long tests of the Kotlin façade, over the library that ships: optimised, and with encrypted vaults. Its
# ceiling is a fifth above the 19 MB that were measured on 23 November 2026.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

stage "the library that ships"
cd "$top"
cargo build --quiet --locked --release --package jangkau-ffi --lib --features cipher
cargo build --quiet --locked --release --package jangkau-server --bin jangkau-server
"$bindings/scripts/library-size.sh" release 24
export JANGKAU_LIBRARY=$target/release JANGKAU_PROFILE=release
"$bindings/scripts/test-kotlin.sh" "--include-classname=.*$1"
