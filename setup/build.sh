#!/usr/bin/env bash
# `build.sh SITE-FOLDER`: the release build: server, browser bundle, styles, and the compressed copy of each.
#
# These are the commands that `cargo leptos build --release --split` runs. Building that tool first would take a third of the
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
# on this machine (build scripts, procedural macros) is compiled once. The splitter needs the linker's notes on what
# refers to what.
CARGO_PROFILE_RELEASE_OPT_LEVEL=z CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
  CARGO_PROFILE_RELEASE_PANIC=abort cargo rustc --locked --release --target "$platform" \
  --package stoa-frontend --lib --no-default-features --features split -- -C link-arg=--emit-relocs

PATH="$PWD/node_modules/.bin:$PATH"
# Takes the pages of app/src/chunks.rs out of the bundle: split_*.wasm, and chunk_*.wasm for what several of them share.
setup/with-tools.sh wasm-split -- wasm-split-cli "$target/$platform/release/stoa_frontend.wasm" "$parts" --out-name stoa
# The pieces find each other by what the linker exports.
setup/with-tools.sh wasm-bindgen -- wasm-bindgen --target web --no-typescript --keep-lld-exports --out-name stoa \
  --out-dir "$parts" "$parts/stoa.wasm"
mv "$parts/stoa_bg.wasm" "$parts/stoa.wasm"
# What rustc's wasm target and wasm-bindgen use beyond the first version of WebAssembly; every browser since 2022 has it.
# (The splitter names labels, which wasm-opt does not know and drops.)
for file in "$parts"/*.wasm; do
  wasm-opt -Oz --enable-bulk-memory --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int \
    --enable-reference-types --enable-sign-ext "$file" -o "$file" 2> >(grep -v 'unknown name subsection with id 3' >&2)
done
# The script of wasm-bindgen and the splitter's import each other: as one file they need one request. (wasm-bindgen writes
# the same import once for each piece.)
esbuild "$parts/stoa.js" --bundle --minify --format=esm --log-level=warning --log-override:duplicate-object-key=silent \
  --allow-overwrite --outfile="$parts/stoa.js"
tailwindcss --input style/main.css --output "$parts/stoa.css" --minify

node setup/site.mjs "$parts" "$site" "$target/release/hash.txt"
node setup/precompress.mjs "$site"
