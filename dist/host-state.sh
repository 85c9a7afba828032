# How a host is: told in facts, nothing is changed, no lock is waited for.

host_clock() { fact clock "$(now_ms)"; }

host_memory() {
  fact memory "$(awk '
    $1 == "MemTotal:" { total = $2 * 1024 }
    $1 == "MemAvailable:" { available = $2 * 1024 }
    END { printf "{\"total\":%.0f,\"available\":%.0f}", total, available }' /proc/meminfo)"
}

# host_disk FOLDER: of the file system it is on. Columns are counted where a device's name has no part in it.
host_disk() {
  [ -e "$1" ] || return 0
  kw_disk=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { printf "\"used\":%.0f,\"free\":%.0f", $3 * 1024, $4 * 1024 }') || return 0
  [ -n "$kw_disk" ] || return 0
  kw_inodes=$(df -Pi "$1" 2>/dev/null | awk 'NR == 2 && $3 ~ /^[0-9]+$/ && $4 ~ /^[0-9]+$/ { printf ",\"usedInodes\":%.0f,\"freeInodes\":%.0f", $3, $4 }') || :
  fact "disk $1" "{\"folder\":$(json "$1"),\"device\":$(json "$(stat -c %d "$1")"),$kw_disk$kw_inodes}"
}

# host_docker_disk: where Docker keeps images and volumes.
host_docker_disk() {
  kw_root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null </dev/null) || return 0
  host_disk "$kw_root"
}

# host_units: those of systemd that have failed.
host_units() {
  kw_failed=$(systemctl list-units --failed --plain --no-legend --no-pager --full 2>/dev/null </dev/null) || return 0
  fact failed-units "$(json "$(printf '%s\n' "$kw_failed" | awk 'NF { print $1 }' | head -n 50)")"
}

# host_services SLOT: why the app's services are not all up. What was restarted and runs again is up.
host_services() { fact services "$(json "$(runtime_dead "$1" 1000000000)")"; }

# host_accessory NAME
host_accessory() {
  kw_container=$(runtime_accessory "$1")
  kw_state=gone
  [ -z "$kw_container" ] || kw_state=$(docker inspect --format '{{.State.Status}}{{with .State.Health}} {{.Status}}{{end}}' "$kw_container" 2>/dev/null </dev/null) || kw_state=gone
  fact "accessory $1" "$(json "$kw_state")"
}
