#!/usr/bin/env bash
# Checks the manifests of sample/kubernetes and sample/kserve against the schemas of Kubernetes,
# Prometheus' operator and KServe, in an environment of its own that ends with the script. Needs Python
# 3.10 or newer with venv and a package index; kubectl builds the kustomizations.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not_checked() {
  echo "NOT CHECKED: the manifests of the samples, for $1." >&2
  exit 0
}

command -v kubectl >/dev/null || not_checked "there is no kubectl"
python3 -m venv "$work/venv" >"$work/log" 2>&1 || not_checked "python3 can make no venv"
# Of kserve only what it says of its API is read, so that nothing it builds on is needed.
install() {
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$@" >"$work/log" 2>&1
}
if ! install kubernetes-validate==1.37.0 cloudcoil-models-prometheus-operator==0.80.1.0 ||
  ! install --no-deps kserve==0.21.0; then
  tail -n 3 "$work/log" >&2
  not_checked "the schemas cannot be installed"
fi

kubectl kustomize sample/kubernetes >"$work/all.yaml"
kubectl kustomize sample/kubernetes/plain >"$work/plain.yaml"
kubectl kustomize sample/kubernetes/torchserve-claim >"$work/torchserve-claim.yaml"
"$work/venv/bin/python" scripts/check/manifests.py "$work"/*.yaml sample/kserve/*.yaml

# What the manifests and the adapter's rule ask /metrics for has to be there.
metrics=$(grep -rhoE 'sconce_[a-z_]+' sample/kubernetes --include='*.yaml' | sort -u)
for metric in $metrics; do
  grep -rq "\"$metric\"" src/main/java || {
    echo "$metric: the server has no such metric" >&2
    exit 1
  }
done
if command -v promtool >/dev/null; then
  rule=$(sed -n "s/^ *metricsQuery: '\(.*\)'$/\1/p" sample/kubernetes/prometheus-adapter.yaml |
    sed 's/<<.Series>>/sconce_queue_depth/; s/<<.LabelMatchers>>/namespace="a",pod=~"b|c"/; s/<<.GroupBy>>/pod/')
  printf "groups: [{name: a, rules: [{record: a, expr: '%s'}]}]\n" "$rule" >"$work/rules.txt"
  promtool check rules "$work/rules.txt" >/dev/null
fi
