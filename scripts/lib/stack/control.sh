# What a running stack is told to do: a line for each command, VERB NAME, written at once to its control pipe.

# take_command FD SECONDS: sets `verb` and `name` by the next line; when there is none it pauses so long, and fails.
#
# The line itself is read without a limit of time: `read` takes byte after byte, and forgets what it has, or the line's end, when its
# time is over in the midst of a line.
take_command() {
  if ! read -r -t 0 -u "$1"; then
    sleep "$2"
    return 1
  fi
  # shellcheck disable=SC2034 # for the caller
  read -r -u "$1" verb name
}
