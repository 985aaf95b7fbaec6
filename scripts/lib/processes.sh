# shellcheck shell=bash
# A directory and processes that end with the script, and free ports for them. To be sourced by a bash
# script that has set -euo pipefail; it adds the id of each process that it starts to pids.

work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT

# free_ports COUNT: that many ports of this machine on which nobody listens, in one line.
free_ports() {
  python3 -c 'import socket, sys
servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(server.getsockname()[1] for server in servers))' "$1"
}
