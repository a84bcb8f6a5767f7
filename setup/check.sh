#!/usr/bin/env bash
# Formatting, lints with warnings denied, and what must hold of the dependency graph. No tests.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/lib.sh

wasm=wasm32-unknown-unknown

# Invariant 1 of ARCHITECTURE.md: the browser bundle holds no server code.
wasm_isolation() {
  local feature tree found
  for feature in hydrate csr; do
    tree=$(cargo tree --locked -p stoa-frontend --no-default-features --features "$feature" --target $wasm \
      --edges normal --prefix none --format '{p}')
    found=$(awk '{print $1}' <<<"$tree" | sort -u |
      grep -xE 'stoa|stoa-services|stoa-embedded|axum|tokio|rusqlite|libsqlite3-sys|aws-.*') || continue
    echo "the browser bundle ($feature) depends on:" $found
    return 1
  done
}

# wasm-bindgen's tool and crate must be of one version, or the bundle cannot be built.
wasm_bindgen_version() {
  local locked
  locked=$(awk '$0 == "name = \"wasm-bindgen\"" {getline; gsub(/[^0-9.]/, ""); print}' Cargo.lock)
  [ "$locked" = "$WASM_BINDGEN_VERSION" ] || { echo "Cargo.lock has wasm-bindgen $locked, setup/lib.sh $WASM_BINDGEN_VERSION"; return 1; }
}

# A lock file that names a host works on one machine only.
lock_files_name_no_host() {
  ! grep -nE '"resolved"' package-lock.json && ! grep -nE '^source = ' Cargo.lock | grep -v 'github.com/rust-lang/crates.io-index'
}

export -f wasm_isolation wasm_bindgen_version lock_files_name_no_host
export wasm WASM_BINDGEN_VERSION

setup/step.sh 'Formatting' cargo fmt --all --check
setup/step.sh 'WASM isolation' bash -euc wasm_isolation
setup/step.sh 'wasm-bindgen version' bash -euc wasm_bindgen_version
setup/step.sh 'Lock files' bash -euc lock_files_name_no_host
setup/step.sh 'Clippy, native' cargo clippy --locked --workspace --exclude stoa-frontend --all-targets -- -D warnings
setup/step.sh 'Clippy, browser (hydrate)' \
  cargo clippy --locked -p stoa-frontend -p stoa-app --no-default-features --features hydrate --target $wasm -- -D warnings
setup/step.sh 'Clippy, browser (csr)' \
  cargo clippy --locked -p stoa-frontend -p stoa-app --no-default-features --features csr --target $wasm -- -D warnings
