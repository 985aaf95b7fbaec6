# shellcheck shell=bash
# What the launchers share: finding Java and Maven, and building on first use.
# To be sourced by a bash script that has set -euo pipefail.

# shellcheck source=scripts/lib/classes.sh
. "${BASH_SOURCE[0]%/*}/classes.sh"

readonly NEEDED_JAVA=17
readonly NEEDED_MAVEN=3.6.3

# stop LINE...: says what is wrong and what to do, and ends the script.
stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

# stop_for_java LINE: as stop, with how to install a JDK.
stop_for_java() {
  stop "$1" \
    "Install a JDK $NEEDED_JAVA or newer, or set JAVA_HOME to one:" \
    "  Debian, Ubuntu:  sudo apt-get install openjdk-17-jdk-headless   (or openjdk-21-jdk-headless)" \
    "  Fedora:          sudo dnf install java-21-openjdk-devel" \
    "  macOS:           brew install --cask temurin" \
    "  JAVA_HOME:       export JAVA_HOME=/path/to/jdk   (the directory that holds bin/java)"
}

# stop_for_maven LINE: as stop, with how to install Maven.
stop_for_maven() {
  stop "$1" \
    "Install Maven $NEEDED_MAVEN or newer:" \
    "  Debian, Ubuntu:  sudo apt-get install maven" \
    "  Fedora:          sudo dnf install maven" \
    "  macOS:           brew install maven"
}

# at_least FOUND NEEDED: compares versions of up to three numbers.
at_least() {
  local -a found needed
  IFS=. read -r -a found <<<"$1"
  IFS=. read -r -a needed <<<"$2"
  local i
  for i in 0 1 2; do
    if ((${found[i]:-0} != ${needed[i]:-0})); then
      ((${found[i]:-0} > ${needed[i]:-0}))
      return
    fi
  done
}

# require_java: sets JAVA to a java of the needed version, and JAVA_VERSION, or ends the script.
require_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    JAVA=$JAVA_HOME/bin/java
    [ -x "$JAVA" ] || stop_for_java "JAVA_HOME is $JAVA_HOME, but there is no $JAVA."
  else
    JAVA=$(command -v java) || stop_for_java "Sconce needs Java $NEEDED_JAVA or newer, but found none."
  fi
  local major
  # A java that cannot even tell its version is no reason to end without a word.
  JAVA_VERSION=$("$JAVA" -version 2>&1 | sed -n 's/^.* version "\([^"]*\)".*$/\1/p' | head -n 1) || true
  major=${JAVA_VERSION#1.} # Java 8 calls itself 1.8
  major=${major%%[!0-9]*}
  at_least "${major:-0}" "$NEEDED_JAVA" ||
    stop_for_java "Sconce needs Java $NEEDED_JAVA or newer, but found Java ${JAVA_VERSION:-of unknown version}: $JAVA."
}

# use_utf8: lets Java read and write file names beyond ASCII where no locale is set, as in containers.
use_utf8() {
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX) export LC_ALL=C.UTF-8 ;;
  esac
}

# require_maven: makes sure that mvn and a compiler are there, or ends the script.
require_maven() {
  [ -x "${JAVA%java}javac" ] || command -v javac >/dev/null ||
    stop_for_java "To be built, Sconce needs a JDK, but $JAVA belongs to a runtime without a compiler."
  command -v mvn >/dev/null ||
    stop_for_maven "To be built, Sconce needs Maven $NEEDED_MAVEN or newer, but found none."
  local version
  version=$(mvn -B -v 2>/dev/null | sed -n 's/^.*Apache Maven \([0-9][0-9.]*\).*$/\1/p' | head -n 1) || true
  at_least "${version:-0}" "$NEEDED_MAVEN" ||
    stop_for_maven "To be built, Sconce needs Maven $NEEDED_MAVEN or newer, but found ${version:-an unknown one}."
}

# is_current JAR ROOT: whether the jar is there and no source is newer.
is_current() {
  [ -f "$1" ] || return 1
  [ ! -d "$2/src/main" ] || [ -z "$(find "$2/src/main" "$2/pom.xml" -newer "$1" -print 2>/dev/null | head -n 1)" ]
}

# build_if_needed ROOT: builds ROOT/target/sconce.jar unless it is current. Needs require_java first.
build_if_needed() {
  local root=$1
  local log=$root/target/build.log
  jar=$root/target/sconce.jar # these two are not local: the trap needs them
  build_lock=$root/target/.building
  is_current "$jar" "$root" && [ ! -d "$build_lock" ] && return
  require_maven
  mkdir -p "$root/target"
  if ! mkdir "$build_lock" 2>/dev/null; then
    echo "Waiting for another build of Sconce (if there is none, remove $build_lock) ..." >&2
    while [ -d "$build_lock" ]; do sleep 1; done
    build_if_needed "$root"
    return
  fi
  # Maven writes the jar before it copies the libraries, so half a build can have one.
  trap 'rm -f "$jar"; rmdir "$build_lock"' EXIT
  if [ -f "$jar" ]; then
    echo "Building Sconce anew, for its sources have changed." >&2
  else
    echo "Building Sconce, on first use only. Maven may have to download a few hundred megabytes." >&2
  fi
  if ! mvn -B -f "$root/pom.xml" -Dmaven.test.skip -Dspotless.check.skip package 2>&1 |
    tee "$log" | show_steps; then
    tail -n 30 "$log" >&2
    stop "Sconce could not be built; the end of $log stands above."
  fi
  touch "$jar" # Maven leaves one as it is whose content would be the same
  trap - EXIT
  rmdir "$build_lock"
  echo "  serving the sample models once, so that servers start faster" >&2
  archive_classes "$root"
}

# show_steps: from Maven's output, what is being done and downloaded, to standard error.
show_steps() {
  local line
  while IFS= read -r line; do
    case $line in
      '[INFO] --- '*)
        line=${line#'[INFO] --- '}
        echo "  ${line%% *}"
        ;;
      *'Downloading from '*.jar) echo "  downloading ${line##*/}" ;;
    esac
  done >&2
}

# test_class_path ROOT: compiles the tests if need be, and prints the class path that they run with.
# Needs require_java first.
test_class_path() {
  local libraries=$1/target/test-libraries
  require_maven
  mvn -B -ntp -q -f "$1/pom.xml" -Dspotless.check.skip test-compile \
    dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$libraries" >&2
  printf '%s\n' "$1/target/test-classes:$1/target/classes:$(cat "$libraries")"
}
