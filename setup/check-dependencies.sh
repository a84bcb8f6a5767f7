#!/usr/bin/env bash
# What must hold of the dependencies. Takes a second.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/lib.sh

# Invariant 1 of ARCHITECTURE.md: the browser bundle holds no server code.
for feature in hydrate csr; do
  tree=$(cargo tree --locked -p stoa-frontend --no-default-features --features "$feature" \
    --target wasm32-unknown-unknown --edges normal --prefix none --format '{p}')
  found=$(awk '{print $1}' <<<"$tree" | sort -u |
    grep -xE 'stoa|stoa-services|stoa-embedded|axum|tokio|rusqlite|libsqlite3-sys|aws-.*' || true)
  [ -z "$found" ] || fail "the browser bundle ($feature) depends on ${found//$'\n'/, }"
done

# wasm-bindgen's tool and crate must be of one version, or the bundle cannot be built.
locked=$(awk '$0 == "name = \"wasm-bindgen\"" {getline; gsub(/[^0-9.]/, ""); print}' Cargo.lock)
[ "$locked" = "$WASM_BINDGEN_VERSION" ] ||
  fail "Cargo.lock has wasm-bindgen $locked, setup/lib.sh $WASM_BINDGEN_VERSION"

# A lock file that names another host than the public registries' works on one machine only.
! grep -n '"resolved"' package-lock.json || fail "package-lock.json names hosts: see .npmrc"
! grep -n '^source = ' Cargo.lock | grep -v '"registry+https://github.com/rust-lang/crates.io-index"' ||
  fail "Cargo.lock names sources other than crates.io"
