# What a script says while it works: progress and errors go to stderr, results alone to stdout.

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "$*"
  exit 1
}
