# shellcheck shell=bash
# Comparing answers with what they should be. To be sourced by a bash script.

# agrees ANSWER EXPECTED: both have as many numbers, none further apart than 1e-4.
agrees() {
  paste <(numbers "$1") <(numbers "$2") | awk '
    NF != 2 { print "one number too many: " $0; wrong = 1 }
    NF == 2 { d = $1 - $2; if (d > 1e-4 || d < -1e-4) { print $1 " (expected: " $2 ")"; wrong = 1 } }
    END { exit wrong || NR == 0 }'
}

# numbers TEXT: those in it, one a line.
numbers() {
  grep -oE -e '-?[0-9][-+.e0-9]*' <<<"$1"
}
