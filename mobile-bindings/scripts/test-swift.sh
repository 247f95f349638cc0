#!/usr/bin/env bash
# The Swift façade on Linux. Debian's next release has a Swift: it gets a folder of its own, and the tests run in there.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

system=$tools/swift
if ! [ -d "$system" ]; then
    debian debootstrap
    stage "a system with Swift (3 GB, 3 minutes)"
    rm -rf --one-file-system "$system.part"
    debootstrap --variant=minbase trixie "$system.part" >"$tools/swift.log" 2>&1 || { tail "$tools/swift.log" >&2; exit 1; }
    # shellcheck disable=SC2016
    # Its mounts are seen by these commands alone, and are gone when they end.
    unshare --mount --propagation private sh -euc '
        mount -t proc proc "$0/proc"
        chroot "$0" apt-get update -qq
        DEBIAN_FRONTEND=noninteractive chroot "$0" apt-get install -qq -y --no-install-recommends \
            swiftlang libc6-dev libstdc++-14-dev libncurses-dev libcurl4-openssl-dev
        chroot "$0" apt-get clean
    ' "$system.part" >>"$tools/swift.log" 2>&1 || { tail "$tools/swift.log" >&2; exit 1; }
    mv "$system.part" "$system"
fi

stage "the package"
package=$target/swift
rm -rf "$package"/{Package.swift,Sources,Tests}
mkdir -p "$package/generated/JangkauFFI" "$package/generated/JangkauFFIFFI"
cp -rp "$bindings"/ios/{Package.swift,Sources,Tests} "$package"
cp -p --update "$generated/JangkauFFI.swift" "$package/generated/JangkauFFI/"
cp -p --update "$generated/JangkauFFIFFI.h" "$package/generated/JangkauFFIFFI/"
printf 'module JangkauFFIFFI {\n    header "JangkauFFIFFI.h"\n    link "jangkau_ffi"\n    export *\n}\n' \
    >"$package/generated/JangkauFFIFFI/module.modulemap"

stage "tests"
# Where a path means the same inside, the server's program and socket are found, and complaints name files that exist.
# shellcheck disable=SC2016
"$bindings/scripts/office.sh" unshare --mount --propagation private sh -euc '
    mkdir -p "$0$1"
    mount --bind "$1" "$0$1"
    mount -t proc proc "$0/proc"
    mount --rbind /dev "$0/dev"
    exec chroot "$0" sh -euc "cd \"\$0\" && exec swift test --disable-sandbox -Xlinker -L\"\$1\" -Xlinker -rpath -Xlinker \"\$1\"" "$2" "$3"
' "$system" "$target" "$package" "$generated"
