#!/bin/sh
# A first look with MCP Inspector's command line: inspector.sh AEGIS WORLD [tools/call options]
# e.g. inspector.sh target/release/aegis ./world --method tools/call --tool-name postgres__list_tables
set -eu
aegis=$1; world=$2; shift 2
[ "$#" -gt 0 ] || set -- --method tools/list
exec npx --yes @modelcontextprotocol/inspector --cli "$aegis" serve --config "$world/aegis.toml" "$@"
