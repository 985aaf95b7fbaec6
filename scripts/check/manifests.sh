#!/usr/bin/env bash
# Checks the manifests of sample/kubernetes and sample/kserve against the schemas of Kubernetes,
# Prometheus' operator and KServe, in an environment of its own that ends with the script. Needs Python
# 3.10 or newer with venv and a package index; and to check also what the kustomizations make of the
# manifests, a kubectl that has Kustomize 4 or newer in it.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

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

not_checked() {
  echo "NOT CHECKED: $1, for $2." >&2
}

# kubectl_builds: whether there is a kubectl that can build the kustomizations.
kubectl_builds() {
  local version
  command -v kubectl >/dev/null || {
    not_checked "the samples' kustomizations" "there is no kubectl"
    return 1
  }
  # Older ones do not tell, and cannot do what the samples ask for.
  version=$(kubectl version --client --output yaml 2>/dev/null | sed -n 's/^kustomizeVersion: v//p')
  [ "${version%%.*}" -ge 4 ] 2>/dev/null || {
    not_checked "the samples' kustomizations" "kubectl has Kustomize ${version:-before 4} (expected: 4 or newer)"
    return 1
  }
}

# Of kserve only what it says of its API is read, so that nothing it builds on is needed.
install() {
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$@" >"$work/log" 2>&1
}
if ! python3 -m venv "$work/venv" >"$work/log" 2>&1; then
  not_checked "the manifests of the samples" "python3 can make no venv"
  exit 0
fi
if ! install kubernetes-validate==1.37.0 cloudcoil-models-prometheus-operator==0.80.1.0 ||
  ! install --no-deps kserve==0.21.0; then
  tail -n 3 "$work/log" >&2
  not_checked "the manifests of the samples" "the schemas cannot be installed"
  exit 0
fi

# What is applied together has to agree, so it is one file.
for file in sample/kubernetes/plain/*.yaml sample/kubernetes/monitor.yaml; do
  cat "$file"
  echo ---
done >"$work/as-they-stand.yaml"
if kubectl_builds; then
  kubectl kustomize sample/kubernetes >"$work/all.yaml"
  kubectl kustomize sample/kubernetes/plain >"$work/plain.yaml"
  kubectl kustomize sample/kubernetes/torchserve-claim >"$work/torchserve-claim.yaml"
fi
"$work/venv/bin/python" scripts/check/manifests.py "$work"/*.yaml sample/kserve/*.yaml
