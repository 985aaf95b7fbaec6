# shellcheck shell=bash
# Runs the built image as an orchestrator would that trusts it with nothing: as its own user with no
# capabilities, the root file system and the models read-only, a small /tmp that takes no programs, no
# network but loopback. To be sourced after buildah.sh.

# open_box: brings the image's files to $root and a place for logs to $work; close_box ends it all.
open_box() {
  container=$(in_storage from --pull-never "$IMAGE")
  root=$(in_storage mount "$container")
  work=$(mktemp -d)
  mkdir -p "$root/opt/ml/model" # which who mounts it would make
  mapfile -t environment < <(of_image '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' | sed '/^$/d')
  mapfile -t entry < <(of_image '{{range .OCIv1.Config.Entrypoint}}{{println .}}{{end}}' | sed '/^$/d')
  mapfile -t command < <(of_image '{{range .OCIv1.Config.Cmd}}{{println .}}{{end}}' | sed '/^$/d')
  user=$(of_image '{{.OCIv1.Config.User}}')
  directory=$(of_image '{{.OCIv1.Config.WorkingDir}}')
}

server='' outside='' container='' work=''
close_box() {
  # Its first process, with which all end; --kill-child does not outlive the change of user.
  [ -z "$outside" ] || pkill -KILL --parent "$outside" || true
  wait
  [ -z "$container" ] || in_storage rm "$container" >/dev/null
  [ -z "$work" ] || rm -rf "$work"
}

# start MODELS [NAME=VALUE...] [-- ARGUMENT...]: starts the entry point with the directory as
# /opt/ml/model and the arguments, by default the image's own, in place of what ran before. Sets server,
# the process, and log.
start() {
  [ -z "$server" ] || stop
  local models=$1
  local -a with=() arguments=("${command[@]}")
  shift
  while (($# > 0)) && [ "$1" != -- ]; do
    with+=("$1")
    shift
  done
  (($# == 0)) || arguments=("${@:2}")
  # Here rather than below, where it would be a child for a moment that is taken for the server.
  local program
  program="$(declare -f inside); inside \"\$@\""
  log=$(mktemp -p "$work" log.XXXX)
  started=${EPOCHREALTIME/[.,]/}
  ROOT=$root MODELS=$models unshare --net --ipc --uts --mount --pid --fork \
    bash -euc "$program" inside --reuid "${user%:*}" --regid "${user#*:}" \
    --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
    env --ignore-environment --chdir="$directory" "${environment[@]}" "${with[@]}" \
    "${entry[@]}" "${arguments[@]}" >"$log" 2>&1 &
  outside=$!
  until server=$(pgrep --parent "$outside"); do
    kill -0 "$outside" || return 1
  done
}

# The first process in the box: makes it what it is to be, then becomes the server.
# shellcheck disable=SC2153 # ROOT and MODELS come from start
inside() {
  local device
  mount --bind "$ROOT" "$ROOT"
  mount --bind "$MODELS" "$ROOT/opt/ml/model"
  mount -o remount,bind,ro "$ROOT/opt/ml/model"
  mount -t proc -o nosuid,nodev,noexec proc "$ROOT/proc"
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$ROOT/sys"
  mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=512m tmpfs "$ROOT/tmp"
  mount -t tmpfs -o nosuid,mode=755 tmpfs "$ROOT/dev"
  for device in null zero full random urandom; do
    touch "$ROOT/dev/$device"
    mount --bind "/dev/$device" "$ROOT/dev/$device"
  done
  mount -o remount,ro "$ROOT/dev"
  mount -o remount,bind,ro "$ROOT"
  ip link set lo up
  exec chroot "$ROOT" setpriv "$@"
}

# ask PATH [CURL ARGUMENT...]: an answer from $address, by default that of inference.
address=http://127.0.0.1:8080
ask() {
  nsenter --target "$server" --net curl --fail --silent --show-error --insecure "$address$1" "${@:2}"
}

# until_healthy: waits for it and says how long it took.
until_healthy() {
  until ask /ping 2>/dev/null | grep '"Healthy"' >/dev/null; do
    if ! kill -0 "$server" 2>/dev/null || (($(since_start) > 60000)); then
      echo "It never became healthy:"
      cat "$log"
      return 1
    fi
  done
  echo "healthy $(since_start) ms after the start"
}

since_start() {
  echo $(((${EPOCHREALTIME/[.,]/} - started) / 1000))
}

# stop: asks the server to stop, and waits; its exit status.
stop() {
  local ended=$outside
  kill -TERM "$server"
  server='' outside=''
  wait "$ended"
}

# files_in_tmp: what lies in the box's /tmp, a path a line.
files_in_tmp() {
  find "/proc/$server/root/tmp" -mindepth 1 -printf '%P\n'
}
