#!/usr/bin/env bash
# The way of a model onto Amazon SageMaker and off it again, a step at a time:
#   sample/sagemaker/steps.sh archive upload image model endpoint invoke
#   sample/sagemaker/steps.sh autoscaling batch clean_up
# A step that has been done already does no harm. Needs the AWS CLI, docker for the step image, and in
# the environment what stands here without a default. README.md beside this tells more.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

NAME=${NAME:-twin}       # of the endpoint, and what all other names begin with
VERSION=${VERSION:-1}    # a new one beside the old: VERSION=2, then upload, image, model and endpoint again
KIND=${KIND:-realtime}   # or async, or multi: many models behind one endpoint
: "${BUCKET:?a bucket for models, requests and answers}"
: "${ROLE_ARN:?the role that SageMaker takes on: reads the bucket, pulls the image, writes logs}"
REGION=${REGION:-$(aws configure get region || true)}
: "${REGION:?a region, as in eu-west-1}"

MODEL_DIR=${MODEL_DIR:-$root/sample/models/siamese} # .mar files, or the weights of one model
ENVIRONMENT=${ENVIRONMENT:-} # of the container, as in SAGEMAKER_TS_BATCH_SIZE=4,SAGEMAKER_TS_MAX_WORKERS=2
GPU=${GPU:-}                 # anything: an image with CUDA, on machines that have a GPU
INSTANCE_TYPE=${INSTANCE_TYPE:-${GPU:+ml.g5.xlarge}}
INSTANCE_TYPE=${INSTANCE_TYPE:-ml.c6i.xlarge}
BATCH_INSTANCE_TYPE=${BATCH_INSTANCE_TYPE:-${GPU:+ml.g4dn.xlarge}}
BATCH_INSTANCE_TYPE=${BATCH_INSTANCE_TYPE:-ml.c5.xlarge} # batch jobs know fewer types
INSTANCES=${INSTANCES:-1}
MOST_INSTANCES=${MOST_INSTANCES:-4}
RATE=${RATE:-10}           # requests a second that one instance can answer, a whole number: measure it
REQUEST=${REQUEST:-}       # a file to send; by default two of the sample's pictures
REQUESTS=${REQUESTS:-}     # a directory for the batch job: each file is a request; by default that one
CONTENT_TYPE=${CONTENT_TYPE:-application/json} # of the requests
WORK=${WORK:-$root/target/sagemaker}

export AWS_DEFAULT_REGION=$REGION AWS_PAGER=
case $KIND in
  realtime) suffix= ;;
  async | multi) suffix=-$KIND ;;
  *)
    echo "KIND: $KIND (expected: realtime, async or multi)" >&2
    exit 2
    ;;
esac
endpoint=$NAME$suffix
release=$endpoint-v$VERSION # the name of the model and of the endpoint's configuration
prefix=s3://$BUCKET/sconce/$NAME
repository=sconce/$NAME
tag=v$VERSION${GPU:+-cuda}

# The driver that CUDA 12.4 came with is 550; what a g5 gets without being asked is 470. For batch jobs
# there is 535, on which CUDA 12.4 runs by NVIDIA's compatibility of minor versions.
ENDPOINT_AMI=al2-ami-sagemaker-inference-gpu-3-1
BATCH_AMI=al2-ami-sagemaker-batch-gpu-535

say() {
  echo "--- $*" >&2
}

# there COMMAND...: whether what it describes is there.
there() {
  "$@" >/dev/null 2>&1
}

# image_name: needs to ask for the account, once.
image_name() {
  account=${account:-$(aws sts get-caller-identity --query Account --output text)}
  registry=$account.dkr.ecr.$REGION.amazonaws.com
  image_uri=$registry/$repository:$tag
}

archive() {
  say "$MODEL_DIR becomes model.tar.gz"
  mkdir -p "$WORK"
  tar -czf "$WORK/model.tar.gz" -C "$MODEL_DIR" .
}

upload() {
  say "model.tar.gz goes to $prefix"
  there aws s3api head-bucket --bucket "$BUCKET" || aws s3 mb "s3://$BUCKET"
  aws s3 cp --no-progress "$WORK/model.tar.gz" "$prefix/v$VERSION/model.tar.gz"
  # What a multi-model endpoint serves lies under one prefix; its clients name the file.
  [ "$KIND" != multi ] ||
    aws s3 cp --no-progress "$WORK/model.tar.gz" "$prefix/multi/$NAME-v$VERSION.tar.gz"
}

image() {
  image_name
  say "the image goes to $image_uri"
  there aws ecr describe-repositories --repository-names "$repository" ||
    aws ecr create-repository --repository-name "$repository" >/dev/null
  aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
  # SageMaker takes images, but no lists of images, which attestations would make of it.
  BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build --platform linux/amd64 \
    ${GPU:+--build-arg TORCH=cuda} --tag "$image_uri" "$root"
  docker push "$image_uri"
}

model() {
  image_name
  say "the model $release"
  there aws sagemaker describe-model --model-name "$release" && return
  local data=$prefix/v$VERSION/model.tar.gz mode=SingleModel
  [ "$KIND" != multi ] || data=$prefix/multi/ mode=MultiModel
  aws sagemaker create-model --model-name "$release" --execution-role-arn "$ROLE_ARN" \
    --enable-network-isolation --primary-container \
    "Image=$image_uri,Mode=$mode,ModelDataUrl=$data,Environment={$ENVIRONMENT}" >/dev/null
}

endpoint() {
  say "the endpoint $endpoint, by the configuration $release"
  local variant="VariantName=AllTraffic,ModelName=$release,InstanceType=$INSTANCE_TYPE"
  variant+=",InitialInstanceCount=$INSTANCES${GPU:+,InferenceAmiVersion=$ENDPOINT_AMI}"
  local -a more=()
  [ "$KIND" != async ] || more=(--async-inference-config
    "OutputConfig={S3OutputPath=$prefix/answers/,S3FailurePath=$prefix/failures/}")
  there aws sagemaker describe-endpoint-config --endpoint-config-name "$release" ||
    aws sagemaker create-endpoint-config --endpoint-config-name "$release" \
      --production-variants "$variant" ${more[@]+"${more[@]}"} >/dev/null

  local present
  present=$(aws sagemaker describe-endpoint --endpoint-name "$endpoint" \
    --query EndpointConfigName --output text 2>/dev/null) || present=
  if [ -z "$present" ]; then
    aws sagemaker create-endpoint --endpoint-name "$endpoint" --endpoint-config-name "$release" >/dev/null
  elif [ "$present" != "$release" ]; then
    # The new one takes over once it is healthy; the old one answers until then.
    aws sagemaker update-endpoint --endpoint-name "$endpoint" --endpoint-config-name "$release" >/dev/null
  fi
  aws sagemaker wait endpoint-in-service --endpoint-name "$endpoint"
}

# request: makes the one that is sent by default.
request() {
  [ -z "$REQUEST" ] || return 0
  mkdir -p "$WORK"
  REQUEST=$WORK/request.json
  printf '{"left": "%s", "right": "%s", "cam": "False"}' \
    "$(base64 <"$root/sample/pictures/cat1.jpg" | tr -d '\n')" \
    "$(base64 <"$root/sample/pictures/cat2.jpg" | tr -d '\n')" >"$REQUEST"
}

invoke() {
  request
  say "$REQUEST is sent to $endpoint"
  if [ "$KIND" = async ]; then
    invoke_async
    return
  fi
  local -a which=()
  [ "$KIND" != multi ] || which=(--target-model "$NAME-v$VERSION.tar.gz")
  aws sagemaker-runtime invoke-endpoint --endpoint-name "$endpoint" --content-type "$CONTENT_TYPE" \
    ${which[@]+"${which[@]}"} --body "fileb://$REQUEST" "$WORK/answer" >/dev/null
  cat "$WORK/answer"
}

# invoke_async: the request lies in the bucket, and its answer will.
invoke_async() {
  aws s3 cp --no-progress "$REQUEST" "$prefix/requests/request"
  local answer failure
  read -r answer failure < <(aws sagemaker-runtime invoke-endpoint-async --endpoint-name "$endpoint" \
    --content-type "$CONTENT_TYPE" --input-location "$prefix/requests/request" \
    --query '[OutputLocation, FailureLocation]' --output text)
  until there aws s3 ls "$answer"; do
    if there aws s3 ls "$failure"; then
      aws s3 cp --quiet "$failure" - >&2
      return 1
    fi
    say "waiting for $answer"
    sleep 5
  done
  aws s3 cp --no-progress "$answer" "$WORK/answer"
  cat "$WORK/answer"
}

autoscaling() {
  say "$endpoint has $INSTANCES to $MOST_INSTANCES instances"
  local -a variant=(--service-namespace sagemaker --resource-id "endpoint/$endpoint/variant/AllTraffic"
    --scalable-dimension sagemaker:variant:DesiredInstanceCount)
  aws application-autoscaling register-scalable-target "${variant[@]}" \
    --min-capacity "$INSTANCES" --max-capacity "$MOST_INSTANCES" >/dev/null
  # Calls a minute and instance, at 60 % of what it can do: new instances take minutes to come.
  aws application-autoscaling put-scaling-policy "${variant[@]}" --policy-name "$endpoint-calls" \
    --policy-type TargetTrackingScaling --target-tracking-scaling-policy-configuration \
    "TargetValue=$((RATE * 36)),PredefinedMetricSpecification={PredefinedMetricType=SageMakerVariantInvocationsPerInstance},ScaleOutCooldown=60,ScaleInCooldown=300" >/dev/null
}

batch() {
  local job
  job=$NAME-$(date -u +%Y-%m-%d-%H-%M-%S)
  request
  say "each file in ${REQUESTS:-$REQUEST} is sent once, by the job $job"
  if [ -n "$REQUESTS" ]; then
    aws s3 cp --no-progress --recursive "$REQUESTS" "$prefix/batch/$job/"
  else
    aws s3 cp --no-progress "$REQUEST" "$prefix/batch/$job/"
  fi
  aws sagemaker create-transform-job --transform-job-name "$job" --model-name "$release" \
    --model-client-config InvocationsTimeoutInSeconds=3600,InvocationsMaxRetries=1 \
    --batch-strategy MultiRecord \
    --transform-input "DataSource={S3DataSource={S3DataType=S3Prefix,S3Uri=$prefix/batch/$job/}},ContentType=$CONTENT_TYPE" \
    --transform-output "S3OutputPath=$prefix/batch-answers/$job/,AssembleWith=Line" \
    --transform-resources "InstanceType=$BATCH_INSTANCE_TYPE,InstanceCount=1${GPU:+,TransformAmiVersion=$BATCH_AMI}" \
    >/dev/null
  aws sagemaker wait transform-job-completed-or-stopped --transform-job-name "$job"
  # Each answer lies under its request's name, with .out behind it.
  aws s3 cp --no-progress --recursive "$prefix/batch-answers/$job/" "$WORK/batch/$job"
}

# clean_up: the five things that cost money or stay, of all kinds and versions. Not the bucket itself.
clean_up() {
  local kind each
  for kind in "" -async -multi; do
    say "1. the endpoint $NAME$kind"
    aws application-autoscaling deregister-scalable-target --service-namespace sagemaker \
      --resource-id "endpoint/$NAME$kind/variant/AllTraffic" \
      --scalable-dimension sagemaker:variant:DesiredInstanceCount 2>/dev/null || true
    if there aws sagemaker describe-endpoint --endpoint-name "$NAME$kind"; then
      aws sagemaker delete-endpoint --endpoint-name "$NAME$kind"
      aws sagemaker wait endpoint-deleted --endpoint-name "$NAME$kind"
    fi
    say "2. its configurations"
    for each in $(aws sagemaker list-endpoint-configs --name-contains "$NAME$kind-v" \
      --query 'EndpointConfigs[].EndpointConfigName' --output text); do
      ours "$each" "$kind" && aws sagemaker delete-endpoint-config --endpoint-config-name "$each"
    done
    say "3. its models"
    for each in $(aws sagemaker list-models --name-contains "$NAME$kind-v" \
      --query 'Models[].ModelName' --output text); do
      ours "$each" "$kind" && aws sagemaker delete-model --model-name "$each"
    done
  done
  say "4. the repository $repository with its images"
  ! there aws ecr describe-repositories --repository-names "$repository" ||
    aws ecr delete-repository --repository-name "$repository" --force >/dev/null
  say "5. what lies under $prefix"
  aws s3 rm --quiet --recursive "$prefix/"
}

# ours NAME KIND: whether a name is one that this script gives; others may only contain it.
ours() {
  [[ $1 =~ ^"$NAME$2"-v[0-9]+$ ]]
}

for step in "$@"; do
  case $step in
    archive | upload | image | model | endpoint | invoke | autoscaling | batch | clean_up) "$step" ;;
    *)
      echo "$step (expected: archive, upload, image, model, endpoint, invoke, autoscaling, batch or clean_up)" >&2
      exit 2
      ;;
  esac
done
