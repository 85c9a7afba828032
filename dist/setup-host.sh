# Prepares a host once, as root. Run again it changes only what is not as it should be, and says so.

# setup_begin BASE DEPLOY_USER WEB_SERVER WEB_USER
setup_begin() {
  set -eu
  umask 022
  kw_base=$1 kw_deploy=$2 kw_server=$3 kw_web=$4 kw_changes=0 kw_undo='' kw_inside=''
  trap 'setup_exit $?' 0
  trap 'exit 143' 1 2 15
  [ "$(id -u)" = 0 ] || give_up "this has to run as root: … | ssh admin@host sudo sh"
  web_installed
  id "$kw_web" >/dev/null 2>&1 || give_up "there is no user $kw_web, as whom $kw_server should run"
  kw_web_group=$(id -gn "$kw_web")
  case "$kw_base/" in
    */./* | */../* | *//* | [!/]*) give_up "$kw_base is no absolute path" ;;
  esac
}

setup_exit() {
  trap - 0
  [ -z "$kw_undo" ] || site_back "$kw_undo"
  exit "$1"
}

setup_end() {
  if [ "$kw_changes" = 0 ]; then
    printf 'nothing to change\n'
  else
    printf '%s things changed\n' "$kw_changes"
  fi
}

give_up() {
  printf 'setup-host: %s\n' "$1" >&2
  exit 1
}

changed() {
  kw_changes=$((kw_changes + 1))
  printf '%s\n' "$1"
}

# Root changes nothing inside a folder that belongs to somebody else: a link put there would lead it astray. The web
# server's group comes along, since the kernel lets only members of a folder's group keep its set-group-ID bit.
as_deploy() { runuser -u "$kw_deploy" -G "$kw_web_group" -- "$@" </dev/null; }

# is MODE USER GROUP PATH
is() { [ ! -L "$4" ] && [ "$(stat -c '%a %U %G' "$4" 2>/dev/null)" = "$1 $2 $3" ]; }

# deploy_user: an ordinary user.
deploy_user() {
  if ! id "$kw_deploy" >/dev/null 2>&1; then
    useradd --create-home --shell /bin/sh "$kw_deploy" </dev/null
    changed "made the user $kw_deploy"
  fi
  kw_group=$(id -gn "$kw_deploy")
}

# docker_user: it may use Docker, where there is Docker and it has none of its own.
docker_user() {
  [ "$kw_deploy" != root ] || return 0
  ! as_deploy grep -qs '"currentContext": *"rootless"' "$(getent passwd "$kw_deploy" | cut -d : -f 6)/.docker/config.json" ||
    return 0
  if getent group docker >/dev/null && ! id -nG "$kw_deploy" | tr ' ' '\n' | grep -qx docker; then
    usermod -aG docker "$kw_deploy" </dev/null
    changed "let $kw_deploy use Docker, which is as much as root's rights"
  fi
}

# deploy_key LINE: lets the holder of the private key in as the deploy user.
deploy_key() {
  kw_home=$(getent passwd "$kw_deploy" | cut -d : -f 6)
  if ! as_deploy grep -qxF -e "$1" "$kw_home/.ssh/authorized_keys" 2>/dev/null; then
    # shellcheck disable=SC2016 # the inner shell expands these
    as_deploy sh -c 'umask 077; mkdir -p "$1/.ssh" && printf "\n%s\n" "$2" >>"$1/.ssh/authorized_keys"' sh "$kw_home" "$1"
    changed "added the deploy key for $kw_deploy"
  fi
}

# base_folder: the deploy user's, and the web server may enter it; nobody else may look inside.
base_folder() {
  if ! is 2750 "$kw_deploy" "$kw_web_group" "$kw_base"; then
    [ ! -L "$kw_base" ] || give_up "$kw_base is a link; it has to be a folder"
    mkdir -p "$kw_base"
    chown -h "$kw_deploy:$kw_web_group" "$kw_base"
    chmod 2750 "$kw_base"
    changed "prepared the folder $kw_base"
  fi
}

# app_name APP: the folder is this app's alone.
app_name() {
  kw_owner=$(as_deploy cat "$kw_base/app" 2>/dev/null || :)
  [ "$kw_owner" != "$1" ] || return 0
  [ -z "$kw_owner" ] || give_up "$kw_base belongs to the app $kw_owner; give $1 a base of its own in kawasemi.yml"
  # shellcheck disable=SC2016 # the inner shell expands these
  as_deploy sh -c 'umask 027; printf "%s\n" "$2" >"$1/app"' sh "$kw_base" "$1"
  changed "marked $kw_base as the app $1's"
}

# folder MODE NAME
folder() {
  [ ! -L "$kw_base/$2" ] || give_up "$kw_base/$2 is a link; it has to be a folder"
  if ! is "$1" "$kw_deploy" "$kw_web_group" "$kw_base/$2"; then
    as_deploy mkdir -p "$kw_base/$2"
    as_deploy chgrp "$kw_web_group" "$kw_base/$2"
    # Five digits, so that chmod also takes away what is not in them.
    as_deploy chmod "0$(printf '%04d' "$1")" "$kw_base/$2"
    changed "prepared the folder $kw_base/$2"
  fi
}

# slot NAME: its folder and the two markers that the web server looks for.
slot() {
  folder 2750 "slots/$1"
  for kw_marker in up "$1"; do
    if [ ! -f "$kw_base/slots/$1/$kw_marker" ]; then
      as_deploy touch "$kw_base/slots/$1/$kw_marker"
      changed "marked the slot $1 with $kw_marker"
    fi
  done
}

# access_log FILE: in a folder of root's, since the web server opens it as root; the deploy user reads it, and finds it
# in the app's folder.
access_log() {
  kw_folder=${1%/*}
  if ! is 2751 root "$kw_group" "$kw_folder"; then
    mkdir -p "$kw_folder"
    chown "root:$kw_group" "$kw_folder"
    chmod 2751 "$kw_folder"
    changed "prepared the folder $kw_folder"
  fi
  kw_owner=$(id -u "$kw_web")
  # A web server in a container gives it to its own workers, whose number only its image knows.
  [ -z "$kw_inside" ] || kw_owner=$(stat -c %u "$1" 2>/dev/null || echo 0)
  if [ -L "$1" ] || [ "$(stat -c '%a %u %G' "$1" 2>/dev/null)" != "640 $kw_owner $kw_group" ]; then
    : >>"$1"
    chown "$kw_owner:$kw_group" "$1"
    chmod 0640 "$1"
    changed "prepared the log $1"
  fi
  if [ "$(readlink "$kw_base/shared/logs/access.log")" != "$1" ]; then
    as_deploy ln -sfn "$1" "$kw_base/shared/logs/access.log"
    changed "linked the log into $kw_base/shared/logs"
  fi
}

# open_folder FOLDER: root's, and readable by all.
open_folder() {
  if [ ! -d "$1" ]; then
    mkdir -p "$1"
    changed "made the folder $1"
  fi
}

# holds FILE CONTENT
holds() { [ -f "$1" ] && printf '%s\n' "$2" | cmp -s - "$1"; }

# put FILE CONTENT: beside its place, then renamed.
put() {
  printf '%s\n' "$2" >"$1.kawasemi-part"
  chmod 0644 "$1.kawasemi-part"
  sync "$1.kawasemi-part"
  mv -f "$1.kawasemi-part" "$1"
}

# system_file FILE CONTENT
system_file() {
  if ! holds "$1" "$2"; then
    mkdir -p "${1%/*}"
    put "$1" "$2"
    changed "wrote $1"
  fi
}

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
  if ! holds "$1" "$kw_content"; then
    [ ! -e "$1" ] || grep -qF "written by Kawasemi's setup-host" "$1" ||
      give_up "$1 is there and is not ours; move it away, or give the app another name"
    kw_before=$(web_test) || give_up "$kw_server does not take its own configuration as it is now: $kw_before"
    kw_due=
    [ ! -e "$1.kawasemi-reload" ] || kw_due=yes
    [ ! -f "$1" ] || cp -p "$1" "$1.kawasemi-before"
    kw_undo=$1
    web_prepare "$1"
    : >"$1.kawasemi-reload"
    put "$1" "$kw_content"
    web_enable "$1"
    kw_said=$(web_test) || give_up "$kw_server refuses the site: $kw_said"
    kw_clash=$(web_clash "$kw_before" "$kw_said")
    [ -z "$kw_clash" ] || give_up "another site has the same domain: $kw_clash"
    web_reads "$1"
    kw_undo=
    rm -f "$1.kawasemi-before"
    changed "wrote the site $1"
  fi
  if [ -e "$1.kawasemi-reload" ]; then
    web_reload
    rm -f "$1.kawasemi-reload"
    changed "reloaded $kw_server"
  fi
}
