# A command that runs once, to its end, in a service's image and with its settings: a migration.

# runtime_once SLOT NAME SECONDS SERVICE [KEY=VALUE…] -- COMMAND…: runs apart from the connection, so that a lost one
# does not cut it in half; its exit status is known from Docker.
runtime_once() {
  compose_volumes "$1"
  compose_open_files "$1"
  kw_slot=$1 kw_name=$(compose_parts "$1" app)-$2 kw_what=$2 kw_seconds=$3 kw_service=$4-$1
  shift 4
  compose_once_alone
  compose_once_start "$@"
  kw_until=$(($(date +%s) + kw_seconds))
  timeout -k 5 "$kw_seconds" docker logs -f "$kw_name" </dev/null 2>&1 || :
  # What it printed may end before it does.
  kw_left=$((kw_until - $(date +%s)))
  [ "$kw_left" -gt 0 ] || kw_left=1
  timeout -k 5 "$kw_left" docker wait "$kw_name" >/dev/null 2>&1 </dev/null || :
  compose_once_end
}

# A container of that name from an earlier run: still at work, or only its remains.
compose_once_alone() {
  case "$(docker inspect --format '{{.State.Status}}' "$kw_name" 2>/dev/null </dev/null || :)" in
    '') ;;
    running | paused | restarting)
      refuse once-running "$kw_what of an earlier run is still going on: wait for it (docker logs -f $kw_name), or end it (docker stop $kw_name)"
      ;;
    *) docker rm "$kw_name" >/dev/null </dev/null ;;
  esac
}

# compose_once_start [KEY=VALUE…] -- COMMAND…: options come before the service, the command after it.
compose_once_start() {
  kw_count=$#
  kw_command=
  while [ "$kw_count" -gt 0 ]; do
    kw_word=$1
    shift
    kw_count=$((kw_count - 1))
    if [ -z "$kw_command" ] && [ "$kw_word" = -- ]; then
      kw_command=yes
      set -- "$@" "$kw_service"
    elif [ -z "$kw_command" ]; then
      set -- "$@" -e "$kw_word"
    else
      set -- "$@" "$kw_word"
    fi
  done
  compose_call 600 "$kw_slot" "$kw_slot" run -d -T --interactive=false --no-deps --name "$kw_name" "$@" >/dev/null ||
    refuse once-start "$kw_what could not be started; the lines above say why"
}

compose_once_end() {
  kw_state=$(docker inspect --format '{{.State.Running}} {{.State.ExitCode}} {{.State.OOMKilled}}' "$kw_name" </dev/null)
  case "$kw_state" in
    true*)
      docker stop "$kw_name" >/dev/null </dev/null
      docker rm "$kw_name" >/dev/null </dev/null
      fail timeout "$kw_what was stopped after $kw_seconds s"
      ;;
  esac
  docker rm "$kw_name" >/dev/null </dev/null
  case "$kw_state" in
    'false 0 '*) ;;
    *true) fail once-failed "$kw_what was killed: the host is out of memory, or its limit is too low" ;;
    *)
      kw_state=${kw_state#false }
      fail once-failed "$kw_what ended with status ${kw_state%% *}; its last lines above say why"
      ;;
  esac
}
