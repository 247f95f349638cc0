#!/usr/bin/env bash
# cross.sh check|arm64|bits32: what phones run and this machine does not. `check` type-checks the phone's library for Android and iOS,
# and the core for browsers. `arm64` and `bits32` run the core's tests, with SQLite, on other processors.
#
# The toolchain in use has no standard library for these targets. Debian's compiler for browsers brings its library's source, from which
# cargo builds what each target needs. It is unpacked into a folder and not installed.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

web=$tools/rustweb/usr
if ! [ -d "$web" ]; then
    stage "a compiler with the source of its standard library"
    rm -rf "$tools/rustweb.part"
    mkdir -p "$tools/rustweb.part/debs"
    apt-get update -qq
    (cd "$tools/rustweb.part/debs" && apt-get download -qq rustc-web libstd-rust-web-dev libstd-rust-web-1.96 rust-web-src libllvm22)
    for package in "$tools"/rustweb.part/debs/*.deb; do
        dpkg -x "$package" "$tools/rustweb.part"
    done
    rm -r "$tools/rustweb.part/debs"
    mv "$tools/rustweb.part" "$tools/rustweb"
fi

# The C of dependencies is no part of a type check, and there are no headers for it here: an empty file stands for each object.
no_c=$tools/no-c
cat >"$no_c" <<'END'
#!/bin/sh
while [ "$#" -gt 0 ]; do
    [ "$1" = -o ] && : >"$2"
    shift
done
END
rustc=$tools/rustc-web
cat >"$rustc" <<END
#!/bin/sh
LD_LIBRARY_PATH=$web/lib/x86_64-linux-gnu exec $web/bin/rustc "\$@"
END
chmod +x "$no_c" "$rustc"
# A folder of Apple's headers has to be there before anybody asks a compiler, and holds nothing.
mkdir -p "$tools/no-sdk"
export RUSTC=$rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$target/cross CARGO_INCREMENTAL=0
build_std=-Zbuild-std=std,panic_abort,panic_unwind

# check TARGET ARGUMENTS...
check() {
    stage "type check for $1"
    local name=${1//-/_}
    env "CC_$name=$no_c" "AR_$name=/usr/bin/true" "SDKROOT=$tools/no-sdk" cargo check --quiet --locked --target "$@" "$build_std"
}

# tests TARGET RUNNER...: the core's tests; somewhat optimised, since an emulated processor is ten times slower.
tests() {
    local machine=$1 name=${1^^}
    name=${name//-/_}
    shift
    stage "the core's tests on $machine"
    env CARGO_PROFILE_DEV_OPT_LEVEL=1 "CARGO_TARGET_${name}_LINKER=$gcc" "CC_${machine//-/_}=$gcc" "CARGO_TARGET_${name}_RUNNER=$*" \
        cargo test --quiet --locked --target "$machine" --package jangkau-core --lib "$build_std,test"
}

case ${1:-} in
check)
    check aarch64-linux-android --package jangkau-ffi --lib
    check aarch64-apple-ios --package jangkau-ffi --lib
    # Where a browser's randomness comes from is for its app to say.
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS='--cfg getrandom_backend="custom"'
    check wasm32-unknown-unknown --package jangkau-core --lib --no-default-features
    ;;
arm64)
    debian gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
    gcc=aarch64-linux-gnu-gcc
    tests aarch64-unknown-linux-gnu qemu-aarch64 -L /usr/aarch64-linux-gnu
    ;;
bits32)
    # The processor of old phones.
    debian gcc-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user
    gcc=arm-linux-gnueabihf-gcc
    tests armv7-unknown-linux-gnueabihf qemu-arm -L /usr/arm-linux-gnueabihf
    ;;
*)
    echo "cross.sh check|arm64|bits32" >&2
    exit 2
    ;;
esac
