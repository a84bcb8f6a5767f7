#!/usr/bin/env bash
# The standard library for wasm32-unknown-unknown: by rustup, else built from Debian's rust-src package.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

target=wasm32-unknown-unknown
libdir=$(rustc --print target-libdir --target $target)
if compgen -G "$libdir/libstd-*.rlib" >/dev/null; then exit 0; fi

say "Adding the Rust target $target"
if have rustup && timeout 180 rustup target add $target >/dev/null 2>&1; then exit 0; fi

# Fallback, for networks that reach package mirrors but not rustup's server: Debian's backports carry the
# sources of exact rustc versions; building std from them takes about 100 s.
say "rustup could not fetch it; building it from Debian's rust-src (about 2 minutes)"
have apt-get || fail "no $target: run 'rustup target add $target' on a network that reaches rustup's server"
version=$(rustc --version | awk '{print $2}')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"

mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' | awk '$2 == "Debian" && !/security/ {print $1; exit}')
[ -n "$mirror" ] || fail "no Debian mirror is configured on this machine"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $mirror trixie-backports main" > "$work/backports.list"
apt=(-o Dir::Etc::SourceList="$work/backports.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/lists"
  -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update -qq
package=$(apt-cache "${apt[@]}" madison rust-src | awk -F'|' -v v="$version" '{gsub(/ /, "", $2)} index($2, v "+") == 1 {print $2; exit}')
[ -n "$package" ] || fail "Debian's backports hold no rust-src for rustc $version: install a stable toolchain that rustup can complete with 'rustup target add $target'"
(cd "$work" && apt-get "${apt[@]}" download -qq "rust-src=$package" && dpkg -x rust-src_*.deb src)

sysroot=$(rustc --print sysroot)
source=$sysroot/lib/rustlib/src/rust
rm -rf "$source" && mkdir -p "$(dirname "$source")"
cp -r "$work/src/usr/src/rustc-$version" "$source"

mkdir -p "$work/empty/src" && : > "$work/empty/src/lib.rs"
printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n' > "$work/empty/Cargo.toml"
(cd "$work/empty" && CARGO_TARGET_DIR=$work/target RUSTC_BOOTSTRAP=1 RUSTFLAGS='' \
  cargo build --quiet --release -Z build-std=std,panic_abort,panic_unwind,proc_macro --target $target)
mkdir -p "$libdir"
find "$work/target/$target/release/deps" -name '*.rlib' ! -name 'libempty-*' -exec cp {} "$libdir/" \;
