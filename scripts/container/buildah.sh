# shellcheck shell=bash
# Debian's buildah as a builder that needs no container engine, and that keeps all it makes in one
# directory. To be sourced by a bash script that has set -euo pipefail.

# What the image is called there.
# shellcheck disable=SC2034 # those who source this use it
readonly IMAGE=localhost/sconce

# use_storage DIRECTORY: everything buildah makes goes there, temporary files too.
use_storage() {
  mkdir -p "$1/tmp"
  storage=$(cd "$1" && pwd -P)
  export TMPDIR=$storage/tmp BUILDAH_ISOLATION=chroot
}

in_storage() {
  buildah --root "$storage/images" --runroot "$storage/run" --storage-driver vfs "$@"
}

# of_image GO_TEMPLATE: from the image's configuration.
of_image() {
  in_storage inspect --type image --format "$1" "$IMAGE"
}

# require TOOL...: and the right to use them.
require() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || {
      echo "There is no $tool here." >&2
      exit 1
    }
  done
  [ "$(id -u)" = 0 ] || {
    echo "Only root may do this." >&2
    exit 1
  }
}
