#!/usr/bin/env bash
# Finds or installs tenantry. What it needs to know is in its environment:
# PROGRAM, VERSION, SHA256, REV and REPOSITORY, as action.yml explains them.
#
#   install.sh find      says where the program is, and whether to install it
#   install.sh install   downloads a release, or builds a commit
set -euo pipefail

folder=$RUNNER_TEMP/tenantry-program

fail() {
  printf '::error title=tenantry::%s\n' "$1"
  exit 2
}

tell() {
  # One line each: nothing here may begin a second one.
  case $2 in *$'\n'*) fail "a value of several lines" ;; esac
  printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

find_it() {
  tell folder "$RUNNER_TEMP/tenantry-review"
  if [ -n "${PROGRAM:-}" ]; then
    [ -x "$PROGRAM" ] || fail "there is no program at $PROGRAM"
    tell program "$PROGRAM"
    return
  fi
  tell program "$folder/tenantry"
  tell install true
  if [ -n "${VERSION:-}" ]; then
    # A release is fetched each time: its checksum is compared, and it is small.
    [[ $VERSION =~ ^v[0-9A-Za-z.+-]+$ ]] || fail "a version looks like v1.2.3"
    return
  fi
  local rev=${REV:-}
  if [ -z "$rev" ]; then
    rev=$(git ls-remote "$REPOSITORY" HEAD | cut -f1)
  fi
  [[ $rev =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || fail "rev has to be a full commit hash"
  tell rev "$rev"
  tell key "tenantry-$RUNNER_OS-$RUNNER_ARCH-$rev"
}

digest() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d' ' -f1
  else
    shasum -a 256 "$1" | cut -d' ' -f1
  fi
}

download() {
  curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 \
    --retry 3 --max-filesize 104857600 --output "$2" "$1"
}

install_release() {
  local target file wanted
  case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    *) fail "there is no release for $RUNNER_OS on $RUNNER_ARCH; name no version, and it is built" ;;
  esac
  file=tenantry-$target.tar.gz
  mkdir -p "$folder"
  download "$REPOSITORY/releases/download/$VERSION/$file" "$folder/$file"
  wanted=${SHA256:-}
  if [ -z "$wanted" ]; then
    download "$REPOSITORY/releases/download/$VERSION/SHA256SUMS" "$folder/SHA256SUMS"
    wanted=$(awk -v file="$file" '$2 == file || $2 == "*" file { print $1 }' "$folder/SHA256SUMS")
  fi
  [[ $wanted =~ ^[0-9a-f]{64}$ ]] || fail "the release $VERSION has no checksum for $file"
  [ "$(digest "$folder/$file")" = "$wanted" ] || fail "$file does not have the checksum $wanted"
  tar -xzf "$folder/$file" -C "$folder" tenantry
  chmod +x "$folder/tenantry"
}

build() {
  rustup toolchain install stable --profile minimal --no-self-update
  cargo +stable install --locked --git "$REPOSITORY" --rev "$REV" --root "$RUNNER_TEMP/tenantry-build" tenantry
  mkdir -p "$folder"
  mv "$RUNNER_TEMP/tenantry-build/bin/tenantry" "$folder/tenantry"
}

case ${1:-} in
  find) find_it ;;
  install) if [ -n "${VERSION:-}" ]; then install_release; else build; fi ;;
  *) fail "find or install" ;;
esac
