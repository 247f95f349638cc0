#!/usr/bin/env bash
# junit.sh [ARGUMENTS...]: runs the tests that test-kotlin.sh compiled; without arguments all but the long ones.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=mobile-bindings/scripts/kotlin.sh
source "$bindings/scripts/kotlin.sh"

[ "$#" -gt 0 ] || set -- --exclude-tag long
java -Xmx256m "-Djna.library.path=${JANGKAU_LIBRARY:-$generated}" -cp "$target/kotlin/tests.jar:$target/kotlin/generated.jar:$jars" \
    org.junit.platform.console.ConsoleLauncher --disable-banner --disable-ansi-colors --fail-if-no-tests --details tree \
    --scan-class-path "$target/kotlin/tests.jar" "$@"
