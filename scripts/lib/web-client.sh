# Installs and builds the web client, each only when what it is made from has changed.

web_client=$root/web-client
packages_stamp=$web_client/node_modules/.musicpark-packages
build_stamp=$web_client/node_modules/.musicpark-build

hash_of_packages() {
  sha256sum "$web_client/package-lock.json" | cut -d' ' -f1
}

hash_of_sources() {
  (
    cd "$web_client"
    find . \( -path ./node_modules -o -path ./dist \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  ) | sha256sum | cut -d' ' -f1
}

web_client_packages() {
  [[ -f $web_client/package-lock.json ]] || fail "$web_client/package-lock.json is missing: this is not a whole checkout."
  local wanted
  wanted=$(hash_of_packages)
  [[ -f $packages_stamp && $(<"$packages_stamp") == "$wanted" ]] && return 0
  say "installing the web client's packages"
  run npm --prefix "$web_client" ci --no-audit --no-fund --loglevel=error >&2 || return
  printf '%s\n' "$wanted" >"$packages_stamp"
}

web_client_build() {
  local wanted
  wanted=$(hash_of_sources)
  [[ -f $web_client/dist/index.html && -f $build_stamp && $(<"$build_stamp") == "$wanted" ]] && return 0
  say "building the web client"
  run npm --prefix "$web_client" run build >&2 || return
  printf '%s\n' "$wanted" >"$build_stamp"
}
