#!/usr/bin/env bash
# Builds what the Swift package takes in: the xcframework for phones and simulators, and the generated Swift. Needs macOS with Xcode, and
# the Rust targets. This script is not run by the gate: it runs on macOS alone.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

package=$bindings/ios/generated
work=$target/xcframework
rm -rf "$work" "$package"
mkdir -p "$work/headers" "$package/JangkauFFI"

for machine in aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios; do
    stage "the library for $machine, with encrypted vaults"
    (cd "$top" && IPHONEOS_DEPLOYMENT_TARGET=15.0 cargo build --locked --release --package jangkau-ffi --lib --features cipher \
        --target "$machine")
done

stage "the generated Swift"
(cd "$top" && cargo run --quiet --locked --package jangkau-bindgen -- generate --no-format --language swift \
    --out-dir "$work" "$target/aarch64-apple-ios/release/libjangkau_ffi.a")
cp "$work/JangkauFFI.swift" "$package/JangkauFFI/"
cp "$work/JangkauFFIFFI.h" "$work/headers/"
cp "$work/JangkauFFIFFI.modulemap" "$work/headers/module.modulemap"

stage "one library for both kinds of simulator"
lipo -create -output "$work/libjangkau_ffi-simulator.a" \
    "$target"/{aarch64-apple-ios-sim,x86_64-apple-ios}/release/libjangkau_ffi.a

stage "the xcframework"
xcodebuild -create-xcframework \
    -library "$target/aarch64-apple-ios/release/libjangkau_ffi.a" -headers "$work/headers" \
    -library "$work/libjangkau_ffi-simulator.a" -headers "$work/headers" \
    -output "$package/JangkauFFI.xcframework"
