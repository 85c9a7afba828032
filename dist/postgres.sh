# PostgreSQL in an accessory. The tools are the accessory's own, so their version fits the server; user and database are
# the ones it was made with; the socket inside needs no password.

# postgres_in ACCESSORY SCRIPT: a fixed script of ours, run in the accessory; stdin and stdout pass through.
postgres_in() { docker exec -i "$(runtime_accessory "$1")" sh -c "$2"; }

# database_ready ACCESSORY SECONDS
database_ready() {
  kw_until=$(($(date +%s) + $2))
  until postgres_in "$1" 'psql -X -q -h /var/run/postgresql -U "$POSTGRES_USER" -d "${POSTGRES_DB:-$POSTGRES_USER}" -c "select 1"' \
    </dev/null >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$kw_until" ] || fail database "PostgreSQL in $1 takes no connection after $2 s"
    sleep 0.2
  done
}

# database_dump ACCESSORY FILE
database_dump() {
  rm -f "$2.part"
  (umask 077 && : >"$2.part")
  postgres_in "$1" 'pg_dump -Fc -U "$POSTGRES_USER" "${POSTGRES_DB:-$POSTGRES_USER}"' </dev/null >"$2.part" ||
    fail backup "pg_dump in $1 failed; the lines above say why"
  sync "$2.part"
}

# database_check ACCESSORY FILE RELEASE: reads the whole dump back (a listing alone would accept half of one), then it
# counts as a backup.
database_check() {
  postgres_in "$1" 'pg_restore -f /dev/null' <"$2.part" ||
    fail backup "the dump $2.part cannot be read to its end"
  kw_tables=$(postgres_in "$1" 'pg_restore -l' <"$2.part" | grep -c ' TABLE DATA ' || :)
  kw_bytes=$(wc -c <"$2.part")
  [ "$kw_bytes" -gt 0 ] || fail backup "the dump $2.part is empty"
  mv -f "$2.part" "$2"
  sync "$(dirname "$2")"
  ledger "\"event\":\"backed-up\",\"release\":$(json "$3"),\"file\":$(json "$2"),\"bytes\":$kw_bytes,\"tables\":$kw_tables"
  fact backup "{\"file\":$(json "$2"),\"bytes\":$kw_bytes,\"tables\":$kw_tables}"
}

# database_schema ACCESSORY: a hash of the schema, to know whether a migration changed it. Lines that differ between two
# dumps of the same schema (comments, the \restrict key) are left out.
database_schema() {
  postgres_in "$1" 'pg_dump -s -U "$POSTGRES_USER" "${POSTGRES_DB:-$POSTGRES_USER}"' </dev/null |
    grep -v -e '^--' -e '^\\' -e '^$' | sha256sum | cut -c 1-16
}
