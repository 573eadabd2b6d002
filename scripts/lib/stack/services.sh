# The park's own services (web-1, gateway-2, worker-1, ...), and the proxy in front of them.

listens() {
  grep -q '^listening http' "$folder/$1.out"
}

is_ready() {
  "$root/deploy/healthy" "http://${address_of[$1]}/health/ready"
}

launch_service() {
  local name=$1 kind=${1%-*}
  MUSICPARK_ADDR=${address_of[$name]} MUSICPARK_METRICS_ADDR=127.0.0.1:0 MUSICPARK_DATA=$folder/data \
    MUSICPARK_TRUSTED_PROXIES=${MUSICPARK_TRUSTED_PROXIES-127.0.0.1} \
    launch "$name" "${program_of[$kind]}"
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

start_proxy() {
  [[ -f $folder/servers.cfg ]] || write_servers
  PARK_BIND=${address_of[proxy]} launch proxy haproxy -db -f "$root/deploy/haproxy/park.cfg" -f "$folder/servers.cfg"
  wait_until proxy 60 "answered for a web server" is_ready proxy && announce proxy "http://${address_of[proxy]}"
}
