# The stack's processes: started in sessions of their own, so that Ctrl-C in the terminal reaches them only through the stack,
# in order; and killed by the kernel should the stack itself be killed.

declare -A pid_of=()     # NAME -> process id, while it runs
declare -A address_of=() # NAME -> HOST:PORT, for ever
names=()                 # in the order they were started

# launch NAME COMMAND...: standard output goes to NAME.out (anew at each start), standard error to NAME.log.
launch() {
  local name=$1
  shift
  : >"$folder/$name.out"
  setsid setpriv --pdeathsig KILL -- "$@" </dev/null >>"$folder/$name.out" 2>>"$logs/$name.log" &
  pid_of[$name]=$!
}

# launch_as_database NAME COMMAND...: the same under the user `postgres` when this is root, as whom Postgres refuses to run.
launch_as_database() {
  local name=$1
  shift
  if [[ $EUID == 0 ]]; then
    launch "$name" setpriv --reuid=postgres --regid=postgres --init-groups --pdeathsig KILL -- "$@"
  else
    launch "$name" "$@"
  fi
}

alive() {
  [[ -n ${pid_of[$1]:-} ]] && kill -0 "${pid_of[$1]}" 2>/dev/null
}

# wait_until NAME SECONDS WHAT CONDITION...: polls until the condition holds; fails when NAME ends or the time is over.
wait_until() {
  local name=$1 deadline=$((SECONDS + $2)) what=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name"; then
      local status=0
      wait "${pid_of[$name]}" 2>/dev/null || status=$?
      unset "pid_of[$name]"
      say "$name ended with status $status before it $what; the end of its log:"
      tail -n 40 "$logs/$name.log" >&2
      return 1
    fi
    if ((SECONDS >= deadline)); then
      say "$name has not $what in time; the end of its log:"
      tail -n 40 "$logs/$name.log" >&2
      return 1
    fi
    sleep 0.05
  done
}

# announce NAME URL: the line that tells tests and people what runs where.
announce() {
  [[ " ${names[*]} " == *" $1 "* ]] || names+=("$1")
  printf '%s %s %s\n' "$1" "$2" "${pid_of[$1]}"
}

# Says which processes have ended since the last look.
notice_the_dead() {
  local name status
  for name in "${!pid_of[@]}"; do
    alive "$name" && continue
    status=0
    wait "${pid_of[$name]}" 2>/dev/null || status=$?
    say "$name (${pid_of[$name]}) ended with status $status; \`start $name\` on the control pipe starts it anew"
    unset "pid_of[$name]"
  done
}

# end SIGNAL SECONDS NAME...: signals them all, waits, and kills whoever is still there.
end() {
  local signal=$1 deadline=$((SECONDS + $2)) name
  shift 2
  for name in "$@"; do
    ! alive "$name" || kill "-$signal" "${pid_of[$name]}" 2>/dev/null || true
  done
  for name in "$@"; do
    while alive "$name" && ((SECONDS < deadline)); do sleep 0.05; done
    if alive "$name"; then
      say "$name (${pid_of[$name]}) did not end by itself: killed"
      kill -KILL -- "-${pid_of[$name]}" 2>/dev/null || true
    fi
    [[ -z ${pid_of[$name]:-} ]] || wait "${pid_of[$name]}" 2>/dev/null || true
    unset "pid_of[$name]"
  done
}
