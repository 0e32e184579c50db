#!/bin/sh
# For a git server: refuses a push to the default branch whose inventory is
# wrong, whose output/ is not compiled from it, or that a guard refuses.
#
#   Copy this file to hooks/pre-receive of the repository on the server, and have
#   tenantry on the PATH of the server's git. `tenantry hook pre-receive --help`
#   says what can be set. Stricter: add --fail-on guards, or --fail-on widening.
set -u
if ! command -v tenantry >/dev/null 2>&1; then
    echo "pre-receive: tenantry is not on the server's PATH, so nothing can be judged" >&2
    exit 2
fi
exec tenantry hook pre-receive "$@"
