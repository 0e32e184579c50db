#!/usr/bin/env bash
# Checks an inventory, sees whether its output is compiled, and reviews the
# change. What it needs to know is in its environment, as action.yml explains.
# Every step runs, and the worst exit status of them is that of the whole.
set -uo pipefail

folder=$RUNNER_TEMP/tenantry-review
mkdir -p "$folder"
worst=0

run() {
  "$@"
  local status=$?
  if [ "$status" -gt "$worst" ]; then
    worst=$status
  fi
  return "$status"
}

day=()
if [ -n "${AS_OF:-}" ]; then
  day=(--as-of "$AS_OF")
fi

allow=()
for tenant in ${ALLOW_REMOVAL:-}; do
  allow+=(--allow-removal "$tenant")
done

run "$PROGRAM" check "$INVENTORY" --output "$OUTPUT" --format github ${day[@]+"${day[@]}"}
sound=$?

if [ "$COMPILED" = check ] && [ "$sound" -eq 0 ]; then
  run "$PROGRAM" compile "$INVENTORY" --output "$OUTPUT" --check ${allow[@]+"${allow[@]}"} ${day[@]+"${day[@]}"}
  case $? in
    0) ;;
    1) echo "::error title=tenantry::$OUTPUT is not what the inventory compiles to; run tenantry compile and commit it" ;;
    *) echo "::error title=tenantry::$OUTPUT cannot be compiled; the log says why" ;;
  esac
fi

# What a pull request would be merged into is the first parent of the commit
# that it is checked out as.
if [ -z "$BASE" ] && [ -n "$NUMBER" ]; then
  BASE=HEAD^1
fi

verdict=unknown
if [ -n "$BASE" ]; then
  options=(--base "$BASE" --format github)
  options+=(--format "markdown=$folder/review.md" --format "json=$folder/review.json" --format "html=$folder/review.html")
  if [ -n "${ACTOR:-}" ]; then
    options+=(--actor "$ACTOR")
  fi
  for what in ${FAIL_ON:-}; do
    options+=(--fail-on "$what")
  done
  run "$PROGRAM" diff "$INVENTORY" --output "$OUTPUT" "${options[@]}" ${allow[@]+"${allow[@]}"} ${day[@]+"${day[@]}"}
  if [ -f "$folder/review.json" ]; then
    found=$(jq -r .verdict "$folder/review.json")
    case $found in
      none | refactor | narrowing | widening | mixed | destructive) verdict=$found ;;
    esac
  fi
  if [ ! -f "$folder/review.md" ]; then
    # An earlier comment must not stand as if it were about this commit.
    printf '%s\n' "<!-- tenantry-review -->" "### Access review: not possible" "" \
      "This change does not compile. The annotations and the log of the check say why." >"$folder/review.md"
  fi
  cat "$folder/review.md" >>"$GITHUB_STEP_SUMMARY"
fi

# For the workflow that comments: numbers and words, which it checks again.
printf '%s\n' "$NUMBER" >"$folder/number"
printf '%s\n' "$verdict" >"$folder/verdict"
printf 'verdict=%s\nstatus=%s\n' "$verdict" "$worst" >>"$GITHUB_OUTPUT"
exit "$worst"
