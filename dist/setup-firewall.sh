# ufw: lets in SSH and the ports of the site. Whatever else is allowed or refused stays so. Until a new connection has come
# through, a unit of the host stands ready to bring the old rules back: by a timer, and where the host goes down before
# that, as it comes up, before ufw does.

kw_guard=/var/lib/kawasemi/firewall-before
kw_guard_unit=kawasemi-firewall-undo
kw_guard_file=/etc/systemd/system/$kw_guard_unit

# firewall PORTS: words.
firewall() {
  kw_fresh='' kw_opened=''
  if ! command -v ufw >/dev/null; then
    soon || give_up "ufw is not installed"
    kw_fresh=yes
  fi
  ! systemctl -q is-active firewalld 2>/dev/null ||
    give_up "firewalld is this server's firewall already; take firewall: ufw out of kawasemi.yml"
  # Rules that a run left behind unconfirmed do not count: they go, and are set and tried again.
  kw_ufw=/etc/ufw
  if [ -d "$kw_guard" ] && [ ! -e "$kw_guard/undone" ]; then
    if planning; then kw_ufw=$kw_guard; else firewall_back; fi
  fi
  for kw_port in $KAWASEMI_SSH_PORT $(sshd_says port) $1; do
    lets_in "$kw_port" || open_port "$kw_port"
  done
  if [ -n "$kw_fresh" ] || ! grep -qx 'ENABLED=yes' "$kw_ufw/ufw.conf"; then
    firewall_closes
    change "turn the firewall on" turn_on
  fi
  [ -z "$kw_guarded" ] || fact firewall '"guarded"'
}

# lets_in PORT: from everywhere.
lets_in() {
  [ -z "$kw_fresh" ] || return 1
  grep -qE "^### tuple ### (allow|limit) (tcp|any) $1 0\.0\.0\.0/0 any 0\.0\.0\.0/0 ([^ ]+ - )?in" "$kw_ufw/user.rules"
}

# open_port PORT: once.
open_port() {
  case " $kw_opened " in *" $1 "*) return 0 ;; esac
  kw_opened="$kw_opened $1"
  change "let TCP port $1 through the firewall" allow_port "$1"
}

allow_port() {
  firewall_guard
  quiet ufw allow "$1/tcp"
}

turn_on() {
  firewall_guard
  quiet ufw --force enable
}

# quiet COMMAND…
quiet() { kw_said=$("$@" 2>&1 </dev/null) || fail firewall "$* failed: $kw_said"; }

# firewall_closes: says which ports of others would not be reached any more.
firewall_closes() {
  kw_closed=
  kw_listening=$(awk '$4 == "0A" && $2 ~ /^0+:/ { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u)
  for kw_hex in $kw_listening; do
    kw_port=$((0x$kw_hex))
    case " $kw_opened $kw_closed " in *" $kw_port "*) continue ;; esac
    lets_in "$kw_port" || kw_closed="$kw_closed $kw_port"
  done
  [ -z "$kw_closed" ] ||
    fact warning "$(json "the firewall will keep others from what listens on port$kw_closed; \`open-ports\` in kawasemi.yml leaves ports open")"
}

# firewall_guard: what it was, and who brings it back. On disk before anything is changed.
firewall_guard() {
  [ -z "$kw_guarded" ] || return 0
  firewall_unguard
  (umask 077 && mkdir -p "$kw_guard")
  cp -p /etc/ufw/user.rules /etc/ufw/user6.rules /etc/ufw/ufw.conf "$kw_guard"
  cat >"$kw_guard/undo" <<'EOT'
cd /var/lib/kawasemi/firewall-before || exit 1
cp -p user.rules user6.rules ufw.conf /etc/ufw || exit 1
sync -f /etc/ufw
if grep -qx 'ENABLED=yes' ufw.conf; then ufw reload; else ufw --force disable; fi || exit 1
: >undone
rm -f /etc/systemd/system/multi-user.target.wants/kawasemi-firewall-undo.service
EOT
  cat >"$kw_guard_file.service" <<'EOT'
[Unit]
Description=Takes back firewall rules of Kawasemi that no new connection came through
DefaultDependencies=no
After=local-fs.target
Before=ufw.service

[Service]
Type=oneshot
ExecStart=/bin/sh /var/lib/kawasemi/firewall-before/undo

[Install]
WantedBy=multi-user.target
EOT
  cat >"$kw_guard_file.timer" <<'EOT'
[Timer]
OnActiveSec=45
AccuracySec=1s
EOT
  systemctl -q daemon-reload
  systemctl -q enable "$kw_guard_unit.service"
  sync -f "$kw_guard" /etc/systemd/system
  systemctl start "$kw_guard_unit.timer"
  kw_guarded=yes
}

# firewall_unguard: nobody brings the old rules back any more, after a reboot either.
firewall_unguard() {
  systemctl stop "$kw_guard_unit.timer" 2>/dev/null || :
  systemctl -q disable "$kw_guard_unit.service" 2>/dev/null || :
  rm -f "$kw_guard_file.service" "$kw_guard_file.timer"
  systemctl -q daemon-reload
  sync -f /etc/systemd/system /etc/ufw
  rm -rf "$kw_guard"
}

# firewall_keep: a new connection came through.
firewall_keep() {
  systemctl stop "$kw_guard_unit.timer" 2>/dev/null || :
  if [ ! -d "$kw_guard" ] || [ -e "$kw_guard/undone" ] || systemctl -q is-active "$kw_guard_unit.service"; then
    fail firewall "the new connection came too late: the firewall is again what it was"
  fi
  firewall_unguard
}

# firewall_back: at once.
firewall_back() {
  systemctl stop "$kw_guard_unit.timer" 2>/dev/null || :
  if [ -d "$kw_guard" ] && [ ! -e "$kw_guard/undone" ]; then quiet sh "$kw_guard/undo"; fi
  firewall_unguard
}
