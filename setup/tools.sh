#!/usr/bin/env bash
# Build tools at pinned versions, and what the bench compares with, into the per-user cache. `tools.sh NAME...`; prints a PATH prefix for them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# install NAME VERSION CARGO-ARGS...: builds the crate unless this version is in the cache already. The
# folder appears under its final name only when it is whole, so that an interrupted build leaves nothing.
install() {
  local name=$1 version=$2; shift 2
  local dir=$STOA_TOOLS/$name-$version
  if [ ! -d "$dir" ]; then
    say "Building $name $version (once per user)"
    mkdir -p "$STOA_TOOLS"
    local staging; staging=$(mktemp -d "$STOA_TOOLS/.$name-XXXXXX")
    CARGO_TARGET_DIR=$target cargo install "$name" --version "$version" --root "$staging" --quiet "$@" >&2 \
      || { rm -rf "$staging"; fail "could not build $name $version"; }
    mv -T "$staging" "$dir" 2>/dev/null || rm -rf "$staging"
  fi
  prefix=$dir/bin:$prefix
}

# unpack NAME: Debian's package of that name, unpacked and not installed: nginx's would start a web server on port 80.
unpack() {
  local name=$1 dir=$STOA_TOOLS/$1
  if [ ! -d "$dir" ]; then
    have apt-get || fail "$name is missing, and apt is not available here: install it, then run this again"
    say "Fetching $name (apt)"
    mkdir -p "$STOA_TOOLS"
    local staging; staging=$(mktemp -d "$STOA_TOOLS/.$name-XXXXXX")
    (cd "$staging" && { apt-get -qq download "$name" || { as_root apt-get -qq update && apt-get -qq download "$name"; }; }) >&2 \
      && dpkg -x "$staging"/"$name"_*.deb "$staging/root" || { rm -rf "$staging"; fail "could not fetch $name"; }
    mv -T "$staging/root" "$dir" 2>/dev/null || true
    rm -rf "$staging"
  fi
  prefix=$dir/usr/sbin:$prefix
}

# A tool that runs for seconds is not worth twenty minutes of optimising.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0

# Of this run alone: another one may be at it too.
target=$STOA_CACHE/tools-target-$$
trap 'rm -rf "$target"' EXIT

prefix=
for tool in "$@"; do
  case $tool in
    cargo-leptos) install cargo-leptos "$CARGO_LEPTOS_VERSION" --locked --features no_downloads ;;
    # Without --locked: its lock file names a crate version that was withdrawn.
    wasm-bindgen) CARGO_PROFILE_RELEASE_OPT_LEVEL=1 install wasm-bindgen-cli "$WASM_BINDGEN_VERSION" ;;
    wasm-split) install wasm_split_cli_support "$WASM_SPLIT_VERSION" --locked --features build-binary ;;
    trunk) install trunk "$TRUNK_VERSION" --locked ;;
    nextest) have cargo-nextest || install cargo-nextest "$NEXTEST_VERSION" --locked ;;
    oha) CARGO_PROFILE_RELEASE_OPT_LEVEL=3 install oha "$OHA_VERSION" --locked --no-default-features --features rustls ;;
    nginx) have nginx || unpack nginx ;;
    # It hashes and checks every byte that tests send.
    s3s-fs) CARGO_PROFILE_RELEASE_OPT_LEVEL=1 install s3s-fs "$S3S_FS_VERSION" --locked --features binary ;;
    fuzz) have cargo-fuzz || install cargo-fuzz "$CARGO_FUZZ_VERSION" --locked ;;
    *) fail "unknown tool: $tool" ;;
  esac
done
printf '%s' "$prefix"
