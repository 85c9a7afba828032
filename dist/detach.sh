# The few lines that go over the channel: they start a program apart from the connection and follow what it prints.

# process_mark PID: when it began. After a reboot another process may have its number, but not its mark.
process_mark() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# detach FOLDER PROGRAM: once for each folder, so that whoever lost the connection sends it again and finds it begun.
# The program travels on stdin here too, so no argument list and no file ever holds it. A bake's watcher inherits its
# lock.
detach() {
  mkdir -p "${1%/*}"
  [ ! -d "$1" ] || return 0
  (umask 077 && mkdir "$1" && : >"$1/out") || exit 73
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
  read -r kw_pid kw_mark <"$1/pid"
  if [ "$(process_mark "$kw_pid")" = "$kw_mark" ]; then
    tail -n +1 -s 0.05 -f --pid="$kw_pid" "$1/out"
  else
    cat "$1/out"
  fi
  [ -s "$1/status" ] || exit 255
  exit "$(cat "$1/status")"
}

# start_and_follow FOLDER PROGRAM
start_and_follow() {
  umask 077
  detach "$1" "$2"
  follow "$1"
}
