# The park's own services (web-1, gateway-2, worker-1, ...), and the proxy in front of them.

listens() {
  grep -q '^listening http' "$folder/$1.out"
}

is_ready() {
  "$root/deploy/healthy" "http://${address_of[$1]}/health/ready"
}

launch_service() {
  local name=$1 kind=${1%-*} who setting words variables=()
  for who in "$kind" "$name"; do
    for setting in "${set_for[@]}"; do
      [[ $setting != "$who:"* ]] || variables+=("${setting#*:}")
    done
  done
  read -ra words <<<"${command_of[$kind]}"
  MUSICPARK_ADDR=${address_of[$name]} MUSICPARK_METRICS_ADDR=127.0.0.1:0 MUSICPARK_DATA=$folder/data \
    MUSICPARK_TRUSTED_PROXIES=${MUSICPARK_TRUSTED_PROXIES-127.0.0.1} \
    launch "$name" env -- "${variables[@]}" "${path_of[${words[0]}]}" "${words[@]:1}"
}

await_service() {
  wait_until "$1" 60 "printed where it listens" listens "$1" &&
    announce "$1" "$(sed -n 's/^listening //p' "$folder/$1.out" | head -n 1)"
}

await_ready() {
  wait_until "$1" 60 "become ready" is_ready "$1"
}

# The servers behind the proxy, in the words of deploy/haproxy/servers.compose.cfg.
write_servers() {
  local kind name
  for kind in web gateway; do
    printf 'backend %s from %s\n' "$kind" "$kind"
    for name in "${names[@]}"; do
      [[ $name != "$kind"-* ]] || printf '    server %s %s\n' "$name" "${address_of[$name]}"
    done
    printf '\n'
  done >"$folder/servers.cfg"
}

# One master and its worker (-W): a reload starts a new worker, and the old one keeps its websockets until they end.
start_proxy() {
  [[ -f $folder/servers.cfg ]] || write_servers
  PARK_BIND=${address_of[proxy]} launch proxy haproxy -W -db -f "$root/deploy/haproxy/park.cfg" -f "$folder/servers.cfg"
  wait_until proxy 60 "answered for a web server" is_ready proxy && announce proxy "http://${address_of[proxy]}"
}

times_loaded() {
  grep -c 'Loading success' "$logs/proxy.log" || true
}

has_loaded_since() {
  (($(times_loaded) > $1))
}

# Has the proxy read anew who is behind it.
teach_proxy() {
  alive proxy || return 0
  local before
  before=$(times_loaded)
  write_servers
  kill -USR2 "${pid_of[proxy]}"
  wait_until proxy 30 "read its servers anew" has_loaded_since "$before"
}
