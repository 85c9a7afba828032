# slot_point SLOT RELEASE: which release the slot holds. Never for the live slot.
slot_point() {
  refuse_live "$1"
  [ -f "$kw_base/releases/$2/release.json" ] || fail no-release "release $2 is not on this host"
  ln -sfn "../../releases/$2" "$kw_base/slots/$1/release.part"
  mv -fT "$kw_base/slots/$1/release.part" "$kw_base/slots/$1/release"
  sync "$kw_base/slots/$1"
}

# slot_holds SLOT RELEASE: another run may have used the slot since this release was shipped into it.
slot_holds() {
  [ "$(slot_release "$1")" = "$2" ] || fail wrong-release "slot $1 holds $(slot_release "$1"), not $2"
}

# switch_live SLOT RELEASE
switch_live() {
  slot_holds "$1" "$2"
  [ -e "$kw_base/slots/$1/up" ] && [ -e "$kw_base/slots/$1/$1" ] ||
    fail not-set-up "slot $1 lacks its marker files; run setup-host again"
  [ "$(live_slot)" = "$1" ] || flip "$1"
}

# take_off: nothing takes traffic here any more. For a host that is new to others, which go back to what it never had.
take_off() {
  rm -f "$kw_base/live"
  sync "$kw_base"
}

# still_live SLOT RELEASE: else all is well and at its end here. A bake's watcher, or a person, was faster.
still_live() {
  if [ "$(live_slot)" = "$1" ] && [ "$(slot_release "$1")" = "$2" ]; then return 0; fi
  exit 0
}

# timed_switch SLOT RELEASE
timed_switch() {
  kw_switch_began=$(now_ms)
  switch_live "$@"
  fact switch-ms $(($(now_ms) - kw_switch_began))
}

# watch_lock: what a bake's watcher holds. It inherits this, so that from the switch to its last look nobody takes the lease.
watch_lock() {
  exec 8>>"$kw_base/watch.lock"
  flock -w 10 8 || fail lock-busy "the bake of an earlier switch is still going on"
}

# watch_unlock: the watcher alone goes on with it.
watch_unlock() { exec 8>&-; }

# connections_to PORT…: established TCP connections of this host to the ports, from the kernel's own table.
connections_to() {
  kw_hex=
  for kw_port in "$@"; do kw_hex="$kw_hex $(printf '%04X' "$kw_port")"; done
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v ports="$kw_hex" '
    BEGIN { split(ports, list, " "); for (i in list) wanted[list[i]] = 1 }
    $4 == "01" { n = split($3, remote, ":"); if (remote[n] in wanted) count++ }
    END { print count + 0 }'
}

# drain SECONDS PORT…: waits until nobody is connected to the old slot any more.
drain() {
  kw_until=$(($(date +%s) + $1))
  shift
  while kw_open=$(connections_to "$@") && [ "$kw_open" -gt 0 ] && [ "$(date +%s)" -lt "$kw_until" ]; do
    sleep 0.2
  done
  fact still-open "$kw_open"
}
