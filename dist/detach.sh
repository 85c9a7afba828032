# The few lines that go over the channel: they start a program apart from the connection and follow what it prints.

# detach FOLDER PROGRAM: the program travels on stdin here too, so no argument list and no file ever holds it. A bake's
# watcher inherits its lock.
# What an earlier program left in the folder would pass for this one's end.
detach() {
  rm -rf "$1"
  mkdir -p "$1"
  : >"$1/out"
  (printf '%s' "$2" | setsid sh >"$1/out" 2>&1 9>&- &)
}

# follow FOLDER: prints all it printed so far and what comes, ends with its status; 255 where it was killed.
follow() {
  kw_tries=0
  while [ ! -s "$1/pid" ]; do
    kw_tries=$((kw_tries + 1))
    [ "$kw_tries" -lt 500 ] || exit 254
    sleep 0.02
  done
  tail -n +1 -s 0.05 -f --pid="$(cat "$1/pid")" "$1/out"
  [ -s "$1/status" ] || exit 255
  exit "$(cat "$1/status")"
}

# start_and_follow FOLDER PROGRAM
start_and_follow() {
  umask 077
  detach "$1" "$2"
  follow "$1"
}
