# What systemd needs on a host so that an ordinary user can deploy; run as root, together with setup-host.sh.

systemd_there() {
  [ -d /run/systemd/system ] || give_up "this host is not run by systemd"
}

# journal_reader: the deploy user reads what services print.
journal_reader() {
  systemd_there
  [ "$kw_deploy" != root ] || return 0
  if getent group systemd-journal >/dev/null && ! in_group "$kw_deploy" systemd-journal; then
    change "let $kw_deploy read the journal" usermod -aG systemd-journal "$kw_deploy"
  fi
}

# app_user NAME: as whom the services run. It may enter the app's folder, as the web server may.
app_user() {
  if ! id "$1" >/dev/null 2>&1; then
    change "make the user $1" useradd --system --shell /usr/sbin/nologin "$1"
  fi
  if ! in_group "$1" "$kw_web_group"; then
    change "let $1 enter $kw_base" usermod -aG "$kw_web_group" "$1"
  fi
}

# shared_data PATH USER: a folder that outlives releases; USER writes in it, and the deploy user may too. Where USER is
# empty it is the deploy user's alone.
shared_data() {
  kw_data=$kw_base/shared/data/$1
  [ "$(readlink -m "$kw_data")" = "$(readlink -m "$kw_base")/shared/data/$1" ] || give_up "a link leads $kw_data astray"
  if [ -z "$2" ]; then kw_owner="2750 $kw_deploy $kw_web_group"; else kw_owner="2770 $2 $kw_group"; fi
  # shellcheck disable=SC2086 # three words
  is $kw_owner "$kw_data" || change "prepare the folder $kw_data" prepare_data "$kw_data" $kw_owner
}

# prepare_data FOLDER MODE USER GROUP
prepare_data() {
  [ -d "$1" ] || as_deploy mkdir -p "$1"
  chown -h "$3:$4" "$1"
  chmod "0$2" "$1"
}

# unit FILE CONTENT MARK: never over a unit of somebody else's.
unit() {
  [ ! -e "$1" ] || [ "$(head -n 1 "$1")" = "$3" ] || give_up "$1 is there and belongs to something else"
  holds "$1" "$2" || change "write the unit $1" write_unit "$1" "$2"
}

# write_unit FILE CONTENT
write_unit() {
  lay "$1" "$2"
  kw_units=yes
}

units_end() {
  [ -z "${kw_units:-}" ] || systemctl daemon-reload </dev/null
}

# sudoers FILE CONTENT: nothing of it stays unless sudo takes it. Names with a dot in them sudo does not read.
sudoers() {
  command -v visudo >/dev/null || soon || give_up "sudo is not installed; on Debian and Ubuntu: apt-get install sudo"
  holds "$1" "$2" || change "let $kw_deploy start and stop the app's units" write_sudoers "$1" "$2"
}

# write_sudoers FILE CONTENT
write_sudoers() {
  (umask 0227 && rm -f "$1.part" && printf '%s\n' "$2" >"$1.part")
  visudo -cqf "$1.part" || {
    rm -f "$1.part"
    give_up "sudo refuses the rule; the lines above say why"
  }
  sync "$1.part"
  mv -f "$1.part" "$1"
}
