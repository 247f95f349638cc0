#!/usr/bin/env bash
# The Python bindings over the real library and a real server.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

debian python3
stage "the story in Python"
PYTHONPATH=$generated PYTHONDONTWRITEBYTECODE=1 "$bindings/scripts/office.sh" python3 "$bindings/python/story.py"
