# Installs the packages of one folder's package-lock.json, only when that has changed.

# npm_packages FOLDER WHAT: WHAT says whose packages they are.
npm_packages() {
  local folder=$1 what=$2 stamp=$1/node_modules/.musicpark-packages wanted
  [[ -f $folder/package-lock.json ]] || fail "$folder/package-lock.json is missing: this is not a whole checkout."
  wanted=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
  [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && return 0
  say "installing $what"
  run npm --prefix "$folder" ci --no-audit --no-fund --loglevel=error >&2 || return
  printf '%s\n' "$wanted" >"$stamp"
}
