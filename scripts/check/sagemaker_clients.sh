#!/usr/bin/env bash
# Lets SageMaker's own clients call servers that this script starts on free ports: boto3's runtime
# client, the two original services' client code, and the local mode of SageMaker's SDK. Their packages
# come from PyPI into an environment outside the repository; whatever cannot be had is told as NOT
# CHECKED. Needs python3 and a built target/sconce.jar; SAGEMAKER_CLIENTS may name a directory to keep
# the environments in.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
environments=${SAGEMAKER_CLIENTS:-$work/environments}

# check WHAT SCRIPT PACKAGE...: runs the script with these packages.
check() {
  local what=$1 script=$2
  shift 2
  local python=$environments/$script/bin/python
  if ! [ -f "$environments/$script/complete" ]; then
    if ! { python3 -m venv "$environments/$script" &&
      "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$@"; } \
      >"$work/pip.out" 2>&1; then
      tail -n 3 "$work/pip.out" >&2
      echo "NOT CHECKED: $what, for python3 cannot make an environment with $* here." >&2
      return
    fi
    touch "$environments/$script/complete"
  fi
  mkdir "$work/$script"
  "$python" -B "scripts/check/sagemaker/$script.py" "$work/$script"
}

check "boto3's calls" runtime boto3 requests
check "the original services' clients" original boto3 requests matplotlib streamlit==1.30.0 'pyarrow<20'
check "SageMaker's local mode" local_mode 'sagemaker<3' requests
