#!/usr/bin/env bash
# How many requests a second a model answers on so many cores, how fast, and with how much memory:
#   scripts/bench/load.sh --cores 2 sample/models drawings sample/pictures/boat1.jpg image/jpeg
# starts a server that sees only these cores, with that store, sends it the file again and again, from
# 1, 2, 4 and 16 connections for 10 seconds each (--seconds N), and prints a table. What counts most is
# the last but one column: cores needed = requests a second x CPU seconds of one / 0.6.
# Needs wrk (apt-get install wrk), taskset, python3 and curl.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

usage() {
  echo "usage: $0 [--cores N] [--seconds N] STORE MODEL FILE CONTENT_TYPE" >&2
  exit 2
}
cores=$(nproc) seconds=10
while [ $# -gt 4 ]; do
  case $1 in
    --cores) cores=$2 ;;
    --seconds) seconds=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ $# = 4 ] || usage
store=$1 model=$2 file=$3 type=$4

# shellcheck source=scripts/lib/processes.sh
. "$root/scripts/lib/processes.sh"

ports=$(free_ports 3)
read -r inference management metrics <<<"$ports"
cat >"$work/config.properties" <<CONFIG
inference_address=http://127.0.0.1:$inference
management_address=http://127.0.0.1:$management
metrics_address=http://127.0.0.1:$metrics
metrics_mode=prometheus
default_response_timeout=600
CONFIG
TEMP=$work LOG_LOCATION=$work METRICS_LOCATION=$work taskset --cpu-list 0-$((cores - 1)) \
  "$root/scripts/torchserve" --start --foreground --ncs --model-store "$store" --models "$model" \
  --ts-config "$work/config.properties" >"$work/out" 2>&1 &
server=$!
pids+=("$server")
url=http://127.0.0.1:$inference
until curl --fail --silent "$url/ping" >/dev/null; do
  kill -0 "$server" 2>/dev/null || {
    cat "$work/out" >&2
    exit 1
  }
  sleep 0.5
done
curl --fail --silent --show-error -o "$work/answer" -H "Content-Type: $type" --data-binary "@$file" \
  "$url/predictions/$model"

cat >"$work/post.lua" <<'LUA'
function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  wrk.method, wrk.body = "POST", file:read("*a")
  wrk.headers["Content-Type"] = arguments[2]
  file:close()
end
function done(summary, latency)
  local failed = summary.errors.status + summary.errors.timeout + summary.errors.read
  print("DONE", summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, failed)
end
LUA

# cpu_ticks: of the server, in user and kernel mode, so far.
cpu_ticks() {
  sed 's/.*) //' "/proc/$server/stat" | awk '{ print $12 + $13 }'
}

# load CONNECTIONS SECONDS
load() {
  wrk --threads 1 --connections "$1" --duration "$2s" --timeout 60s --script "$work/post.lua" \
    "$url/predictions/$model" -- "$file" "$type" | grep '^DONE'
}

load 4 "$seconds" >/dev/null # what Java compiles and libtorch plans, it does now
printf '%-12s %12s %8s %8s %8s %14s %8s\n' connections requests/s 'p50 ms' 'p99 ms' failed 'CPU s/request' 'RSS MB'
for connections in 1 2 4 16; do
  before=$(cpu_ticks)
  done=$(load $connections "$seconds")
  after=$(cpu_ticks)
  memory=$(awk '/^VmRSS/ { print $2 / 1024 }' "/proc/$server/status")
  awk -v n="$connections" -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v memory="$memory" '{
    printf "%-12d %12.1f %8.1f %8.1f %8d %14.4f %8d\n", n, $2 / $3, $4, $5, $6, ticks / hz / $2, memory
  }' <<<"$done"
done
