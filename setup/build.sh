#!/usr/bin/env bash
# `build.sh SITE-FOLDER`: the release build: server, browser bundle, styles, and the compressed copy of each.
set -euo pipefail
cd "$(dirname "$0")/.."

export LEPTOS_SITE_ROOT=$1
setup/with-tools.sh cargo-leptos wasm-bindgen -- cargo leptos build --release --cargo-locked
node setup/precompress.mjs "$1"
