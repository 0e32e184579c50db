#!/bin/sh
# Refuses a commit whose inventory is wrong or whose output/ is not compiled.
#
#   git config core.hooksPath .githooks     switches it on, once per clone
#   git commit --no-verify                  goes around it; CI looks again
#
# It looks at the files as they lie there, staged or not.
set -u
cd "$(git rev-parse --show-toplevel)" || exit 2
if ! command -v tenantry >/dev/null 2>&1; then
    echo "pre-commit: tenantry is not on the PATH; see README.md" >&2
    exit 2
fi
# This also says everything that `tenantry check` says.
tenantry compile --check --quiet
status=$?
if [ "$status" -eq 1 ]; then
    echo "pre-commit: run \`tenantry compile\`, and add output/ to the commit" >&2
fi
exit "$status"
