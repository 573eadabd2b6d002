# What rooms cost and how quickly they answer, embedded and split, beside a bare hub that plays no game.

# shellcheck disable=SC2034 # Read by name.
about_rooms="deliveries, walking, idle memory, joins, durable commands, one big room, several gateways (--help)"

bench_rooms() {
  local driver
  # shellcheck disable=SC2154 # The profile is scripts/bench's.
  build_binaries "$profile" -p musicpark-crowd -p musicpark -p musicpark-worker -p musicpark-web -p musicpark-gateway >"$scratch/binaries" ||
    fail "The park and its crowd could not be built (above)."
  driver=$(sed -n 's/^musicpark-bench-rooms //p' "$scratch/binaries")
  [[ " $* " == *" --help "* ]] || need_room_programs
  run "$driver" "$@" || fail "The rooms could not be measured (above)."
}

# The split stack's own, and what pins programs to cores.
need_room_programs() {
  local missing=()
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v haproxy >/dev/null || missing+=(haproxy)
  command -v taskset >/dev/null || missing+=(util-linux)
  postgres_programs >/dev/null || missing+=(postgresql)
  need_packages "${missing[@]}"
}
