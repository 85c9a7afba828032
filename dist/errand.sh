# An errand: a program of root's, for whoever may come in as root or use sudo. Like a stage it runs apart from the
# connection, so that none cuts the installation of a package in half.

# send_errand NONCE FOLDER PROGRAM: on its way to root, past the user who came in.
send_errand() {
  kw_nonce=$1
  # Where the connection really arrived, whatever stands before the server.
  kw_port=${SSH_CONNECTION##* }
  if [ "$(id -u)" = 0 ]; then
    printf '%s' "$3" | KAWASEMI_SSH_PORT=$kw_port sh
  elif ! command -v sudo >/dev/null; then
    refuse no-sudo "sudo is not installed, so $(id -un) cannot act as root"
  elif ! sudo -n true 2>/dev/null </dev/null; then
    refuse no-sudo "$(id -un) may not use sudo without a password"
  else
    printf '%s' "$3" | sudo -n -- env "KAWASEMI_SSH_PORT=$kw_port" sh
  fi
}

# run_errand FOLDER PROGRAM: as root. What was printed is nobody else's to read, and gone when it was handed over.
run_errand() {
  kw_status=0
  # What a lost connection left behind.
  find "${1%/*}" -mindepth 1 -maxdepth 1 -mmin +60 -exec rm -rf {} + 2>/dev/null || :
  (start_and_follow "$1" "$2") || kw_status=$?
  rm -rf "$1"
  exit "$kw_status"
}

# errand_begin NONCE FOLDER: one at a time on a host, whichever app it is for.
errand_begin() {
  set -eu
  kw_nonce=$1 kw_run=$2 kw_step=''
  trap 'errand_exit $?' 0
  trap 'exit 143' 1 2 15
  printf '%s %s\n' "$$" "$(process_mark "$$")" >"$kw_run/pid"
  exec 9>>/run/kawasemi-errand.lock
  flock -w 300 9 || fail busy "another set-up has been at work there for five minutes; wait for its end"
}

# errand_exit STATUS
errand_exit() {
  trap - 0
  if [ "$1" != 0 ] && [ "$1" != 70 ] && [ "$1" != 71 ] && [ -n "$kw_step" ]; then
    tell_failure step "\"$kw_step\" ended with status $1"
  fi
  printf '%s\n' "$1" >"$kw_run/status.part"
  mv -f "$kw_run/status.part" "$kw_run/status"
  exit "$1"
}
