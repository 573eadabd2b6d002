# Free ports on loopback for everything in the stack.
#
# They lie below the range that outgoing connections take theirs from (32768 and up): whoever was killed finds its port free
# when it is started again. Stacks that start at the same time take theirs from different slots of that range: each holds the
# lock of its slot, and so do its children, for as long as they live.

readonly slot_size=50 slots=400 first_port=10000

# claim_ports N: sets `ports` to N free ports.
claim_ports() {
  local locks tries slot lock
  ((${1} <= slot_size)) || fail "A stack has at most $slot_size processes."
  locks=${TMPDIR:-/tmp}/musicpark-ports-$UID
  mkdir -p "$locks"
  for ((tries = 0; tries < slots; tries++)); do
    slot=$((RANDOM % slots))
    exec {lock}>"$locks/$slot"
    if flock -n "$lock"; then
      mapfile -t ports < <(free_ports $((first_port + slot * slot_size)) "$1")
      ((${#ports[@]} < $1)) || return 0
    fi
    exec {lock}>&-
  done
  fail "There are no free ports on 127.0.0.1 from $first_port up. End what holds them."
}

# free_ports FIRST N: up to N ports of the slot that begins at FIRST which nobody listens on.
free_ports() {
  node -e '
    const net = require("node:net");
    const [first, wanted, size] = process.argv.slice(1).map(Number);
    const isFree = (port) => new Promise((resolve) => {
      const server = net.createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    (async () => {
      const free = [];
      for (let port = first; port < first + size && free.length < wanted; port++) if (await isFree(port)) free.push(port);
      console.log(free.join("\n"));
    })();
  ' "$1" "$2" "$slot_size"
}
