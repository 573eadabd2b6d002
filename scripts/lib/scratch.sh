# A folder for what a script keeps only while it runs.

scratch=$(mktemp -d -t musicpark.XXXXXX)

discard_scratch() {
  rm -rf "$scratch"
}
trap discard_scratch EXIT
