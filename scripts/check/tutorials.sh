#!/usr/bin/env bash
# Runs the lines of the three tutorials whose place this server takes, as they stand there and under
# their bare names, and compares the answers: the twin network, fast.ai's U-Net (both from aws-samples)
# and PyTorch's VGG deployment over https. Only where a tutorial uses HTTPie, curl sends the same.
# Takes ports 8080 to 8082 and 8091 to 8093. Needs curl and a built target/sconce.jar.
# grep reads to the end (no -q): what writes to a closed pipe fails.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd -P)

# shellcheck source=scripts/lib/answers.sh
. "$root/scripts/lib/answers.sh"

work=$(mktemp -d)
export PATH=$root/scripts:$PATH TEMP=$work/tmp
mkdir "$TEMP"
finish() {
  torchserve --stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

# fail LINE: says what is wrong and ends.
fail() {
  echo "$1" >&2
  exit 1
}

# tutorial NAME: into an empty directory with what every tutorial starts from.
tutorial() {
  echo "--- $1"
  mkdir -p "$work/$1"/{deployment,model,model_store,models,sample}
  cd "$work/$1"
  cp "$root/src/test/resources/archive/input/deployment/handler.py" deployment/
}

# the golden file's first value of a member: an object or a list.
expected() {
  grep -oE "\"$2\": [[{][^]}]*[]}]" "$root/src/test/resources/$1" | head -n 1 | sed "s/^\"$2\": //"
}

twin() {
  tutorial twin
  cp "$root"/sample/models/siamese/*.pth model/
  cp "$root/sample/pictures/cat1.jpg" sample/c1.jpg
  cp "$root/sample/pictures/cat2.jpg" sample/c2.jpg

  torch-model-archiver --model-name twin --version 1.0 --serialized-file ./model/encoder_weight.pth --export-path model_store --handler ./deployment/handler.py -f --extra-files ./model/head_weight.pth -f
  torchserve --start --ncs --model-store model_store --models twin.mar
  local answer
  answer=$(curl --fail --silent --show-error -F left=@sample/c1.jpg -F right=@sample/c2.jpg -F cam=False http://127.0.0.1:8080/predictions/twin)
  agrees "$answer" "$(expected samples/siamese.json logits)"

  curl --fail --silent --show-error -X POST "http://127.0.0.1:8081/models?url=twin.mar&model_name=again&initial_workers=1&synchronous=true"
  curl --fail --silent --show-error http://127.0.0.1:8081/models/again | grep '"status": "READY"' >/dev/null
  curl --fail --silent --show-error -X DELETE http://127.0.0.1:8081/models/again
  curl --fail --silent --show-error http://127.0.0.1:8082/metrics |
    grep '^ts_inference_requests_total{model_name="twin",.*} 1.0$' >/dev/null
  torchserve --stop
}

unet() {
  tutorial unet
  cp "$root/sample/models/fastunet/fastunet.pth" model_store/fasti_unet_weights.pth
  echo 'class DynamicUnetDIY: pass' >deployment/model.py
  cp "$root/sample/pictures/street1.jpg" sample/street_view_of_a_small_neighborhood.png

  torch-model-archiver --model-name fastunet --version 1.0 --model-file deployment/model.py --serialized-file model_store/fasti_unet_weights.pth --export-path model_store --handler deployment/handler.py -f
  torchserve --start --ncs --model-store model_store --models fastunet.mar
  curl --fail --silent --show-error -H 'Content-Type: image/png' \
    --data-binary @sample/street_view_of_a_small_neighborhood.png \
    -o answer.json http://127.0.0.1:8080/predictions/fastunet/
  sed -n 's/.*"base64_prediction": "\(.*\)"/\1/p' answer.json | base64 -d >mask
  # zlib's header makes way for gzip's, which has a program.
  sed -n 's/.*"mask": "\([^"]*\)".*/\1/p' <(tr ',' '\n' <"$root/src/test/resources/samples/fastunet.json") |
    head -n 1 | base64 -d | tail -c +3 >deflated
  { printf '\x1f\x8b\x08\0\0\0\0\0\0\xff' && cat deflated; } | gzip -dc >golden 2>/dev/null || true
  local file others
  for file in mask golden; do
    [ "$(wc -c <$file)" -eq $((96 * 128)) ] || fail "$file: $(wc -c <$file) bytes (expected: $((96 * 128)))"
  done
  others=$(cmp -l mask golden | wc -l)
  ((others <= 10)) || fail "mask: $others pixels are of other classes than PyTorch's (expected: at most 10)"
  torchserve --stop
}

vgg() {
  tutorial vgg16
  # Its network is a smaller one; what it does with pictures is the handler's.
  cp "$root/src/test/resources/handlers/classifier.pt" traced_vgg16_model.pt
  cp "$root/src/test/resources/image/jpeg/baseline-420.jpg" hotdog.jpg
  cat >config.properties <<'CONFIG'
inference_address=https://127.0.0.1:8091
management_address=https://127.0.0.1:8092
metrics_address=https://127.0.0.1:8093
CONFIG

  torch-model-archiver --model-name vgg16 --version 1.0 --serialized-file traced_vgg16_model.pt --handler image_classifier --export-path ./models
  torchserve --model-store ./models --start --models all --ts-config ./config.properties --ncs --foreground >server.out 2>&1 &
  local server=$! answer
  until curl --insecure --fail --silent https://localhost:8091/ping; do
    kill -0 "$server" 2>/dev/null || fail "$(cat server.out)"
    sleep 0.2
  done
  answer=$(curl --insecure --fail --silent --show-error https://localhost:8091/predictions/vgg16 -T hotdog.jpg)
  agrees "$answer" "$(expected handlers/classifier.json answer)"
  curl --insecure --fail --silent --show-error https://127.0.0.1:8093/metrics | grep '^ts_inference_requests_total' >/dev/null
  torchserve --stop
  wait "$server" || fail "The server in the foreground exited with $? when it was stopped (expected: 0)"
}

twin
unet
vgg
echo "The three tutorials' lines were answered as PyTorch answers."
