#!/usr/bin/env bash
# check-generated.sh: looks in what was generated, and in the rules that ship beside it, for what has bitten others (ffi/README.md, "Known traps").
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

kotlin=$generated/org/jangkau/jangkau_ffi.kt
swift=$generated/JangkauFFI.swift
rules=$bindings/android/consumer-rules.pro

# refuse WHAT COMMAND...: what the command finds must not be there.
refuse() {
    stage "$1"
    local found
    found=$("${@:2}" || true)
    [ -z "$found" ] || { echo "$found" >&2; return 1; }
}

# demand FILE TEXT: the file holds the text.
demand() {
    stage "$(basename "$1") holds: $2"
    grep -qF -- "$2" "$1"
}

# The version of library and generated code is compared when the library is loaded.
demand "$kotlin" "uniffiCheckApiChecksums(this)"
demand "$swift" "uniffi_jangkau_ffi_checksum_"
# Nobody changes a record behind a screen's back.
refuse "no record of Kotlin can be changed" awk '/^data class/ { inside = 1 } inside && /^ *var / { print FILENAME ":" FNR } /^\)/ { inside = 0 }' "$kotlin"
# Bytes are arrays; borrowed ones would be buffers of the JVM.
refuse "no bytes are borrowed" grep -nE 'fun `.*ByteBuffer' "$kotlin"
# A comment in a docstring ends the generated comment.
refuse "no docstring holds a mark of comments" grep -rnE '///.*(/\*|\*/)' "$top/ffi/src"
# An observer or a transport of the app is declared in the way that the generator keeps.
refuse "no outdated declarations" grep -rnE 'with_foreign|callback_interface' "$top/ffi/src"
# What an app's own R8 must leave alone.
for rule in '-dontwarn java.awt.**' '-keep class com.sun.jna.** { *; }' '-keep class * implements com.sun.jna.** { *; }' \
    '-keep class org.jangkau.** { *; }' '-keepattributes RuntimeVisibleAnnotations,Signature,InnerClasses'; do
    demand "$rules" "$rule"
done
demand "$bindings/android/build.gradle.kts" 'consumerProguardFiles("consumer-rules.pro")'
# What cannot run here still has to say it: pages of 16 KB, and that the built library has them.
demand "$bindings/scripts/build-android.sh" 'max-page-size=16384'
demand "$bindings/scripts/build-android.sh" 'readelf -lW'
