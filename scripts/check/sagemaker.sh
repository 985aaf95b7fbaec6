#!/usr/bin/env bash
# Walks through sample/sagemaker/steps.sh with the real AWS CLI, against a stand-in for AWS on this
# machine that holds each call against AWS' own description of its API (sagemaker_api.py), and with a
# docker that only writes down what it is told. Each step is taken twice; at the end nothing may be
# left. Installs what it needs into an environment that ends with the script.
set -euo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=scripts/lib/processes.sh
. scripts/lib/processes.sh

not_checked() {
  echo "NOT CHECKED: the steps to SageMaker, for $1." >&2
  exit 0
}

python3 -m venv "$work/venv" >"$work/log" 2>&1 || not_checked "python3 can make no venv"
if ! "$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  'moto[server,s3,ecr]==5.2.5' awscli==1.46.3 >"$work/log" 2>&1; then
  tail -n 3 "$work/log" >&2
  not_checked "the AWS CLI and moto cannot be installed"
fi

mkdir "$work/bin"
cat >"$work/bin/docker" <<'DOCKER'
#!/bin/sh
[ "$1" = login ] && cat >/dev/null
echo "docker $*" >>"$CALLS"
DOCKER
chmod +x "$work/bin/docker"
export PATH=$work/bin:$work/venv/bin:$PATH CALLS=$work/calls WORK=$work/out
port=$(free_ports 1)
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
export REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 BUCKET=my-bucket ROLE_ARN=arn:aws:iam::123456789012:role/sagemaker

"$work/venv/bin/python" scripts/check/sagemaker_api.py "$port" "$work/calls" >"$work/server" 2>&1 &
pids+=($!)
for ((i = 0; i < 60; i++)); do
  aws sts get-caller-identity >"$work/log" 2>&1 && break
  sleep 0.5
done
[ "$i" -lt 60 ] || {
  cat "$work/log" "$work/server" >&2
  exit 1
}

fail() {
  echo "$1" >&2
  cat "$work/calls" >&2
  tail -n 5 "$work/server" >&2
  exit 1
}

# called PATTERN: whether such a call has been made, of which SageMaker's parameters are sorted JSON.
called() {
  grep -qE "$1" "$work/calls" || fail "No call was made like: $1"
}

steps() {
  sample/sagemaker/steps.sh "$@" || fail "In vain: steps.sh $*"
}

steps archive upload image model endpoint
steps archive upload image model endpoint autoscaling autoscaling invoke batch
[ "$(grep -c '^CreateModel ' "$work/calls")" = 1 ] || fail "The model was created twice."
[ "$(grep -c '^CreateEndpoint ' "$work/calls")" = 1 ] || fail "The endpoint was created twice."
tar -tzf "$WORK/model.tar.gz" | grep -x './encoder_weight.pth' >/dev/null || fail "The archive lacks the weights."
called 'docker build .*--tag 123456789012.dkr.ecr.eu-west-1.amazonaws.com/sconce/twin:v1 '
called '^CreateModel .*"ModelDataUrl": "s3://my-bucket/sconce/twin/v1/model.tar.gz"'
called '^PutScalingPolicy .*"TargetValue": 360'

VERSION=2 steps upload model endpoint
called '^UpdateEndpoint .*"twin-v2"'
KIND=async steps model endpoint invoke
called '^CreateEndpointConfig .*"S3OutputPath": "s3://my-bucket/sconce/twin/answers/"'
KIND=multi ENVIRONMENT=SAGEMAKER_TS_BATCH_SIZE=4 steps upload model endpoint invoke
called '^CreateModel .*"SAGEMAKER_TS_BATCH_SIZE": "4".*"Mode": "MultiModel"'
GPU=1 VERSION=3 steps image model endpoint batch
called 'docker build .*--build-arg TORCH=cuda .*:v3-cuda '
called '^CreateEndpointConfig .*"InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-3-1"'
called '^CreateTransformJob .*"TransformAmiVersion": "al2-ami-sagemaker-batch-gpu-535"'

aws sagemaker create-model --model-name twin-van --execution-role-arn "$ROLE_ARN" >/dev/null
steps clean_up
steps clean_up
left=$(aws sagemaker list-endpoints --query 'Endpoints[].EndpointName' --output text
  aws sagemaker list-endpoint-configs --query 'EndpointConfigs[].EndpointConfigName' --output text
  aws sagemaker list-models --query 'Models[].ModelName' --output text
  aws ecr describe-repositories --query 'repositories[].repositoryName' --output text
  aws s3 ls --recursive "s3://$BUCKET")
[ "$left" = twin-van ] || fail "Left after the clean-up: $left (expected: twin-van, which is another's)"

# What is wrong has to be noticed.
if INSTANCE_TYPE=ml.nothing.large VERSION=9 sample/sagemaker/steps.sh endpoint 2>/dev/null; then
  fail "An instance type that does not exist was taken."
fi
[ "$(grep -c '^FAULT' "$work/calls")" = 1 ] || fail "Calls were at fault."
echo "The steps to SageMaker and back made $(grep -c '^[A-Z]' "$work/calls") calls as AWS describes them, and left nothing."
