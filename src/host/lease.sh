# The lease: who may change this host, until when. lease.json is one line,
#   {"token":N,"expires":SECONDS,"owner":"RUN/ATTEMPT/JOB","url":"…","since":SECONDS}
# by the host's clock; the token only grows. It is read and written under the flock on lease.lock. A stage's program
# holds that flock from start to end, and a bake's watcher holds watch.lock, so neither can be overtaken.

lease_field() {
  sed -n "s/^{\"token\":\([0-9]*\),\"expires\":\([0-9]*\),\"owner\":\"\([^\"]*\)\",\"url\":\"\([^\"]*\)\",\"since\":\([0-9]*\)}\$/\\$1/p" \
    "$kw_base/lease.json" 2>/dev/null || :
}

# lease_token: of the lease; where lease.json is gone or unreadable, the newest that the ledger knows, for tokens only grow.
lease_token() {
  kw_read=$(lease_field 1)
  [ -n "$kw_read" ] || kw_read=$(sed -n 's/^{"at":"[^"]*","token":\([0-9]\{1,15\}\),.*/\1/p' "$kw_base/ledger.jsonl" 2>/dev/null | sort -n | tail -n 1)
  printf '%s' "${kw_read:-0}"
}
lease_expires() { kw_read=$(lease_field 2); printf '%s' "${kw_read:-0}"; }

# lease_since: from now on, where nobody knows any more.
lease_since() { kw_read=$(lease_field 5); printf '%s' "${kw_read:-$(date +%s)}"; }

# lease_write TOKEN EXPIRES SINCE: synced with its folder, so that no power cut brings an older token back.
lease_write() {
  put "$kw_base/lease.json" 0640 \
    "{\"token\":$1,\"expires\":$2,\"owner\":\"$kw_owner\",\"url\":\"$kw_url\",\"since\":$3}
" && sync "$kw_base"
}

# lease_extend: our own lease, from now on.
lease_extend() { lease_write "$kw_token" $(($(date +%s) + kw_ttl)) "$(lease_since)"; }

# A run of the same workflow run and job may take over its own earlier attempt: GitHub has ended that one.
lease_is_own() {
  kw_holder=$(lease_field 3)
  [ "${kw_holder%%/*}" = "${kw_owner%%/*}" ] && [ "${kw_holder##*/}" = "${kw_owner##*/}" ]
}

lease_report_held() {
  record "{\"k\":\"fact\",\"name\":\"held\",\"value\":{\"owner\":$(json "$(lease_field 3)"),\"url\":$(json "$(lease_field 4)"),\"since\":$(lease_since),\"expires\":$(lease_expires),\"now\":$(date +%s)}}"
}

# base_is_ours: a base folder is one app's, whose name stands in it: two apps would take each other's slots.
base_is_ours() {
  [ ! -s "$kw_base/app" ] || [ "$(cat "$kw_base/app")" = "$kw_app" ] ||
    fail other-app "$kw_base belongs to the app $(cat "$kw_base/app"), and this one is called $kw_app"
}

# lock_holder: the program of ours that holds the flock; nothing where that is somebody else, such as a person. What it
# started goes on with the flock where it was killed, so it counts until the next one begins.
lock_holder() { cat "$kw_base/runs/active" 2>/dev/null || :; }

# lease_take: tells `taken`, `held` (somebody's lease runs) or `busy` (a program of an earlier run still works here).
lease_take() {
  exec 9>>"$kw_base/lease.lock" 8>>"$kw_base/watch.lock"
  if ! flock -w 2 9; then
    fact busy "$(json "$(lock_holder)")"
  elif ! flock -n 8; then
    # Who waits for a bake must not keep its watcher from switching back, nor its run from renewing the lease.
    exec 9>&-
    sleep 1
    fact busy "$(json "the bake of $(slot_release "$(live_slot)")")"
  elif ! lease_is_own && [ "$(lease_expires)" -gt "$(date +%s)" ]; then
    lease_report_held
  else
    base_is_ours
    [ -s "$kw_base/app" ] || put "$kw_base/app" 0640 "$kw_app
"
    kw_token=$(($(lease_token) + 1))
    lease_write "$kw_token" $(($(date +%s) + kw_ttl)) "$(date +%s)"
    fact taken "$kw_token"
  fi
  exec 9>&- 8>&-
}

# lease_keep renew|release: does nothing while a stage holds the flock, for that stage extends the lease itself.
lease_keep() {
  exec 9>>"$kw_base/lease.lock"
  if [ "$kw_token" = 0 ]; then
    fact "$1" '"not-held"'
  elif ! flock -w "$2" 9; then
    fact "$1" '"busy"'
  elif [ "$(lease_token)" != "$kw_token" ]; then
    fact "$1" '"lost"'
  else
    case "$1" in
      renew) lease_extend ;;
      release) lease_write "$kw_token" 0 "$(lease_since)" ;;
    esac
    fact "$1" '"done"'
  fi
  exec 9>&-
}

# lease_leave STATUS: what a program does with its lease at its end, under the flock. One that went well is followed by
# another one, unless the job has ended meanwhile.
lease_leave() {
  if [ "$(cat "$kw_base/runs/dropped" 2>/dev/null || :)" = "$kw_token" ]; then
    lease_write "$kw_token" 0 "$(lease_since)"
  elif [ "$1" = 0 ] && [ "$(lease_expires)" -gt 0 ]; then
    lease_extend
  fi
}

# Of this very attempt.
lease_is_mine() { [ "$(lease_field 3)" = "$kw_owner" ]; }

# lease_drop lease_is_mine|lease_is_own: frees what its owner still holds, whatever the token. After the runner was ended,
# its post step does so, and not for what another attempt took since. A program that is still at work finds the token in
# runs/dropped, and frees it at its end.
lease_drop() {
  if "$1" && [ "$(lease_expires)" -gt 0 ]; then
    kw_token=$(lease_token)
    put "$kw_base/runs/dropped" 0600 "$kw_token"
    lease_keep release 2
  else
    fact release '"not-held"'
  fi
}

# lease_serve NONCE BASE OWNER URL TTL TOKEN APP: answers the runner's commands, one a line, until it hangs up. Hanging up frees
# nothing: a runner that died leaves the lease to its expiry. TOKEN is 0, or what a lost connection already had.
lease_serve() {
  set -eu
  kw_nonce=$1 kw_base=$2 kw_owner=$3 kw_url=$4 kw_ttl=$5 kw_token=$6 kw_app=$7
  [ -d "$kw_base/slots/blue" ] && [ -w "$kw_base" ] ||
    fail not-set-up "$kw_base is not there, or not writable for $(id -un)"
  base_is_ours
  host_facts
  while read -r kw_command; do
    case "$kw_command" in
      facts) host_facts ;;
      state) state_facts ;;
      take) lease_take ;;
      renew) lease_keep renew 0 ;;
      release) lease_keep release 5 ;;
      drop) lease_drop lease_is_mine ;;
      settle) lease_drop lease_is_own ;;
    esac
  done
}
