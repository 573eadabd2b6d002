# Messages through Redis: cipher beside rapt-cipher, and beside Redis without either, on a Redis of this benchmark's own.

# shellcheck source=scripts/lib/stack/ports.sh
source "$root/scripts/lib/stack/ports.sh"
# shellcheck source=scripts/lib/npm.sh
source "$root/scripts/lib/npm.sh"

# shellcheck disable=SC2034 # Read by name.
about_cipher="transmit, broadcast, topics, requests; dead nodes and outages; beside rapt-cipher and raw Redis (--quick)"

bench_cipher() {
  local program quick=
  case "$*" in
    "") ;;
    --quick) quick=yes ;;
    *)
      say "scripts/bench cipher [--quick]

Prints medians of three rounds, in about ten minutes; --quick: of fewer things and for shorter, in about one.
Names are SYSTEM.OPERATION.SIZE[.RECEIVERS].FIGURE. Throughput counts handled messages (with several receivers each delivery); p50 and
p99 are of a lone message until it was handled; client_cpu (sender and receivers together) and redis_cpu are for a million messages."
      [[ $* == -h || $* == --help ]] && return 0
      fail "There is no '$*'."
      ;;
  esac
  if ! command -v redis-server >/dev/null || ! command -v redis-benchmark >/dev/null; then need_packages redis-server; fi
  npm_packages "$root/crates/cipher/tests/rapt" "rapt-cipher" || fail "rapt-cipher could not be installed (above)."
  # shellcheck disable=SC2154 # The profile is scripts/bench's.
  build_binaries "$profile" --package musicpark-cipher --features cli >"$scratch/binaries" ||
    fail "cipher could not be built (above)."
  program=$(sed -n 's/^cipher //p' "$scratch/binaries")
  start_bench_redis
  local rapt seconds=1 sizes=(--bytes "100,1024,16384" --nodes "1,4,16" --subscribers "1,4,16,50")
  if [[ -n $quick ]]; then seconds=0.4 sizes=(--bytes 100 --nodes 1 --subscribers "1,50"); fi
  rapt="cd '$root/crates/cipher/tests/rapt' && node --no-warnings bench.js $redis_port 100"
  # rapt-cipher with as few messages under way as it likes best, and with as many as the others have.
  run "$program" --redis "redis://127.0.0.1:$redis_port" bench \
    transmit broadcast request publish pubsub dead-node outage "${sizes[@]}" --seconds "$seconds" --rounds 3 \
    --beside "printf 'rapt-cipher.transmit.100B.throughput %s messages/s\n' \$($rapt 64 $seconds)" \
    --beside "printf 'rapt-cipher.transmit.100B.1024inflight.throughput %s messages/s\n' \$($rapt 1024 $seconds)" \
    --beside "$(redis_benchmark rpush RPUSH)" --beside "$(redis_benchmark publish PUBLISH)" \
    --stop-with "redis-cli -p $redis_port shutdown nosave" >"$scratch/figures" ||
    fail "cipher could not be measured (above)."
  cat "$scratch/figures"
  judge_cipher <"$scratch/figures" >&2
}

# start_bench_redis: in memory alone, and started again two seconds after it ends. It ends with this script.
start_bench_redis() {
  local deadline=$((SECONDS + 10))
  claim_ports 1
  redis_port=${ports[0]}
  mkdir "$scratch/redis"
  # shellcheck disable=SC2016 # The inner shell expands these.
  setsid setpriv --pdeathsig KILL -- bash -c '
    while :; do
      setpriv --pdeathsig KILL -- redis-server --bind 127.0.0.1 --port "$1" --dir "$2" --save "" --appendonly no --maxmemory-policy noeviction
      sleep 2
    done
  ' bash "$redis_port" "$scratch/redis" </dev/null >"$scratch/redis.log" 2>&1 &
  until [[ $(redis-cli -p "$redis_port" ping 2>/dev/null) == PONG ]]; do
    ((SECONDS < deadline)) || { tail -n 20 "$scratch/redis.log" >&2; fail "redis-server did not start (above)."; }
    sleep 0.05
  done
}

# redis_benchmark NAME COMMAND: prints a shell command that prints how often Redis does COMMAND with 100 bytes for one client
# that pipelines by 16. Nobody takes or listens: it is what the server alone can do.
redis_benchmark() {
  local bytes
  bytes=$(printf 'x%.0s' {1..100})
  printf "redis-benchmark -p %s -c 1 -P 16 -n 200000 --csv %s bench '%s' |" "$redis_port" "$2" "$bytes"
  printf " tail -n 1 | cut -d, -f2 | tr -d '\"' | sed 's|.*|redis-benchmark.%s.100B.throughput & messages/s|'" "$1"
  printf '; redis-cli -p %s del bench >/dev/null' "$redis_port"
}

# What is promised, from the lines of figures: a line each with the value, the target and whether it is reached.
judge_cipher() {
  awk '
    { value[$1] = $2 }
    function judge(what, is, sign, target, unit) {
      # A figure that never came keeps no promise.
      if (is <= 0) {
        printf "%-34s %8s     target %s %s %s  NOT MEASURED\n", what, "-", sign, target, unit
        return
      }
      printf "%-34s %8.2f %-2s  target %s %s %s  %s\n", what, is, unit, sign, target, unit,
        ((sign == "at least") == (is > target) || is == target) ? "reached" : "MISSED"
    }
    function ratio(a, b) { return value[b] > 0 ? value[a] / value[b] : 0 }
    END {
      judge("transmit over rapt-cipher", ratio("cipher.transmit.100B.throughput", "rapt-cipher.transmit.100B.throughput"), "at least", 20, "x")
      judge("publish to 1 over bare pub/sub", 100 * ratio("cipher.publish.100B.1sub.throughput", "redis.pubsub.100B.1sub.throughput"), "at least", 70, "%")
      judge("publish to 50 over bare pub/sub", 100 * ratio("cipher.publish.100B.50sub.throughput", "redis.pubsub.100B.50sub.throughput"), "at least", 70, "%")
      judge("a lone transmit, p99", value["cipher.transmit.100B.p99"], "at most", 1, "ms")
      judge("a lone publish, p99", value["cipher.publish.100B.1sub.p99"], "at most", 1, "ms")
      judge("a dead node is noticed", value["cipher.dead_node.noticed"], "at most", 3.5, "s")
      judge("deliveries after Redis is back", value["cipher.redis_back.first_delivery"], "at most", 1, "s")
    }
  '
}
