# What a host has: told in facts, nothing is changed.

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
