#!/bin/sh
# What pre-commit does, for a merge that git commits by itself.
set -u
exec "$(dirname "$0")/pre-commit" "$@"
