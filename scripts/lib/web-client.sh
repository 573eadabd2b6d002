# Installs and builds the web client, each only when what it is made from has changed.

source "$root/scripts/lib/npm.sh"

web_client=$root/web-client
build_stamp=$web_client/node_modules/.musicpark-build

hash_of_sources() {
  (
    cd "$web_client"
    find . \( -path ./node_modules -o -path ./dist \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  ) | sha256sum | cut -d' ' -f1
}

web_client_packages() {
  npm_packages "$web_client" "the web client's packages"
}

web_client_build() {
  local wanted
  wanted=$(hash_of_sources)
  [[ -f $web_client/dist/index.html && -f $build_stamp && $(<"$build_stamp") == "$wanted" ]] && return 0
  say "building the web client"
  run npm --prefix "$web_client" run build >&2 || return
  printf '%s\n' "$wanted" >"$build_stamp"
}
