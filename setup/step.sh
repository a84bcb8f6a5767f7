#!/usr/bin/env bash
# `step.sh NAME COMMAND...`: says what starts, runs it, says how long it took. On a terminal its output is shown as
# it comes; elsewhere (CI, a pipe) it is kept back and shown only if it fails. STEP_LIVE=1 shows it always.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

name=$1; shift
say "$name"
started=$SECONDS
if [ -t 2 ] || [ "${STEP_LIVE:-}" = 1 ]; then
  "$@" || fail "$name failed"
else
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  "$@" >"$log" 2>&1 || { cat "$log" >&2; fail "$name failed"; }
fi
say "$name: $((SECONDS - started)) s"
