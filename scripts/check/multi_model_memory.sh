#!/usr/bin/env bash
# Loads twin networks in full size into a server as SageMaker does for a multi-model endpoint, asks each,
# unloads them, and tells what memory the process has before, with them, and after; fails if less than
# 85 % of what they took came back.
#   scripts/check/multi_model_memory.sh [COUNT]     10 of them, 107 MB of disk each, if nothing is said
# Needs Linux, python3, curl and a built target/sconce.jar. One model is loaded and unloaded beforehand:
# what that leaves behind (libtorch's code, Java's compiled code) is there once, however many come later.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=${1:-10}

# shellcheck source=scripts/lib/processes.sh
. scripts/lib/processes.sh

port=$(free_ports 1)
models=http://127.0.0.1:$port/models

# say METHOD PATH [CURL'S ARGUMENTS...]: ends the script, with the answer, unless that is a 200.
say() {
  local method=$1 path=$2 status
  shift 2
  status=$(curl --silent --show-error --output "$work/answer" --write-out '%{http_code}' \
    --request "$method" "$@" "$models$path")
  if [ "$status" != 200 ]; then
    echo "$method /models$path: $status" >&2
    cat "$work/answer" "$work/log" >&2
    exit 1
  fi
}

load() {
  say POST '' --data "{\"model_name\": \"$1\", \"url\": \"$work/models/$1/model\"}" \
    --header 'Content-Type: application/json'
  say POST "/$1/invoke" --form left=@sample/pictures/cat1.jpg --form right=@sample/pictures/cat2.jpg
}

# resident: the process's resident memory, in MB.
resident() {
  awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$server/status"
}

python3 scripts/check/twins.py "$work/models" "$count"
mkdir "$work/tmp"
env MALLOC_ARENA_MAX=1 SAGEMAKER_MULTI_MODEL=true SAGEMAKER_BASE_DIR="$work" \
  SAGEMAKER_BIND_TO_PORT="$port" SAGEMAKER_SAFE_PORT_RANGE="$port-$port" \
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" "-Djava.io.tmpdir=$work/tmp" -jar target/sconce.jar serve >"$work/log" 2>&1 &
server=$!
pids+=("$server")
until curl --silent --fail "http://127.0.0.1:$port/ping" >/dev/null; do
  kill -0 "$server" 2>/dev/null || {
    cat "$work/log" >&2
    exit 1
  }
  sleep 0.2
done

fresh=$(resident)
load twin0
say DELETE /twin0
before=$(resident)
for ((i = 0; i < count; i++)); do
  load "twin$i"
done
loaded=$(resident)
for ((i = 0; i < count; i++)); do
  say DELETE "/twin$i"
done
after=$(resident)

back=$(((loaded - after) * 100 / (loaded - before)))
echo "Resident memory: $fresh MB when started, $before MB before, $loaded MB with $count models," \
  "$after MB after they were unloaded: $back % of what they took came back."
if ((back < 85)); then
  echo "That is too little (expected: at least 85 %)." >&2
  exit 1
fi
