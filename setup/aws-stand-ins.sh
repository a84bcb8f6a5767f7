#!/usr/bin/env bash
# What stands in for AWS on this machine, at pinned versions, into the per-user cache. Prints a PATH prefix for it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

prefix=
python_package moto "$MOTO_VERSION" server,s3,events,sqs,sns
python_package ministack "$MINISTACK_VERSION" full
prefix=$("$(dirname "$0")/tools.sh" s3s-fs)$prefix
printf '%s' "$prefix"
