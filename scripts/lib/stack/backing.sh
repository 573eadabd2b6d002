# A private Postgres and a private Redis, durable as in production: the park's promises are shown on these.

as_database_user() {
  if [[ $EUID == 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi
}

make_database() {
  local data=$folder/postgres
  mkdir -m 700 "$data"
  [[ $EUID != 0 ]] || chown postgres: "$data"
  (cd / && as_database_user "$postgres/initdb" -D "$data" -U postgres -A trust -E UTF8 --no-locale --no-sync) >"$logs/initdb.log" 2>&1 ||
    { tail -n 20 "$logs/initdb.log" >&2; fail "The private database could not be made (above)."; }
}

database_answers() {
  "$postgres/pg_isready" -q -h 127.0.0.1 -p "${address_of[postgres]##*:}" -U postgres
}

launch_database() {
  launch_as_database postgres "$postgres/postgres" -D "$folder/postgres" -p "${address_of[postgres]##*:}" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200
}

start_database() {
  # After a kill -9 the old server's children hold its shared memory for a moment, and the new one refuses to start.
  local tries
  for tries in 1 2 3 4 5; do
    launch_database
    if wait_until postgres 60 "accepted connections" database_answers; then
      announce postgres "$DATABASE_URL"
      return 0
    fi
    say "starting postgres again ($tries)"
    sleep 0.5
  done
  return 1
}

redis_answers() {
  [[ $(redis-cli -h 127.0.0.1 -p "${address_of[redis]##*:}" ping 2>/dev/null) == PONG ]]
}

start_redis() {
  mkdir -p "$folder/redis"
  launch redis redis-server --bind 127.0.0.1 --port "${address_of[redis]##*:}" --dir "$folder/redis" --daemonize no \
    --appendonly yes --save "" --maxmemory-policy noeviction --logfile "$logs/redis.log"
  wait_until redis 30 "answered a ping" redis_answers && announce redis "$REDIS_URL"
}
