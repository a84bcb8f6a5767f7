#!/usr/bin/env bash
# `build.sh SITE-FOLDER`: the release build: server, browser bundle, styles, and the compressed copy of each.
#
# These are the commands that `cargo leptos build --release` runs. Building that tool first would take a third of the
# time until a newcomer sees the site; `make watch`, which needs its watching, uses it.
set -euo pipefail
cd "$(dirname "$0")/.."
site=$1
target=${CARGO_TARGET_DIR:-target}
platform=wasm32-unknown-unknown
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

cargo build --locked --release --package stoa
# As small as it gets: the profile wasm-release of Cargo.toml, but under the name of the server's, so that what both need
# on this machine (build scripts, procedural macros) is compiled once.
CARGO_PROFILE_RELEASE_OPT_LEVEL=z CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
  CARGO_PROFILE_RELEASE_PANIC=abort cargo build --locked --release --target "$platform" \
  --package stoa-frontend --lib --no-default-features --features hydrate

PATH="$PWD/node_modules/.bin:$PATH"
setup/with-tools.sh wasm-bindgen -- wasm-bindgen --target web --no-typescript --out-name stoa --out-dir "$parts" \
  "$target/$platform/release/stoa_frontend.wasm"
# What rustc's wasm target and wasm-bindgen use beyond the first version of WebAssembly; every browser since 2022 has it.
wasm-opt -Oz --enable-bulk-memory --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int \
  --enable-reference-types --enable-sign-ext "$parts/stoa_bg.wasm" -o "$parts/stoa.wasm"
esbuild "$parts/stoa.js" --minify --format=esm --log-level=warning --allow-overwrite --outfile="$parts/stoa.js"
tailwindcss --input style/main.css --output "$parts/stoa.css" --minify

node setup/site.mjs "$parts" "$site" "$target/release/hash.txt"
node setup/precompress.mjs "$site"
