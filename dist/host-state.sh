# How a host is: told in facts, nothing is changed, no lock is waited for.

# host_docker_disk: where Docker keeps images and volumes.
host_docker_disk() {
  kw_root=$(timeout -k 5 20 docker info --format '{{.DockerRootDir}}' 2>/dev/null </dev/null) || return 0
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
