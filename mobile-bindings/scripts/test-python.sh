#!/usr/bin/env bash
# The Python bindings over the real library.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

stage "the office"
cargo build --quiet --locked --package jangkau-ffi --example office
stage "the story in Python"
PYTHONPATH=$generated python3 "$bindings/smoke/smoke.py" "$target/debug/examples/office"
