# Services under systemd, each as APP-SERVICE@SLOT.service. What a release consists of lies in its folder: files/ (its
# files), venv, environment, run/SERVICE (starts it), units/SERVICE (its unit), and systemd.parts (lines of words with
# tabs between them: app, release, version, scope, user, mark, web, worker).

systemd_folder() { printf '%s' "$kw_base/slots/$1/release"; }

# systemd_parts SLOT KIND [SORT]: the second words of that kind, one a line.
systemd_parts() {
  awk -F '\t' -v kind="$2" -v sort="${3:-}" '$1 == kind && (sort == "" || $3 == sort) { print $2 }' \
    "$(systemd_folder "$1")/systemd.parts"
}

# systemd_has_release SLOT: an empty slot has nothing to stop or to tell.
systemd_has_release() { [ -f "$(systemd_folder "$1")/systemd.parts" ]; }

# systemd_unit SLOT SERVICE
systemd_unit() { printf '%s-%s@%s.service' "$(systemd_parts "$1" app)" "$2" "$1"; }

# systemd_units SLOT KIND
systemd_units() {
  kw_prefix=$(systemd_parts "$1" app)
  systemd_parts "$1" "$2" | sed "s/^/$kw_prefix-/; s/\$/@$1.service/"
}

# The deploy user's own manager; a login over SSH does not always say where it is.
systemd_users() { printf '%s' "${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"; }
systemd_user() {
  XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" "$@" </dev/null
}

# systemd_ask SCOPE WORD…: to read.
systemd_ask() {
  kw_scope=$1
  shift
  case "$kw_scope" in
    user) systemd_user systemctl --user "$@" ;;
    *) systemctl "$@" </dev/null ;;
  esac
}

# systemd_do SCOPE VERB UNIT: to change; exactly the words that the sudoers file has.
systemd_do() {
  case "$1" in
    user) systemd_user systemctl --user "$2" "$3" ;;
    *) sudo -n systemctl "$2" "$3" </dev/null ;;
  esac
}

# systemd_installed SCOPE SLOT: units of the app that are there for the slot, also those that its release no longer has.
systemd_installed() {
  kw_mark=$(systemd_parts "$2" mark)
  case "$1" in
    user) grep -lsxF -e "$kw_mark" "$(systemd_users)"/*"@$2.service" | sed 's|.*/||' ;;
    *) grep -lsxF -e "$kw_mark" /etc/systemd/system/*@.service | sed "s|.*/||; s/@\.service\$/@$2.service/" ;;
  esac
}

# systemd_at_work SCOPE SLOT: of these the ones that run, have failed, or come up after a reboot.
systemd_at_work() {
  for kw_unit in $(systemd_installed "$1" "$2"); do
    kw_state=$(systemd_ask "$1" show -p ActiveState -p UnitFileState "$kw_unit" | sort | tr '\n' ' ')
    [ "$kw_state" = 'ActiveState=inactive UnitFileState=disabled ' ] || printf '%s\n' "$kw_unit"
  done
}

# systemd_quietly SCOPE VERB UNIT: without the lines about links that are made or removed.
systemd_quietly() {
  kw_said=$(systemd_do "$@" 2>&1) || {
    note "$kw_said"
    return 1
  }
}

# systemd_end SCOPE UNIT: not after a reboot either.
systemd_end() {
  systemd_quietly "$1" disable "$2" || fail systemd "systemd did not disable $2; the lines above say why"
  systemd_do "$1" stop "$2" || fail systemd "systemd did not stop $2; the lines above say why"
}

# systemd_clear SLOT: all of the app ends in the slot, in whichever scope an earlier release ran.
systemd_clear() {
  for kw_in in user system; do
    for kw_each in $(systemd_at_work "$kw_in" "$1"); do
      systemd_end "$kw_in" "$kw_each"
      systemd_do "$kw_in" reset-failed "$kw_each" >/dev/null 2>&1 || :
    done
  done
}

# systemd_install SLOT: the units of the slot's release, for this slot only: what runs in the other one keeps its own.
systemd_install() {
  [ "$(systemd_parts "$1" scope)" = user ] || return 0
  kw_users=$(systemd_users) kw_mark=$(systemd_parts "$1" mark)
  (umask 022 && mkdir -p "$kw_users")
  for kw_old in $(systemd_installed user "$1"); do rm -f "$kw_users/$kw_old"; done
  for kw_service in $(systemd_parts "$1" web) $(systemd_parts "$1" worker); do
    kw_unit=$(systemd_unit "$1" "$kw_service")
    [ ! -e "$kw_users/$kw_unit" ] || fail unit-taken "$kw_users/$kw_unit belongs to something else"
    cp "$(systemd_folder "$1")/units/$kw_service" "$kw_users/$kw_unit.part"
    chmod 0644 "$kw_users/$kw_unit.part"
    sync "$kw_users/$kw_unit.part"
    mv -f "$kw_users/$kw_unit.part" "$kw_users/$kw_unit"
  done
  systemd_ask user daemon-reload
}

# systemd_up SLOT UNIT
systemd_up() {
  systemd_do "$(systemd_parts "$1" scope)" start "$2" ||
    {
      runtime_logs "$1" 20
      fail start "systemd could not start $2; the lines above say why"
    }
}

runtime_start() {
  refuse_live "$1"
  systemd_clear "$1"
  systemd_install "$1"
  put "$kw_base/slots/$1/since" 0640 "$(date +%s)"
  for kw_start in $(systemd_units "$1" web); do systemd_up "$1" "$kw_start"; done
}

# systemd_enable SLOT UNIT
systemd_enable() {
  systemd_quietly "$(systemd_parts "$1" scope)" enable "$2" ||
    fail systemd "systemd could not enable $2, so it would be missing after a reboot; the lines above say why"
}

# systemd_sync: the links that say what comes up after a reboot have to be there after a power cut too.
systemd_sync() { sync -f "$HOME" /etc/systemd/system; }

# runtime_arm SLOT: its web services come up after a reboot from now on.
runtime_arm() {
  for kw_start in $(systemd_units "$1" web); do systemd_enable "$1" "$kw_start"; done
  systemd_sync
}

# runtime_disarm SLOT
runtime_disarm() {
  systemd_has_release "$1" || return 0
  for kw_start in $(systemd_units "$1" web); do
    systemd_quietly "$(systemd_parts "$1" scope)" disable "$kw_start" || note "$kw_start stays enabled"
  done
  systemd_sync
}

runtime_start_workers() {
  for kw_start in $(systemd_units "$1" worker); do
    systemd_enable "$1" "$kw_start"
    systemd_up "$1" "$kw_start"
  done
  systemd_sync
}

# systemd_stop_workers SLOT singleton|several: a release that was never started in the slot may have no units there.
systemd_stop_workers() {
  systemd_has_release "$1" || return 0
  kw_prefix=$(systemd_parts "$1" app) kw_in=$(systemd_parts "$1" scope)
  for kw_each in $(systemd_parts "$1" worker "$2"); do
    kw_unit=$kw_prefix-$kw_each@$1.service
    kw_state=$(systemd_ask "$kw_in" show -p ActiveState -p LoadState "$kw_unit" | sort | tr '\n' ' ')
    [ "$kw_state" = 'ActiveState=inactive LoadState=not-found ' ] || systemd_end "$kw_in" "$kw_unit"
  done
}

runtime_stop_workers() {
  systemd_stop_workers "$1" singleton
  systemd_stop_workers "$1" several
}

# runtime_workers_back SLOT OTHER: workers of SLOT take over from those of OTHER; of those that must not run twice the old
# one ends first, of the others the new one is there first.
runtime_workers_back() {
  systemd_stop_workers "$2" singleton
  runtime_start_workers "$1"
  systemd_stop_workers "$2" several
}

runtime_stop() {
  refuse_live "$1"
  ! systemd_has_release "$1" || systemd_clear "$1"
}

# runtime_remove SLOT: units too, where they are the deploy user's.
runtime_remove() {
  runtime_stop "$1"
  systemd_has_release "$1" || return 0
  for kw_old in $(systemd_installed user "$1"); do rm -f "$(systemd_users)/$kw_old"; done
  systemd_ask user daemon-reload 2>/dev/null || :
}

# runtime_logs SLOT LINES: since the slot's release was started.
runtime_logs() {
  systemd_has_release "$1" || return 0
  case "$(systemd_parts "$1" scope)" in user) kw_field=--user-unit ;; *) kw_field=--unit ;; esac
  kw_since=$(cat "$kw_base/slots/$1/since" 2>/dev/null || printf 0)
  for kw_service in $(systemd_parts "$1" web) $(systemd_parts "$1" worker); do
    journalctl -q --no-pager -o cat -n "$2" --since "@$kw_since" "$kw_field=$(systemd_unit "$1" "$kw_service")" 2>&1 </dev/null |
      cut -b 1-2000 | sed "s/^/$kw_service | /"
  done
}

# systemd_asked_for SLOT: its scope, the app, and all its units, on one line.
systemd_asked_for() {
  awk -F '\t' -v slot="@$1.service" '
    $1 == "scope" || $1 == "app" { is[$1] = $2 }
    $1 == "web" || $1 == "worker" { name[++n] = $2 }
    END {
      printf "%s %s", is["scope"], is["app"]
      for (i = 1; i <= n; i++) printf " %s-%s%s", is["app"], name[i], slot
    }' "$(systemd_folder "$1")/systemd.parts"
}

# systemd_states SLOT: one line for each service, words without spaces:
# service, kind, state, sub-state, restarts, result, exit status, bytes of memory (or null).
systemd_states() {
  read -r kw_in kw_app_name kw_all <<UNITS
$(systemd_asked_for "$1")
UNITS
  # shellcheck disable=SC2086 # names without spaces
  kw_shown=$(systemd_ask "$kw_in" show -p Id -p ActiveState -p SubState -p NRestarts -p Result -p ExecMainStatus \
    -p MemoryCurrent $kw_all) || return 1
  printf '%s\n' "$kw_shown" | awk -v parts="$(systemd_folder "$1")/systemd.parts" -v app="$kw_app_name-" -v slot="@$1.service" '
    BEGIN {
      while ((getline line < parts) > 0) { split(line, word, "\t"); kind[word[2]] = word[1] }
      RS = ""; FS = "\n"
    }
    {
      for (i = 1; i <= NF; i++) { at = index($i, "="); value[substr($i, 1, at - 1)] = substr($i, at + 1) }
      name = substr(value["Id"], length(app) + 1)
      name = substr(name, 1, length(name) - length(slot))
      memory = value["MemoryCurrent"]
      if (memory !~ /^[0-9]+$/ || length(memory) > 18) memory = "null"
      print name, kind[name], value["ActiveState"], value["SubState"], value["NRestarts"] + 0, value["Result"], \
        value["ExecMainStatus"] + 0, memory
    }'
}

runtime_status() {
  systemd_has_release "$1" || return 0
  systemd_states "$1" | while read -r kw_service _ kw_state _ kw_count kw_result kw_code kw_memory; do
    fact service "{\"name\":$(json "$kw_service"),\"state\":\"$kw_state\",\"restarts\":$kw_count,\"exit\":$kw_code,\"outOfMemory\":$([ "$kw_result" = oom-kill ] && printf true || printf false),\"memory\":$kw_memory}"
  done
}

# runtime_restarts SLOT: how often systemd has restarted its services so far.
runtime_restarts() { systemd_states "$1" | awk '{ sum += $5 } END { print sum + 0 }'; }

# runtime_dead SLOT [RESTARTS]: why the slot's services are not all up, or nothing. RESTARTS happened before and are
# forgiven. A worker that was not started yet is not dead. Where systemd does not answer, nothing is known or said.
runtime_dead() {
  kw_states=$(systemd_states "$1") || return 0
  printf '%s\n' "$kw_states" | awk -v known="${2:-0}" '
    NF == 0 { next }
    { restarts += $5; if ($5 > 0) who = $1 }
    why == "" && $3 != "active" && ($2 == "web" || $3 == "failed" || $4 == "auto-restart") {
      why = $1 " is " $3 ", its exit status " $7 ($6 == "oom-kill" ? ", out of memory" : "")
    }
    END {
      if (why == "" && restarts > known) why = who " died and was restarted"
      printf "%s", why
    }'
}

# Of a service that is told to stop, or loses a part of itself, nobody tells: the watcher of a bake looks each time.
runtime_watch() { :; }
runtime_stirs() { :; }
runtime_unwatch() { :; }

systemd_memory() {
  [ -n "$1" ] && systemd_has_release "$1" || return 0
  systemd_states "$1" | awk '$8 ~ /^[0-9]+$/ { sum += $8 } END { printf "%.0f", sum }'
}

systemd_facts() {
  fact systemd "$(json "$(systemctl --version 2>/dev/null </dev/null | awk 'NR == 1 { print $2 }')")"
  fact systemd-user "$(json "$(systemd_user systemctl --user is-system-running 2>&1 || :)")"
  fact linger "$([ -e "/var/lib/systemd/linger/$(id -un)" ] && printf true || printf false)"
  fact user "$(json "$(id -un)")"
  kw_live=$(live_slot)
  case "$kw_live" in blue) kw_idle=green ;; green) kw_idle=blue ;; *) kw_idle= ;; esac
  kw_memory=$(systemd_memory "$kw_live")
  fact live-memory "${kw_memory:-0}"
  kw_memory=$(systemd_memory "$kw_idle")
  fact idle-memory "${kw_memory:-0}"
}

runtime_facts() { systemd_facts; }
