#!/usr/bin/env bash
# Holds the adapters for AWS against what stands in for it here. The tests start it themselves, once per program: so not
# nextest, which makes a program of each test. `cloud.sh NAME` runs those of that name.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=$(setup/aws-stand-ins.sh)
# Most of them wait: for a queue, for the clock.
export RUST_TEST_THREADS=8
# Last on the PATH: the environments have a python3 of their own, which is nobody else's business.
PATH="$PATH:${prefix%:}" exec cargo test --locked --package stoa-aws --features stand-ins --no-fail-fast --quiet -- "$@"
