#!/usr/bin/env bash
# What stands in for AWS on this machine, at pinned versions, into the per-user cache. Prints a PATH prefix for it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# install NAME VERSION EXTRAS: a Python package in an environment of its own, which appears under its final name only
# when it is whole. (Environments know their own path: the scripts in them are told the final one.)
install() {
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
      { python3 -m venv "$dir" && "$dir/bin/pip" install --quiet --disable-pip-version-check "$name[$extras]==$version"; } >&2 \
        || { rm -rf "$dir"; fail "could not install $name $version (on Debian it takes the package python3-venv)"; }
      ln -s bin/python3 "$dir/whole"
    fi
    exec 9>&-
  fi
  prefix=$dir/bin:$prefix
}

prefix=
install moto "$MOTO_VERSION" server,s3,events,sqs,sns
install ministack "$MINISTACK_VERSION" full
prefix=$("$(dirname "$0")/tools.sh" s3s-fs)$prefix
printf '%s' "$prefix"
