#!/usr/bin/env bash
# Lets a real Prometheus scrape a server that has just answered a request, and asks it how that went;
# then has promtool look at the server's own metrics. Needs prometheus and promtool on the PATH
# (Debian, Ubuntu: apt-get install prometheus), python3, curl and a built target/sconce.jar.
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in prometheus promtool curl; do
  command -v "$tool" >/dev/null || {
    echo "There is no $tool here." >&2
    exit 1
  }
done

# shellcheck source=scripts/lib/processes.sh
. scripts/lib/processes.sh

# wait_until COMMAND...: for up to a minute.
wait_until() {
  local i
  for ((i = 0; i < 600; i++)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "In vain: $*" >&2
  cat "$work"/*.out >&2
  return 1
}

ports=$(free_ports 4)
read -r inference_port management_port metrics_port prometheus_port <<<"$ports"
inference=http://127.0.0.1:$inference_port
metrics=http://127.0.0.1:$metrics_port/metrics
prometheus=http://127.0.0.1:$prometheus_port

cat >"$work/config.properties" <<CONFIG
inference_address=$inference
management_address=http://127.0.0.1:$management_port
metrics_address=http://127.0.0.1:$metrics_port
default_workers_per_model=1
CONFIG
TEMP=$work LOG_LOCATION=$work/logs METRICS_LOCATION=$work/logs scripts/serve \
  --ts-config "$work/config.properties" >"$work/server.out" 2>&1 &
pids+=($!)
wait_until curl --fail --silent "$inference/ping"
curl --fail --silent --show-error -F left=@sample/pictures/cat1.jpg -F right=@sample/pictures/cat2.jpg \
  "$inference/predictions/siamese" >/dev/null

cat >"$work/prometheus.yml" <<CONFIG
scrape_configs:
  - job_name: sconce
    scrape_interval: 1s
    static_configs:
      - targets: ["127.0.0.1:$metrics_port"]
CONFIG
promtool check config "$work/prometheus.yml"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
  --web.listen-address="127.0.0.1:$prometheus_port" >"$work/prometheus.out" 2>&1 &
pids+=($!)

# value QUERY: of the one series that the query finds; nothing if there is none.
value() {
  curl --fail --silent --get --data-urlencode "query=$1" "$prometheus/api/v1/query" |
    sed -n 's/.*"value":\[[0-9.]*,"\([^"]*\)"\]}\]}}$/\1/p'
}
is() {
  [ "$(value "$1")" = "$2" ]
}
wait_until is 'up{job="sconce"}' 1
wait_until is 'sconce_requests_total{model_name="siamese",outcome="ok"}' 1
wait_until is 'sconce_process_cpu_seconds_total > bool 0' 1
wait_until is 'sconce_request_duration_seconds_count{model_name="siamese"}' 1
wait_until is 'ts_inference_requests_total{model_name="siamese",model_version="default"}' 1
error=$(curl --fail --silent "$prometheus/api/v1/targets" | sed -n 's/.*"lastError":"\([^"]*\)".*/\1/p')
[ -z "$error" ] || {
  echo "Prometheus could not scrape: $error" >&2
  exit 1
}

# TorchServe's families are not clean, and keep their names for the sake of its dashboards.
curl --fail --silent "$metrics" | awk '$1 == "#" { own = $3 ~ /^sconce_/ } own' >"$work/own.txt"
[ -s "$work/own.txt" ]
promtool check metrics <"$work/own.txt"
echo "Prometheus scraped $(grep -c '^# TYPE' "$work/own.txt") families of the server's own and found no fault."
