# shellcheck shell=bash
# An archive of the classes that a server needs, as the sample models show: mapped from it, a server
# starts with a third less work. To be sourced by a bash script that has set -euo pipefail.

# serve_samples ROOT SCRATCH COMMAND...: has COMMAND serve ROOT's sample models, from its start to an answer
# of each, to its end. At free ports, for there may be other servers; its files, log among them, are in SCRATCH.
serve_samples() (
  root=$1
  scratch=$2
  shift 2
  : >"$scratch/log"
  printf '%s_address=http://127.0.0.1:0\n' inference management metrics >"$scratch/config.properties"
  LOG_LOCATION=$scratch METRICS_LOCATION=$scratch env -u TS_CONFIG_FILE \
    "$@" torchserve --start --foreground --ncs \
    --model-store "$root/sample/models" --models all --ts-config "$scratch/config.properties" \
    --when-ready 'All are ready' >"$scratch/log" 2>&1 &
  server=$!
  trap 'kill "$server" 2>/dev/null || true' EXIT
  SECONDS=0
  until grep -q '^All are ready' "$scratch/log" || ! kill -0 "$server" 2>/dev/null || ((SECONDS > 300)); do
    sleep 0.1
  done
  address=$(sed -n 's/.* Listening on \[\([^],]*\).*/\1/p' "$scratch/log")
  answered=yes
  ask_samples "$address/predictions" "$root/sample/pictures" || answered=
  kill "$server" 2>/dev/null || true
  wait "$server" && [ -n "$answered" ]
)

ask_samples() {
  local ask=(curl --fail --silent --show-error)
  "${ask[@]}" "$1/siamese" -F "left=@$2/cat1.jpg" -F "right=@$2/cat2.jpg" -F cam=True &&
    "${ask[@]}" "$1/fastunet" -T "$2/street1.jpg" -H 'Accept: image/png' -o /dev/null &&
    "${ask[@]}" "$1/drawings" -T "$2/boat1.jpg"
}

# class_archive ROOT: where the archive is that fits the java of require_java.
class_archive() {
  printf '%s\n' "$1/target/sconce-$JAVA_VERSION.jsa"
}

# archive_classes ROOT: makes the archive. It is done without where that fails.
archive_classes() {
  local scratch
  scratch=$(mktemp -d) || return 0
  if serve_samples "$1" "$scratch" "$JAVA" "-Djava.io.tmpdir=$scratch" \
    "-XX:ArchiveClassesAtExit=$scratch/classes.jsa" -jar "$1/target/sconce.jar" >"$scratch/answers" 2>&1; then
    mv -f "$scratch/classes.jsa" "$(class_archive "$1")" || true
  fi
  rm -rf "$scratch"
}
