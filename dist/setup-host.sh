# Prepares a host once, as root. Run again it changes only what is not as it should be, and says so.

# setup_begin MODE BASE DEPLOY_USER WEB_SERVER WEB_USER: MODE is `apply`, or `plan`, which only says what would change.
setup_begin() {
  set -eu
  umask 022
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  kw_mode=$1 kw_base=$2 kw_deploy=$3 kw_server=$4 kw_web=$5 kw_changes=0 kw_undo='' kw_first='' kw_inside='' kw_installs='' kw_guarded=''
  trap 'setup_exit $?' 0
  trap 'exit 143' 1 2 15
  [ "$(id -u)" = 0 ] || give_up "this has to run as root: … | ssh admin@host sudo sh"
  case "$kw_base/" in
    */./* | */../* | *//* | [!/]*) give_up "$kw_base is no absolute path" ;;
  esac
}

setup_exit() {
  trap - 0
  [ -z "$kw_undo" ] || site_back "$kw_undo"
  [ -z "$kw_first" ] || first_site_back "$kw_first"
  [ -z "${kw_apt:-}" ] || rm -rf "$kw_apt"
  [ -z "${kw_stand_in:-}" ] || stand_in_goes
  if [ "$1" != 0 ] && [ -n "$kw_guarded" ]; then firewall_back || :; fi
  if [ -n "${kw_run:-}" ]; then errand_exit "$1"; fi
  exit "$1"
}

setup_end() {
  if [ -n "${kw_run:-}" ]; then return 0; fi
  if [ "$kw_changes" = 0 ]; then
    printf 'nothing to change\n'
  else
    printf '%s things changed\n' "$kw_changes"
  fi
}

# give_up MESSAGE
give_up() {
  if [ -n "${kw_run:-}" ]; then fail setup "$1"; fi
  printf 'setup-host: %s\n' "$1" >&2
  exit 1
}

# setup_warning MESSAGE
setup_warning() {
  if [ -n "${kw_run:-}" ]; then fact warning "$(json "$1")"; else printf 'warning: %s\n' "$1" >&2; fi
}

planning() { [ "$kw_mode" = plan ]; }

# soon: whether what is missing now may come with the packages of this plan.
soon() { planning && [ -n "$kw_installs" ]; }

# change TEXT COMMAND…: one change, said and done; a plan only says it. No daemon keeps our lock.
change() {
  kw_changes=$((kw_changes + 1))
  if [ -z "${kw_run:-}" ]; then
    kw_text=$1
    shift
    planning || "$@" </dev/null
    printf '%s\n' "$kw_text"
    return 0
  fi
  fact change "$(json "$1")"
  if planning; then return 0; fi
  begin "$1"
  shift
  "$@" </dev/null 9>&-
  end
}

# web_server COMMAND: that it is there, and as whom it answers.
web_server() {
  if command -v "$1" >/dev/null || ! soon; then
    kw_bare=
    web_installed
    id "$kw_web" >/dev/null 2>&1 || give_up "there is no user $kw_web, as whom $kw_server should run"
  else
    kw_bare=yes
  fi
  # Debian's web servers have a group of their user's name.
  kw_web_group=$(id -gn "$kw_web" 2>/dev/null || printf '%s' "$kw_web")
}

# Root changes nothing inside a folder that belongs to somebody else: a link put there would lead it astray. The web
# server's group comes along, since the kernel lets only members of a folder's group keep its set-group-ID bit.
as_deploy() { runuser -u "$kw_deploy" -G "$kw_web_group" -- "$@" </dev/null; }

# peek COMMAND…: the same for a look, before a plan's user or group is there.
peek() { as_deploy "$@" 2>/dev/null; }

# is MODE USER GROUP PATH
is() { [ ! -L "$4" ] && [ "$(stat -c '%a %U %G' "$4" 2>/dev/null)" = "$1 $2 $3" ]; }

# deploy_user: an ordinary user.
deploy_user() {
  if ! id "$kw_deploy" >/dev/null 2>&1; then
    change "make the user $kw_deploy" useradd --create-home --shell /bin/sh "$kw_deploy"
  fi
  kw_group=$(id -gn "$kw_deploy" 2>/dev/null || printf '%s' "$kw_deploy")
}

# in_group USER GROUP
in_group() { id -nG "$1" 2>/dev/null | tr ' ' '\n' | grep -qx "$2"; }

# own_systemd: the deploy user's own systemd, from the boot on and whether it is logged in or not.
own_systemd() {
  [ -e /usr/lib/systemd/user/dbus.socket ] && [ -n "$(find /lib /usr/lib -name pam_systemd.so 2>/dev/null)" ] ||
    soon ||
    give_up "a systemd of the deploy user's own needs more packages; on Debian and Ubuntu: apt-get install libpam-systemd dbus-user-session"
  [ -e "/var/lib/systemd/linger/$kw_deploy" ] ||
    change "give $kw_deploy a systemd of its own that outlives its logins" loginctl enable-linger "$kw_deploy"
  ! planning || return 0
  kw_tries=0
  until [ -S "/run/user/$(id -u "$kw_deploy")/bus" ]; do
    kw_tries=$((kw_tries + 1))
    [ "$kw_tries" -lt 100 ] || give_up "the systemd of $kw_deploy did not start; see: systemctl status user@$(id -u "$kw_deploy").service"
    sleep 0.1
  done
}

home_of() { getent passwd "$1" | cut -d : -f 6; }

# deploy_key LINE: lets the holder of the private key in as the deploy user.
deploy_key() {
  peek grep -qxF -e "$1" "$(home_of "$kw_deploy")/.ssh/authorized_keys" ||
    change "add the deploy key for $kw_deploy" add_key "$1"
}

# add_key LINE
add_key() {
  # shellcheck disable=SC2016 # the inner shell expands these
  as_deploy sh -c 'umask 077; mkdir -p "$1/.ssh" && printf "\n%s\n" "$2" >>"$1/.ssh/authorized_keys"' sh "$(home_of "$kw_deploy")" "$1"
}

# base_folder APP: the deploy user's, and the web server may enter it; nobody else may look inside. It is one app's alone.
base_folder() {
  [ ! -L "$kw_base" ] || give_up "$kw_base is a link; it has to be a folder"
  kw_owner=
  [ -L "$kw_base/app" ] || kw_owner=$(head -c 100 "$kw_base/app" 2>/dev/null || :)
  [ -z "$kw_owner" ] || [ "$kw_owner" = "$1" ] ||
    give_up "$kw_base belongs to the app $kw_owner; give $1 a base of its own in kawasemi.yml"
  is 2750 "$kw_deploy" "$kw_web_group" "$kw_base" || change "prepare the folder $kw_base" prepare_base
  [ "$kw_owner" = "$1" ] || change "mark $kw_base as the app $1's" mark_base "$1"
}

prepare_base() {
  mkdir -p "$kw_base"
  chown -h "$kw_deploy:$kw_web_group" "$kw_base"
  chmod 2750 "$kw_base"
}

# mark_base APP
mark_base() {
  # shellcheck disable=SC2016 # the inner shell expands these
  as_deploy sh -c 'umask 027; printf "%s\n" "$2" >"$1/app"' sh "$kw_base" "$1"
}

# folder MODE NAME
folder() {
  [ ! -L "$kw_base/$2" ] || give_up "$kw_base/$2 is a link; it has to be a folder"
  is "$1" "$kw_deploy" "$kw_web_group" "$kw_base/$2" ||
    change "prepare the folder $kw_base/$2" prepare_folder "$1" "$kw_base/$2"
}

# prepare_folder MODE PATH: with what another web server could read before, where it had another group.
prepare_folder() {
  kw_had=$(stat -c %G "$2" 2>/dev/null || printf '%s' "$kw_web_group")
  as_deploy mkdir -p "$2"
  [ "$kw_had" = "$kw_web_group" ] ||
    as_deploy find "$2" -user "$kw_deploy" -group "$kw_had" -exec chgrp -h "$kw_web_group" {} +
  as_deploy chgrp "$kw_web_group" "$2"
  # Five digits, so that chmod also takes away what is not in them.
  as_deploy chmod "0$(printf '%04d' "$1")" "$2"
}

# slot NAME: its folder and the two markers that the web server looks for.
slot() {
  folder 2750 "slots/$1"
  for kw_marker in up "$1"; do
    [ -f "$kw_base/slots/$1/$kw_marker" ] ||
      change "mark the slot $1 with $kw_marker" as_deploy touch "$kw_base/slots/$1/$kw_marker"
  done
}

# access_log FILE: in a folder of root's, since the web server opens it as root; the deploy user reads it, and finds it
# in the app's folder.
access_log() {
  is 2751 root "$kw_group" "${1%/*}" || change "prepare the folder ${1%/*}" prepare_log_folder "${1%/*}"
  kw_owner=$(id -u "$kw_web" 2>/dev/null || :)
  # A web server in a container gives it to its own workers, whose number only its image knows.
  [ -z "$kw_inside" ] || kw_owner=$(stat -c %u "$1" 2>/dev/null || echo 0)
  if [ -L "$1" ] || [ "$(stat -c '%a %u %G' "$1" 2>/dev/null)" != "640 $kw_owner $kw_group" ]; then
    change "prepare the log $1" prepare_log "$1" "$kw_owner"
  fi
  [ "$(readlink "$kw_base/shared/logs/access.log")" = "$1" ] ||
    change "link the log into $kw_base/shared/logs" as_deploy ln -sfn "$1" "$kw_base/shared/logs/access.log"
}

# prepare_log_folder FOLDER
prepare_log_folder() {
  mkdir -p "$1"
  chown "root:$kw_group" "$1"
  chmod 2751 "$1"
}

# prepare_log FILE OWNER
prepare_log() {
  : >>"$1"
  chown "$2:$kw_group" "$1"
  chmod 0640 "$1"
}

# open_folder FOLDER: root's, and readable by all.
open_folder() { [ -d "$1" ] || change "make the folder $1" mkdir -p "$1"; }

# holds FILE CONTENT
holds() { [ -f "$1" ] && printf '%s\n' "$2" | cmp -s - "$1"; }

# lay FILE CONTENT: beside its place, then renamed.
lay() {
  mkdir -p "${1%/*}"
  printf '%s\n' "$2" >"$1.kawasemi-part"
  chmod 0644 "$1.kawasemi-part"
  sync "$1.kawasemi-part"
  mv -f "$1.kawasemi-part" "$1"
}

# system_file FILE CONTENT
system_file() { holds "$1" "$2" || change "write $1" lay "$1" "$2"; }

# site_back FILE: what was there before, or nothing.
site_back() {
  [ -n "$kw_due" ] || rm -f "$1.kawasemi-reload"
  if [ -f "$1.kawasemi-before" ]; then mv -f "$1.kawasemi-before" "$1"; else rm -f "$1"; fi
  web_back "$1"
}

# own_site LINES: the site's file is somebody else's to change.
own_site() {
  printf 'Your own site for %s has to hold these lines; then test it and reload:\n\n%s\n\n' "$kw_server" "$1"
}

# site FILE CONTENT: nothing of it stays unless the web server takes it. FILE.kawasemi-reload is there while a reload is
# due.
site() {
  kw_content=$(printf '%s\n' "$2" | web_adapt "$1")
  kw_stale=
  if ! holds "$1" "$kw_content"; then
    [ ! -e "$1" ] || grep -qF "written by Kawasemi's setup-host" "$1" ||
      give_up "$1 is there and is not ours; move it away, or give the app another name"
    kw_before=
    if [ -z "$kw_bare" ]; then
      kw_before=$(web_test) || give_up "$kw_server does not take its own configuration as it is now: $kw_before"
    fi
    change "write the site $1" write_site "$1"
    kw_stale=yes
  fi
  if [ -n "$kw_stale" ] || [ -e "$1.kawasemi-reload" ]; then
    change "reload $kw_server" reload_site "$1"
  fi
}

# write_site FILE
write_site() {
  kw_due=
  [ ! -e "$1.kawasemi-reload" ] || kw_due=yes
  [ ! -f "$1" ] || cp -p "$1" "$1.kawasemi-before"
  kw_undo=$1
  web_prepare "$1"
  : >"$1.kawasemi-reload"
  lay "$1" "$kw_content"
  web_enable "$1"
  kw_said=$(web_test) || give_up "$kw_server refuses the site: $kw_said"
  kw_clash=$(web_clash "$kw_before" "$kw_said")
  [ -z "$kw_clash" ] || give_up "another site has the same domain: $kw_clash"
  web_reads "$1"
  kw_undo=
  rm -f "$1.kawasemi-before"
}

# reload_site FILE
reload_site() {
  web_reload
  rm -f "$1.kawasemi-reload"
}
