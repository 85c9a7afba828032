# What a person on the host runs to put a backup back: the script beside the dump. Nothing of ours ever runs it.

# restore_begin BASE APP
restore_begin() {
  set -eu
  umask 077
  kw_base=$1 kw_app=$2 kw_token=0 kw_owner=by-hand kw_nonce=
  exec 9>>"$kw_base/lease.lock"
  flock -n 9 || fail lock-busy "a deploy works on this host now: $(head -n 1 "$kw_base/runs/active" 2>/dev/null || :)"
}

# Records are for a runner; here a person reads.
record() { :; }
tell_failure() { printf '%s\n' "$2" >&2; }

# database_restore FILE RELEASE: the database as it was when FILE was made. What was written since is gone.
database_restore() {
  note "Reading $1"
  database_readable "$1" || fail restore "$1 cannot be read to its end; the database was not touched"
  note "Putting $kw_db_title back as it was then"
  [ "$({
    {
      database_unpack <"$1" && echo read >&3 || echo failed >&3
    } | database_client client_restore || echo damaged >&3
  } 3>&1)" = read ] || fail restore "not restored; the lines above say why. The dump is still there: $1"
  ledger "\"event\":\"restored\",\"release\":$(json "$2"),\"file\":$(json "$1")"
  note 'Restored'
}
