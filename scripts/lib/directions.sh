# Shows that the arrows between crates point the way ARCHITECTURE.md says, and what the pure and the poor must never reach.

# package: the packages of the workspace it may name, and none else.
declare -A may_use=(
  [musicpark-cipher]=""
  [musicpark-ports]=""
  [musicpark-protocol]=""
  [musicpark-service]=""
  [musicpark-park]="musicpark-protocol"
  [musicpark-store]="musicpark-protocol"
  [musicpark-web]="musicpark-protocol musicpark-store musicpark-cipher musicpark-service"
  [musicpark-gateway]="musicpark-protocol musicpark-cipher musicpark-service"
  [musicpark-worker]="musicpark-protocol musicpark-park musicpark-store musicpark-cipher musicpark-service"
  [musicpark-crowd]="musicpark-protocol musicpark-park musicpark-store"
  [musicpark-planted]="musicpark-protocol musicpark-store musicpark-cipher musicpark-service musicpark-worker"
)

# package: what must not be in its whole tree. The rules of the game do no I/O; the gateway never sees the database.
declare -A never_reaches=(
  [musicpark-protocol]="tokio mio axum fred sqlx reqwest tracing"
  [musicpark-park]="tokio mio axum fred sqlx reqwest tracing"
  [musicpark-gateway]="sqlx sqlx-core sqlx-postgres sqlx-sqlite libsqlite3-sys musicpark-store musicpark-park"
)

# tree PACKAGE [OPTION...]: the names of what it is built from, without itself.
tree() {
  local package=$1
  shift
  cargo tree --locked --package "$package" --edges normal,build --prefix none --no-dedupe --format '{p}' "$@" |
    tail -n +2 | cut -d' ' -f1 | sort -u
}

check_directions() {
  local package used forbidden wrong=0 names
  for package in "${!may_use[@]}"; do
    names=$(tree "$package" --depth 1) || return 1
    for used in $(grep '^musicpark' <<<"$names"); do
      if [[ " ${may_use[$package]} " != *" $used "* ]]; then
        printf '%s must not depend on %s\n' "$package" "$used"
        wrong=1
      fi
    done
  done
  for package in "${!never_reaches[@]}"; do
    names=$(tree "$package") || return 1
    for forbidden in ${never_reaches[$package]}; do
      if grep -qx "$forbidden" <<<"$names"; then
        printf '%s must not reach %s; here is how it does:\n' "$package" "$forbidden"
        cargo tree --locked --package "$package" --edges normal,build --invert "$forbidden"
        wrong=1
      fi
    done
  done
  return "$wrong"
}
