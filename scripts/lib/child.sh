# Runs one command at a time so that INT and TERM end it and everything it started.
#
# A shell that waits for a foreground command acts on a signal only after that command has ended; so the command runs in a
# session of its own and is waited for. Its standard input is empty: no step may ask a question.

child=

end_child() {
  [[ -n $child ]] || return 0
  kill -TERM -- "-$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=
}

end_child_on_signals() {
  trap 'end_child; exit 130' INT
  trap 'end_child; exit 143' TERM
}

run() {
  local status=0
  setsid "$@" </dev/null &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}
