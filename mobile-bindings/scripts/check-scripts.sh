#!/usr/bin/env bash
# Looks through the scripts, those above all that cannot run here.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

debian shellcheck
stage "shellcheck"
cd "$top"
shellcheck --external-sources .ci/run mobile-bindings/scripts/*.sh
