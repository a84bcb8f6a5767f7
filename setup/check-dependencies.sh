#!/usr/bin/env bash
# What must hold of the dependencies. Takes a second.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/lib.sh

# Invariant 1 of ARCHITECTURE.md: the browser bundle holds no server code.
for feature in split csr; do
  tree=$(cargo tree --locked -p stoa-frontend --no-default-features --features "$feature" \
    --target wasm32-unknown-unknown --edges normal --prefix none --format '{p}')
  found=$(awk '{print $1}' <<<"$tree" | sort -u |
    grep -xE 'stoa|stoa-services|stoa-embedded|stoa-aws|stoa-stripe|stoa-sandbox|axum|tokio|rusqlite|libsqlite3-sys|aws-.*' || true)
  [ -z "$found" ] || fail "the browser bundle ($feature) depends on ${found//$'\n'/, }"
done

# Who runs it on one machine does not compile the SDK of AWS (docs/decisions/0021-aws-adapters.md).
tree=$(cargo tree --locked -p stoa --edges normal --prefix none --format '{p}')
found=$(awk '{print $1}' <<<"$tree" | sort -u | grep -xE 'stoa-aws|aws-(config|sdk|smithy|runtime|sigv4).*' || true)
[ -z "$found" ] || fail "the server depends on ${found//$'\n'/, } without being asked to"

# These tools and the crates that they go with must be of one version, or the bundle cannot be built.
for pair in "wasm-bindgen $WASM_BINDGEN_VERSION" "wasm_split_helpers $WASM_SPLIT_VERSION"; do
  read -r crate pinned <<<"$pair"
  locked=$(awk -v crate="$crate" '$0 == "name = \"" crate "\"" {getline; gsub(/[^0-9.]/, ""); print}' Cargo.lock)
  [ "$locked" = "$pinned" ] || fail "Cargo.lock has $crate $locked, setup/lib.sh $pinned"
done

# A lock file that names another host than the public registries' works on one machine only.
! grep -n '"resolved"' package-lock.json || fail "package-lock.json names hosts: see .npmrc"
! grep -n '^source = ' Cargo.lock | grep -v '"registry+https://github.com/rust-lang/crates.io-index"' ||
  fail "Cargo.lock names sources other than crates.io"
