# Backup, check and schema of a database, whatever its kind and place. What is particular to a kind is its client
# (POSTGRES-, MYSQL- or SQLITE-client.sh): functions that run where the kind's tools are and know nothing of the host.

# database_at WHERE WHAT PACK TITLE CLIENT [IMAGE VOLUME]: which database the functions below mean. WHERE is `accessory`
# (WHAT is its name), `host` (WHAT leads the host's own tools to the server or file) or `volume` (WHAT is a file in it, and
# the tools are those of IMAGE). PACK is gzip or cat.
database_at() {
  kw_db_where=$1 kw_db_what=$2 kw_db_pack=$3 kw_db_title=$4 kw_db_client=$5 kw_db_image=${6:-} kw_db_volume=${7:-}
}

# database_client FUNCTION: runs one of the client's functions in its place; stdin and stdout pass through. Status 3: it
# would be no use to try again.
database_client() {
  kw_program="set -eu
LC_ALL=C
export LC_ALL
$kw_db_client
client_$kw_db_where \"\$1\"
\"\$2\""
  case "$kw_db_where" in
    host) TMPDIR="$kw_base/backups" sh -c "$kw_program" sh "$kw_db_what" "$1" ;;
    accessory)
      kw_container=$(runtime_accessory "$kw_db_what")
      if [ -z "$kw_container" ]; then
        printf 'the accessory %s has no running container\n' "$kw_db_what" >&2
        return 1
      fi
      docker exec -i "$kw_container" sh -c "$kw_program" sh "$kw_db_what" "$1"
      ;;
    volume)
      # Nothing of the image is copied into a volume that is still empty: that is for the app's own mount. And no registry
      # is asked for an image that is gone: under our name it would be a stranger's.
      docker run --rm -i --pull never --network none --volume "$kw_db_volume:/kawasemi-database:nocopy" --entrypoint sh "$kw_db_image" \
        -c "$kw_program" sh "$kw_db_what" "$1"
      ;;
  esac
}

# database_warn TEXT: for the log, and as a fact for the run's annotations.
database_warn() {
  note "warning: $1"
  fact warning "$(json "$1")"
}

# database_ready SECONDS: waits until the database can be used, then sees to it that our tools fit it.
database_ready() {
  kw_until=$(($(date +%s) + $1))
  while :; do
    kw_status=0
    kw_said=$(database_client client_ping 2>&1 </dev/null) || kw_status=$?
    [ "$kw_status" != 0 ] || break
    kw_said=$(printf '%s\n' "$kw_said" | grep . | tail -n 1 | cut -b 1-300)
    [ "$kw_status" != 3 ] || fail database "$kw_db_title cannot be used: $kw_said"
    [ "$(date +%s)" -lt "$kw_until" ] || fail database "$kw_db_title takes no connection after $1 s: $kw_said"
    sleep 0.2
  done
  kw_said=$(database_client client_fits </dev/null) || fail database-tools "${kw_said:-the tools of $kw_db_title do not work; the lines above say why}"
  [ -z "$kw_said" ] || database_warn "$kw_said"
}

# database_room: a second slot will want as many connections as the live one has. Where that will not do, it is said
# before anything starts.
database_room() {
  kw_said=$(database_client client_connections </dev/null) || return 0
  case "$kw_said" in
    *[!0-9\ ]* | '' | *' '*' '*) return 0 ;;
    *' '*) kw_free=${kw_said%% *} kw_used=${kw_said##* } ;;
    *) return 0 ;;
  esac
  fact connections "{\"free\":$kw_free,\"used\":$kw_used}"
  [ "$kw_free" -lt "$kw_used" ] || return 0
  database_warn "$kw_db_title has $kw_free connections left, and the release that is live now uses $kw_used: a second slot may not get as many. Raise the server's limit, or make the app's pools smaller."
}

database_pack() { if [ "$kw_db_pack" = gzip ]; then gzip -c; else cat; fi; }
database_unpack() { if [ "$kw_db_pack" = gzip ]; then gzip -dc; else cat; fi; }

# database_dump FILE: a dump beside FILE, not yet a backup.
database_dump() {
  # What programs that were killed left behind: nobody else dumps while we hold the lock.
  rm -f "${1%/*}"/*.part
  kw_db_tables=$(database_client client_tables </dev/null) || fail backup "the tables of $kw_db_title could not be counted; the lines above say why"
  (umask 077 && : >"$1.part")
  # Both ends of the pipe tell their status.
  kw_status=$({
    {
      database_client client_dump </dev/null && echo dumped >&3 || echo failed >&3
    } | database_pack >"$1.part" || echo full >&3
  } 3>&1)
  kw_left=$(df -Pk "$(dirname "$1")" | awk 'NR == 2 { printf "%d MB", $4 / 1024 }')
  case "$kw_status" in
    dumped) sync "$1.part" ;;
    *full*)
      rm -f "$1.part"
      fail backup "the dump could not be written to $(dirname "$1"): $kw_left are free there"
      ;;
    *)
      rm -f "$1.part"
      fail backup "the dump of $kw_db_title failed; the lines above say why"
      ;;
  esac
}

# database_readable FILE: reads a dump from its first to its last byte.
database_readable() {
  [ "$({
    {
      database_unpack <"$1" && echo read >&3 || echo failed >&3
    } | database_client client_read >/dev/null || echo damaged >&3
  } 3>&1)" = read ]
}

# database_check FILE RELEASE: reads the dump whole and counts what it holds; only then it is a backup.
database_check() {
  if ! database_readable "$1.part"; then
    rm -f "$1.part"
    fail backup "the dump cannot be read to its end"
  fi
  kw_tables=$(database_unpack <"$1.part" | database_client client_listed) || fail backup "the dump's tables could not be counted"
  if [ "$kw_tables" -lt "${kw_db_tables:-0}" ]; then
    rm -f "$1.part"
    fail backup "the dump holds $kw_tables tables, the database had $kw_db_tables"
  fi
  kw_bytes=$(wc -c <"$1.part")
  mv -f "$1.part" "$1"
  sync "$(dirname "$1")"
  ledger "\"event\":\"backed-up\",\"release\":$(json "$2"),\"file\":$(json "$1"),\"bytes\":$kw_bytes,\"tables\":$kw_tables"
  fact backup "{\"file\":$(json "$1"),\"bytes\":$kw_bytes,\"tables\":$kw_tables}"
}

# database_schema: a hash of the schema, to know whether a migration changed it.
database_schema() {
  kw_text=$(database_client client_schema </dev/null) || return 1
  printf '%s\n' "$kw_text" | sha256sum | cut -c 1-16
}
