#!/usr/bin/env bash
# Holds the adapters for AWS, and the server with them, against what stands in for it here. `cloud.sh NAME` runs the tests of the
# adapters of that name alone.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=$(setup/aws-stand-ins.sh)
# Last on the PATH: the environments have a python3 of their own, which is nobody else's business.
export PATH="$PATH:${prefix%:}"

# The tests start stand-ins themselves, once per program: so not nextest, which makes a program of each test. Most of them wait:
# for a queue, for the clock.
RUST_TEST_THREADS=8 cargo test --locked --package stoa-aws --features stand-ins --no-fail-fast --quiet -- "$@"
[ $# = 0 ] || exit 0

# A development build is enough to show what goes where, and there in a fraction of the time. It serves the release's site.
target=$(realpath "${CARGO_TARGET_DIR:-target}")
cargo build --locked --package stoa --features aws --quiet
cp "$target/release/hash.txt" "$target/debug/hash.txt"
STOA_BIN=$target/debug/stoa npx --no-install playwright test --config end2end/cloud/playwright.config.ts
