#!/usr/bin/env bash
# Compiles the inventory and pushes what changed to BRANCH, once.
set -euo pipefail

allow=()
for tenant in ${ALLOW_REMOVAL:-}; do
  allow+=(--allow-removal "$tenant")
done
"$PROGRAM" compile ${allow[@]+"${allow[@]}"}
git add --all -- output
if git diff --cached --quiet; then
  echo "output/ is compiled already"
  exit 0
fi
git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
git commit --quiet --message "Compile the inventory"
if git push origin "HEAD:refs/heads/$BRANCH"; then
  exit 0
fi
# Somebody pushed meanwhile. That push has a run of its own, which compiles all.
git fetch --quiet origin "refs/heads/$BRANCH"
if [ "$(git rev-parse FETCH_HEAD)" != "$(git rev-parse HEAD^)" ]; then
  echo "::notice title=tenantry::the branch has moved on; its newest commit is compiled by its own run"
  exit 0
fi
echo "::error title=tenantry::the compiled files cannot be pushed; let this workflow push to the branch"
exit 1
