# What a running stack is told to do: a line for each command, VERB NAME, on its control pipe.

begun="" # of a line whose end has not come yet

# take_command FD: sets `verb` and `name` by the next line; fails when a quarter of a second was not enough for it to come.
#
# `read` takes byte after byte, so that its time can be over in the midst of a line that was written at once: what it has is kept.
take_command() {
  local piece=""
  if ! IFS= read -r -t 0.25 -u "$1" piece; then
    begun+=$piece
    return 1
  fi
  # shellcheck disable=SC2034 # for the caller
  read -r verb name <<<"$begun$piece"
  begun=""
}
