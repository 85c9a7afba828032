# A stage's program: it holds the host's flock from start to end, and runs in a session of its own that outlives the
# connection; what it prints and its exit status go to runs/RUN/.

# run_folder FOLDER: for a program that stays attached to its connection; the others have theirs from detach.
run_folder() { (umask 077 && mkdir -p "$1"); }

# stage_begin NONCE BASE RUN OWNER URL TOKEN TTL APP STAGE
stage_begin() {
  set -eu
  umask 027
  kw_nonce=$1 kw_base=$2 kw_run=$2/runs/$3 kw_owner=$4 kw_url=$5 kw_token=$6 kw_ttl=$7 kw_app=$8 kw_stage=$9 kw_step='' kw_holds=''
  trap 'stage_exit $?' 0
  trap 'exit 143' 1 2 15
  stage_mark
  exec 9>>"$kw_base/lease.lock"
  if ! flock -w 60 9; then
    kw_holder=$(lock_holder)
    fail lock-busy "${kw_holder:-somebody who is no program of ours} holds this host"
  fi
  [ "$(lease_token)" = "$kw_token" ] ||
    fail lease-lost "the lease passed on: our token is $kw_token, the host's is $(lease_token), of $(lease_field 3)"
  stage_holds "stage $kw_stage"
  lease_extend
}

# stage_holds WHAT: says who has the flock now. On a full disk nobody does, and a bake can still go back.
stage_holds() {
  printf '%s of run %s (%s)\n' "$1" "$kw_owner" "$kw_url" >"$kw_base/runs/active" || :
  kw_holds=yes
}

# stage_mark: by which `follow` finds this program.
stage_mark() { printf '%s %s\n' "$$" "$(process_mark "$$")" >"$kw_run/pid"; }

stage_exit() {
  trap - 0
  if [ "$1" != 0 ] && [ "$1" != 70 ] && [ "$1" != 71 ] && [ -n "$kw_step" ]; then
    record "{\"k\":\"fail\",\"code\":\"step\",\"message\":$(json "step $kw_step ended with status $1")}"
  fi
  if [ -n "$kw_holds" ]; then
    lease_leave "$1" || :
    # What was ended from outside may have left something behind that goes on.
    [ "$1" = 143 ] || : >"$kw_base/runs/active"
  fi
  printf '%s\n' "$1" >"$kw_run/status.part"
  mv -f "$kw_run/status.part" "$kw_run/status"
  exit "$1"
}
