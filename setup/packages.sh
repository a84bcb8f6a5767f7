#!/usr/bin/env bash
# System packages: `packages.sh build` (compilers), `run` (and ffmpeg) or `test` (and Chromium, for browser tests).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

wanted() { # COMMAND PACKAGES WHAT-FOR
  have "$1" || missing+=("$2|$3")
}
missing=()
wanted git git "version control"
wanted cc gcc "C code in crates (SQLite, aws-lc)"
if [ "$1" != build ]; then
  wanted ffmpeg ffmpeg "transcoding video"
  wanted ffprobe ffmpeg "reading what an uploaded video holds"
fi
if [ "$1" = test ]; then
  wanted chromium "chromium fonts-liberation" "browser tests"
  wanted pip3 python3-pip "real clips for the tests"
fi
have cargo || fail "Rust is missing: install rustup's stable toolchain (https://rustup.rs), then run this again"
have node && have npm || fail "Node.js is missing: install Node.js 20 or newer (https://nodejs.org), then run this again"
[ "${#missing[@]}" -gt 0 ] || exit 0

mapfile -t names < <(printf '%s\n' "${missing[@]%%|*}" | tr ' ' '\n' | sort -u)
manual() {
  printf 'Stoa needs these programs. Please install them, then run this again:\n' >&2
  printf '%s\n' "${missing[@]}" | sort -u | awk -F'|' '{printf "  %-28s %s\n", $1, $2}' >&2
  fail "$1"
}
have apt-get || manual "apt is not available here, so they cannot be installed for you"
say "Installing ${names[*]} (apt)"
# A fresh machine may still be busy with updates of its own.
apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
as_root "${apt[@]}" update || manual "apt-get update failed (root or sudo is needed)"
as_root "${apt[@]}" install -y --no-install-recommends "${names[@]}" >/dev/null \
  || manual "apt could not install them"
