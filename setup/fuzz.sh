#!/usr/bin/env bash
# Fuzzes each target for FUZZ_SECONDS (600). What it finds interesting stays out of the repository; what breaks the
# program is in fuzz/artifacts, and becomes a test.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/lib.sh

rustup toolchain list | grep -q '^nightly' || fail "fuzzing needs a nightly compiler: rustup toolchain install nightly"
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
export CARGO_TARGET_DIR=${FUZZ_TARGET_DIR:-fuzz/target}
for target in cookies policy path; do
  say "Fuzzing $target for ${FUZZ_SECONDS:=600} s"
  mkdir "$corpus/$target"
  # Matching takes the product of two lengths: many short policies find more than few long ones.
  longest=$([ "$target" = policy ] && echo 512 || echo 8192)
  cargo +nightly fuzz run "$target" "$corpus/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$FUZZ_SECONDS" -max_len="$longest" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
done
