# Ports of one host: each has one holder, and whoever has one already is named.

# ports APP CLAIMS WEB_PROGRAM: CLAIMS are lines of a port and who is to have it. The ones that are ours are on record,
# so that the next app finds them also while nothing listens.
ports() {
  kw_record=/etc/kawasemi/$1/ports
  while read -r kw_port kw_who; do
    [ -n "$kw_port" ] || continue
    claim_free "$1" "$kw_port" "$kw_who"
    if grep -qxF "$kw_port $kw_who" "$kw_record" 2>/dev/null; then continue; fi
    port_free "$kw_port" "$kw_who" "$3"
  done <<EOT
$2
EOT
  system_file "$kw_record" "$2"
}

# claim_free APP PORT WHO: no other app of ours has it, except as the same web server.
claim_free() {
  for kw_file in /etc/kawasemi/*/ports; do
    if [ ! -f "$kw_file" ] || [ "$kw_file" = "/etc/kawasemi/$1/ports" ]; then continue; fi
    kw_other=$(sed -n "s/^$2 //p" "$kw_file" | head -n 1)
    [ -z "$kw_other" ] || [ "$kw_other" = "$3" ] ||
      give_up "port $2, for $3, belongs to $kw_other on this server; give one of them another in kawasemi.yml"
  done
}

# port_free PORT WHO WEB_PROGRAM
port_free() {
  kw_pid=$(port_pid "$1")
  [ -n "$kw_pid" ] || return 0
  kw_program=$(cat "/proc/$kw_pid/comm" 2>/dev/null || :)
  case "$2" in
    "$kw_server")
      if [ "$kw_program" = "$3" ] && of_host "$kw_pid"; then return 0; fi
      ;;
    # A container of ours, or a slot of an app that was set up before ports were on record.
    "$kw_server of "*) if [ -n "$(web_container 2>/dev/null)" ]; then return 0; fi ;;
    *) if [ -e "$kw_base/slots/blue/release" ] || [ -e "$kw_base/slots/green/release" ]; then return 0; fi ;;
  esac
  give_up "port $1, for $2, is held by $(holder "$kw_pid" "$1"); stop that, or give another port in kawasemi.yml"
}

# port_pid PORT: of a process that listens there on any address; nothing where none does.
port_pid() {
  kw_inode=$(awk -v "port=$(printf '%04X' "$1")" '$4 == "0A" && $2 ~ (":" port "$") { print $10; exit }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null || :)
  [ -z "$kw_inode" ] || find /proc/[0-9]*/fd -maxdepth 1 -lname "socket:\\[$kw_inode\\]" 2>/dev/null |
    head -n 1 | cut -d / -f 3
}

# of_host PID: not of a container.
of_host() { [ "$(stat -Lc %d:%i "/proc/$1/root/" 2>/dev/null)" = "$(stat -Lc %d:%i /)" ]; }

# holder PID PORT: in words.
holder() {
  kw_unit=$(sed -n 's|^.*/\([^/]*\.service\)$|\1|p' "/proc/$1/cgroup" 2>/dev/null | head -n 1)
  kw_container=$(docker ps --filter "publish=$2" --format '{{.Names}}' 2>/dev/null </dev/null | head -n 1)
  printf '%s (process %s%s%s)' "$(cat "/proc/$1/comm" 2>/dev/null)" "$1" \
    "${kw_unit:+ of $kw_unit}" "${kw_container:+, container $kw_container}"
}
