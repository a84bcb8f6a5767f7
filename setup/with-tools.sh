#!/usr/bin/env bash
# `with-tools.sh TOOL... -- COMMAND...`: builds the tools if they are not in the cache, then runs the command with
# them, and those of node_modules, on its PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=()
while [ "$1" != -- ]; do tools+=("$1"); shift; done
shift
prefix=$("$here/tools.sh" "${tools[@]}")
export PATH="$prefix$here/../node_modules/.bin:$PATH"
exec "$@"
