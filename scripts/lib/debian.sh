# Installs Debian packages that are missing; starts none of the services that come with them.

# HAProxy is there, where only root's PATH looks.
PATH=$PATH:/usr/sbin

# need_packages PACKAGE...: as root or with a sudo that asks nothing; otherwise says the command and fails.
need_packages() {
  (($# > 0)) || return 0
  local command="apt-get update && apt-get install -y --no-install-recommends $*"
  command -v apt-get >/dev/null ||
    fail "This machine lacks what Debian's packages $* provide, and has no apt-get. Install the same programs in its own way."
  local as_root=()
  if [[ $EUID != 0 ]]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
      fail "Missing Debian packages: $*. Install them as root, then run this again:
  sudo sh -c '$command'"
    as_root=(sudo -n)
  fi
  say "installing Debian packages: $*"
  # The services of these packages are run privately by the tests: the machine's own ones stay as they are, new ones stay
  # stopped. A policy that is there already is the machine's business.
  # shellcheck disable=SC2016 # The inner shell expands these, as root.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c '
    set -e
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      trap "rm -f $policy" EXIT
      trap "exit 130" INT
      trap "exit 143" TERM
      printf "#!/bin/sh\n# Put here by Music Park during one apt-get install.\nexit 101\n" >"$policy"
      chmod 755 "$policy"
    fi
    apt-get -o DPkg::Lock::Timeout=300 update >&2
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >&2
  ' sh "$@" </dev/null || fail "Installing $* failed (above). The command was: $command"
}

# A bare Rust installation has no C compiler, which SQLite and the cryptography are built with.
need_c_compiler() {
  command -v cc >/dev/null || need_packages build-essential
}

# The newest of the installed Postgres servers; its programs are not on Debian's PATH.
postgres_programs() {
  local folder
  folder=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  if [[ -z $folder ]] && command -v initdb >/dev/null; then folder=$(dirname "$(command -v initdb)"); fi
  [[ -n $folder ]] && printf '%s\n' "$folder"
}
