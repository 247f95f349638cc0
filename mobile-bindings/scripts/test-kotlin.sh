#!/usr/bin/env bash
# The Kotlin façade on the JVM: compiled with every warning an error, and its tests over the real library and a real server.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=mobile-bindings/scripts/kotlin.sh
source "$bindings/scripts/kotlin.sh"

kotlin=$target/kotlin
mkdir -p "$kotlin"
source=$generated/org/jangkau/jangkau_ffi.kt
if ! cmp -s "$source" "$kotlin/compiled.kt"; then
    stage "compiling what was generated"
    compile "$kotlin/generated.jar" "$source"
    cp "$source" "$kotlin/compiled.kt"
fi
jars=$kotlin/generated.jar:$jars

stage "compiling façade and tests"
compile "$kotlin/tests.jar" "$bindings/kotlin/src"

stage "compiling the Android module against stubs"
compile "$kotlin/android.jar" "$bindings"/kotlin/src/main "$bindings"/android/{src,stubs}

stage "tests"
"$bindings/scripts/office.sh" "$bindings/scripts/junit.sh" "$@"
