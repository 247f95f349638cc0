#!/usr/bin/env bash
# Builds what the Android module takes in: the library for each processor, and the generated Kotlin. Then Gradle makes the AAR.
# Needs Android's NDK (28 or newer, in ANDROID_NDK_HOME), cargo-ndk and the Rust targets. This script is not run by the gate: no NDK can
# be had on the machines that run it.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

: "${ANDROID_NDK_HOME:?is not set}"
module=$bindings/android
libraries=$module/src/main/jniLibs

stage "the library, with encrypted vaults"
# Pages of 16 KB: the NDK aligns for them by itself, and an own setting of flags elsewhere may undo that.
export RUSTFLAGS="-C link-arg=-Wl,-z,max-page-size=16384"
rm -rf "$libraries"
(cd "$top" && cargo ndk --platform 26 --target arm64-v8a --target armeabi-v7a --target x86_64 --output-dir "$libraries" \
    build --locked --release --package jangkau-ffi --lib --features cipher)

stage "the alignment of its pages"
for library in "$libraries"/{arm64-v8a,x86_64}/libjangkau_ffi.so; do
    readelf -lW "$library" | awk -v library="$library" '
        $1 == "LOAD" { found = 1; if (strtonum($NF) < 16384) { print library ": aligned to " $NF; bad = 1 } }
        END { exit bad || !found }'
done

stage "the generated Kotlin"
rm -rf "$module/build/generated-bindings"
(cd "$top" && cargo run --quiet --locked --package jangkau-bindgen -- generate --no-format --language kotlin \
    --out-dir "$module/build/generated-bindings" "$libraries/arm64-v8a/libjangkau_ffi.so")

stage "the AAR"
cd "$module"
gradle --no-daemon assembleRelease
ls -l build/outputs/aar/
