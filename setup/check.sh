#!/usr/bin/env bash
# Everything but tests: dependencies, formatting, and lints with warnings denied.
set -euo pipefail
cd "$(dirname "$0")/.."

step=setup/step.sh
browser=(-p stoa-frontend -p stoa-app --no-default-features --target wasm32-unknown-unknown)

$step 'Dependencies' setup/check-dependencies.sh
$step 'Formatting' cargo fmt --all --check
$step 'Lints, server' cargo clippy --locked --workspace --exclude stoa-frontend --all-targets \
  --features stoa-aws/stand-ins,stoa-stripe/stand-ins,stoa/aws -- -D warnings
$step 'Lints, browser' cargo clippy --locked "${browser[@]}" --features hydrate -- -D warnings
$step 'Lints, browser, split' cargo clippy --locked "${browser[@]}" --features split -- -D warnings
$step 'Lints, static site' cargo clippy --locked "${browser[@]}" --features csr -- -D warnings
