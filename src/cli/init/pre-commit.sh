#!/bin/sh
# Judges what is staged: the inventory, whether output/ is compiled from it, and
# what the commit changes.
#
#   git config core.hooksPath .githooks       switches it on, once per clone
#   git config tenantry.preCommit stage       compiles and stages output/ for you
#   git commit --no-verify                    goes around it; CI looks again
set -u
if ! command -v tenantry >/dev/null 2>&1; then
    echo "pre-commit: tenantry is not on the PATH; install it, or go around with --no-verify" >&2
    exit 2
fi
exec tenantry hook pre-commit "$@"
