# The watcher of a bake: runs on the host on its own, so that the new slot is watched, and the old one put back, even
# when the runner is gone. It holds watch.lock, which keeps everybody else from taking the lease.

# bake_begin NONCE BASE RUN OWNER URL TOKEN TTL APP
bake_begin() {
  set -eu
  umask 027
  kw_nonce=$1 kw_base=$2 kw_run=$2/runs/$3 kw_owner=$4 kw_url=$5 kw_token=$6 kw_ttl=$7 kw_app=$8 kw_step='' kw_holds=''
  trap 'stage_exit $?' 0
  trap 'exit 143' 1 2 15
  stage_mark
  # Inherited from the switch, so there was no moment without it.
  flock -n 8 || fail lock-busy "another bake is still going on"
}

# bake_lock: the flock of every program that changes the host, and the token under it. Held to the end, where the lease
# is extended.
bake_lock() {
  exec 9>>"$kw_base/lease.lock"
  flock -w 60 9 || fail lock-busy "another program of ours holds this host"
  [ "$(lease_token)" = "$kw_token" ] || fail lease-lost "the lease passed on while the bake went on"
  stage_holds 'the end of the bake'
}

# The watcher looks four times a second while people are served, so a look starts as few processes as it can.

# bake_log_size FILE: where the access log ends now. Counts begin there.
bake_log_size() { kw_size=$(wc -c 2>/dev/null <"$1") || kw_size=0; }

# bake_log_count FILE FROM SLOT MS: "requests errors timed slow" of the slot since FROM. Slow ones took longer than MS (none
# do where it is empty), of those that are timed: a WebSocket is as long as somebody looks. A log that was rotated is read
# from its start.
bake_log_count() {
  [ "$kw_size" -ge "$2" ] && kw_skip=$(($2 + 1)) || kw_skip=1
  tail -c "+$kw_skip" "$1" 2>/dev/null | access_log_lines | awk -v slot="$3" -v most="$4" '
    $2 != slot { next }
    { requests++ }
    $3 >= 500 { errors++ }
    $3 != 101 { timed++; if (most != "" && $4 * 1000 > most + 0) slow++ }
    END { print requests + 0, errors + 0, timed + 0, slow + 0 }'
}

# bake_requests FILE FROM SLOT MS: counts again where the log has changed.
bake_requests() {
  bake_log_size "$1"
  [ "$kw_size" != "$kw_counted" ] || return 0
  kw_counted=$kw_size
  read -r kw_requests kw_errors kw_timed kw_slow <<COUNT
$(bake_log_count "$@")
COUNT
}

# bake_answers MOST_ERRORS MIN_REQUESTS MS: why those requests say that the slot is bad, or nothing. MOST_ERRORS is of
# 10,000 requests. The 95th percentile is over a limit when more than 5 of 100 are.
bake_answers() {
  if [ "$kw_requests" -ge "$2" ] && [ $((kw_errors * 10000)) -gt $((kw_requests * $1)) ]; then
    kw_why="$kw_errors of $kw_requests requests were answered with 5xx"
  elif [ "$kw_timed" -ge "$2" ] && [ $((kw_slow * 100)) -gt $((kw_timed * 5)) ]; then
    kw_why="$kw_slow of $kw_timed requests took longer than $3 ms, and at most 5 % may"
  fi
}

# bake_clock: seconds, as the kernel counts them.
bake_clock() {
  read -r kw_now _ </proc/uptime
  kw_now=${kw_now%.*}
}

# bake_watch SLOT RELEASE OLD_SLOT OLD_RELEASE SECONDS MOST_ERRORS MIN_REQUESTS LOG MS: 0 when it went well, 1 when
# something is wrong, 2 when somebody else put another slot live meanwhile.
bake_watch() {
  bake_log_size "$8"
  kw_from=$kw_size kw_counted='' kw_why='' kw_look=first
  # What was restarted before the gate let it through is forgiven.
  kw_known=$(runtime_restarts "$1")
  bake_clock
  kw_until=$((kw_now + $5))
  begin watch
  while :; do
    # The marker in the slot, which the proxy looks for too.
    [ -e "$kw_base/live/$1" ] || return 2
    bake_clock
    [ "$kw_now" -lt "$kw_until" ] || kw_look=last
    if [ -n "$kw_look" ] || runtime_stirs; then
      kw_why=$(runtime_dead "$1" "$kw_known")
      [ -z "$kw_why" ] || return 1
    fi
    bake_requests "$8" "$kw_from" "$1" "$9"
    bake_answers "$6" "$7" "$9"
    [ -z "$kw_why" ] || return 1
    [ "$kw_look" != last ] || break
    kw_look=
    sleep 0.25
  done
  fact baked "{\"requests\":$kw_requests,\"errors\":$kw_errors,\"slow\":$kw_slow}"
  end
}

# bake SLOT RELEASE OLD_SLOT OLD_RELEASE SECONDS MOST_ERRORS MIN_REQUESTS LOG MS
bake() {
  kw_verdict=0
  runtime_watch "$1" "$5"
  bake_watch "$@" || kw_verdict=$?
  runtime_unwatch
  bake_lock
  # Whoever had the lock until now may have put another slot live.
  [ "$kw_verdict" != 2 ] && [ "$(live_slot)" = "$1" ] ||
    fail left "another slot was put live while the bake went on"
  if [ "$kw_verdict" = 0 ]; then
    ledger "\"event\":\"baked\",\"release\":$(json "$2"),\"slot\":\"$1\""
    return
  fi
  # Users first, the books after, and then what may fail.
  [ -z "$4" ] || flip "$3"
  ledger "\"event\":\"bake-failed\",\"release\":$(json "$2"),\"slot\":\"$1\",\"why\":$(json "$kw_why")"
  if [ -n "$4" ]; then
    ledger "\"event\":\"switched-back\",\"release\":$(json "$4"),\"slot\":\"$3\",\"from\":$(json "$2")"
    fact switched-back "$(json "$4")"
  fi
  tell_failure bake "$kw_why"
  runtime_logs "$1" 60
  if [ -n "$4" ]; then
    runtime_workers_back "$3" "$1"
    runtime_stop "$1"
  fi
  exit 70
}
