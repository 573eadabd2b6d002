# How soon the page is there, heard and what it weighs, and what a frame of the scene costs, in a real Chromium on the built park.

# shellcheck disable=SC2034 # Read by name.
about_page="first paint, live button, music after the press, bytes to the first sound, script a frame"

bench_page() {
  local program
  (($# == 0)) || fail "The benchmark of the page takes no '$1'."
  command -v chromium >/dev/null || need_packages chromium
  web_client_packages || fail "The web client's packages could not be installed (above)."
  web_client_build || fail "The web client could not be built (above)."
  say "building the park"
  build_binaries "$profile" --package musicpark >"$scratch/binaries" || fail "The park could not be built (above)."
  program=$(sed -n 's/^musicpark //p' "$scratch/binaries")
  run node web-client/scripts/bench-page.mjs "$program" || fail "The page could not be measured (above)."
}
