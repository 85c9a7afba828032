# migration RELEASE DATABASE COMMAND…: runs COMMAND, a one-off call of the runtime, and records how it ended and whether
# the schema is another one now. DATABASE is what people call it, empty where there is none.
migration() {
  kw_release=$1 kw_database=$2
  shift 2
  kw_before=$(schema_of "$kw_database") ||
    refuse schema-unknown "the schema of $kw_database cannot be read; the lines above say why"
  ledger "\"event\":\"migrating\",\"release\":$(json "$kw_release")"
  kw_status=0
  ("$@") || kw_status=$?
  # Refused: nothing has run.
  if [ "$kw_status" = 71 ]; then
    ledger "\"event\":\"migration-failed\",\"release\":$(json "$kw_release"),\"status\":71,\"schemaChanged\":false"
    exit 71
  fi
  # What cannot be read counts as changed.
  kw_after=$(schema_of "$kw_database") || kw_after=unknown
  if [ "$kw_status" = 0 ]; then
    ledger "\"event\":\"migrated\",\"release\":$(json "$kw_release"),\"schemaBefore\":\"$kw_before\",\"schema\":\"$kw_after\""
    fact schema-changed "$([ "$kw_before" = "$kw_after" ] && printf false || printf true)"
    return
  fi
  kw_changed=$([ -n "$kw_before" ] && [ "$kw_before" = "$kw_after" ] && printf false || printf true)
  ledger "\"event\":\"migration-failed\",\"release\":$(json "$kw_release"),\"status\":$kw_status,\"schemaChanged\":$kw_changed"
  fact schema-changed "$kw_changed"
  fail migration "ended with status $kw_status"
}

schema_of() { [ -z "$1" ] || database_schema "$1"; }
