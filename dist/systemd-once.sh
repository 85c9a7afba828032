# A command that runs once, to its end, with a service's settings: a migration. It is a unit of its own, so it goes on
# when the connection is lost, can be found, and ends with all it started.

# runtime_once SLOT NAME SECONDS SERVICE [KEY=VALUE…] -- COMMAND…
runtime_once() {
  kw_slot=$1 kw_what=$2 kw_seconds=$3 kw_service=$4
  kw_in=$(systemd_parts "$1" scope)
  shift 4
  systemd_once_alone
  # Half of it, or nothing, would end well too.
  systemd_once_script "$@" || refuse once-start "$kw_what was not started: its command could not be written to $kw_base; is the disk full?"
  kw_unit=$(systemd_parts "$kw_slot" app)-once-$kw_slot.service kw_status=0 kw_once_began=$(date +%s)
  systemd_once_run || kw_status=$?
  case "$kw_status" in
    0) return ;;
    124 | 137) [ "$(date +%s)" -lt $((kw_once_began + kw_seconds)) ] || fail timeout "$kw_what was stopped after $kw_seconds s" ;;
  esac
  fail once-failed "$kw_what ended with status $kw_status; its last lines above say why"
}

# One of an earlier run, in either slot, whatever it was for.
systemd_once_alone() {
  for kw_other in blue green; do
    kw_unit=$(systemd_parts "$kw_slot" app)-once-$kw_other.service
    kw_state=$(systemd_ask "$kw_in" show -p ActiveState "$kw_unit")
    case "$kw_state" in
      ActiveState=active | ActiveState=activating | ActiveState=deactivating)
        refuse once-running "$(sed -n '1s/^# //p' "$kw_base/slots/$kw_other/once") of an earlier run is still going on: wait for it, or end $kw_unit with systemctl stop"
        ;;
    esac
  done
  [ "$kw_in" = user ] || sudo -n -l systemctl stop "$kw_unit" >/dev/null 2>&1 </dev/null ||
    refuse once-start "sudo does not let $(id -un) run $kw_what; run setup-host again"
}

systemd_quote() { printf '%s\n' "$1" | sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/'/"; }

# systemd_once_script [KEY=VALUE…] -- COMMAND…: into a file, since systemd takes dollars and percents in arguments for its
# own, and sudo compares every word. The time limit is there too: it holds when nobody waits any more.
systemd_once_script() {
  put "$kw_base/slots/$kw_slot/once" 0640 "$(
    printf '# %s\n' "$kw_what"
    while [ "$1" != -- ]; do
      printf 'export %s=%s\n' "${1%%=*}" "$(systemd_quote "${1#*=}")"
      shift
    done
    shift
    printf 'exec timeout -k 10 %s /bin/sh %s %s' "$kw_seconds" "$(systemd_quote "$kw_base/slots/$kw_slot/release/run/$kw_service")" "$kw_slot"
    for kw_word in "$@"; do printf ' %s' "$(systemd_quote "$kw_word")"; done
  )
"
}

# systemd_once_run: what it prints goes where ours goes. The words are the ones that systemd-units.ts gives to sudo.
systemd_once_run() {
  kw_place=$kw_base/slots/$kw_slot
  set -- --quiet --collect --wait --pipe "--unit=$kw_unit" "--property=WorkingDirectory=$kw_place/release/files" \
    "--property=EnvironmentFile=$kw_place/release/environment"
  kw_as=$(systemd_parts "$kw_slot" user)
  case "$kw_in" in
    user) set -- "$@" --property=UMask=0027 ;;
    *) set -- "$@" "--property=User=$kw_as" --property=UMask=0007 ;;
  esac
  set -- "$@" --property=KillMode=mixed --property=TimeoutStopSec=10 \
    --property=NoNewPrivileges=yes /bin/sh "$kw_place/once"
  case "$kw_in" in
    user) systemd_user systemd-run --user "$@" ;;
    *) sudo -n systemd-run "$@" </dev/null ;;
  esac
}
