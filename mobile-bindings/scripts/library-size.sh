#!/usr/bin/env bash
# library-size.sh PROFILE MEGABYTES: how large the phone's library is without its symbols; fails above a ceiling. What a build of the whole
# workspace would link into it, the generator above all, is three times as much.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

debian binutils
stage "the size of the library"
strip -o "$target/stripped.so" "$target/$1/libjangkau_ffi.so"
bytes=$(stat -c %s "$target/stripped.so")
rm "$target/stripped.so"
echo "the library ($1), stripped: $((bytes / 1024)) KB, ceiling $(($2 * 1024)) KB"
[ "$bytes" -le "$(($2 * 1024 * 1024))" ]
