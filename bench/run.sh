#!/usr/bin/env bash
# Measures the release build on this machine and prints one table. Everything stays on loopback.
# SECONDS_EACH=10 and CONNECTIONS=64 can be changed; UPLOAD_GIB=5 is how much the upload test sends.
set -euo pipefail
cd "$(dirname "$0")/.."

export BENCH_COURSES
BENCH_COURSES=$(mktemp --suffix .json)
trap 'rm -f "$BENCH_COURSES"' EXIT
node bench/seed.mjs "$BENCH_COURSES"
npx --no-install playwright test --config bench/playwright.config.ts
UPLOAD_GIB=${UPLOAD_GIB:-5} npx --no-install playwright test --config end2end/playwright.config.ts \
  --project=javascript --reporter=line upload-memory
