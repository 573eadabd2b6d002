# Finds the toolchains a person brings along (Rust, Node.js), and the programs that cargo has built.

need_cargo() {
  # A fresh rustup has not touched the running shell's PATH yet.
  if ! command -v cargo >/dev/null && [[ -x ${CARGO_HOME:-$HOME/.cargo}/bin/cargo ]]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    export PATH
  fi
  command -v cargo >/dev/null ||
    fail "Rust is missing: there is no 'cargo' on the PATH. Install Rust (rustup.rs), then run this again."
}

need_node() {
  command -v node >/dev/null && command -v npm >/dev/null ||
    fail "Node.js is missing: 'node' and 'npm' must be on the PATH. Install Node.js 20.19 or newer (nodejs.org), then run this again."
  node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
  ' || fail "Node.js $(node --version) is too old: the web client's build needs 20.19 or newer."
}

# executables <MESSAGES: from the output of `cargo build --message-format=json-render-diagnostics`, one "NAME PATH" a line.
executables() {
  node -e '
    for (const line of require("node:fs").readFileSync(0, "utf8").split("\n")) {
      if (!line.startsWith("{")) continue;
      const message = JSON.parse(line);
      if (message.reason === "compiler-artifact" && message.executable && message.target.kind.includes("bin") && !message.profile.test)
        console.log(message.target.name, message.executable);
    }
  '
}

# build_binaries PROFILE SELECTION...: builds the programs that cargo's options select, and prints "NAME PATH" for each.
build_binaries() {
  local profile=$1
  shift
  run cargo build --manifest-path "$root/Cargo.toml" --profile "$profile" "$@" --bins \
    --message-format=json-render-diagnostics >"$scratch/messages" || return
  executables <"$scratch/messages"
}

# built_binaries PROFILE NAME...: the same lines for programs that were built before; fails when one is not there.
built_binaries() {
  local profile=$1 folder name
  shift
  folder=$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version 1 |
    node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).target_directory')
  [[ $profile == dev ]] && folder+=/debug || folder+=/$profile
  for name in "$@"; do
    if [[ ! -x $folder/$name ]]; then
      say "$folder/$name is missing: build it first, or leave --no-build away."
      return 1
    fi
    printf '%s %s\n' "$name" "$folder/$name"
  done
}
