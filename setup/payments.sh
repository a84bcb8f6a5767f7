#!/usr/bin/env bash
# Holds the adapter for Stripe against what stands in for it here. `payments.sh NAME` runs the tests of that name alone.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=$(setup/stripe-stand-ins.sh)
# Last on the PATH: localstripe's environment has a python3 of its own, which is nobody else's business.
export PATH="$PATH:${prefix%:}"

# The tests start stand-ins themselves, once per program: so not nextest, which makes a program of each test. The packages are
# those of all Rust tests, so that what these compiled serves here, too.
cargo test --locked --workspace --exclude stoa-frontend --exclude stoa-aws --features stoa-stripe/stand-ins \
  --test emulate --test localstripe --no-fail-fast --quiet -- "$@"
