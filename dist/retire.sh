# prune_release ID: one old release and its images. A file or an image that is still in use stays, and is told.
prune_release() {
  case "$1" in '' | . | .. | */*) return ;; esac
  for kw_service in $(release_services "$1"); do
    kw_image=kawasemi/$kw_app-$kw_service:$1
    [ -n "$(docker image ls -q "$kw_image" </dev/null)" ] || continue
    docker image rm "$kw_image" </dev/null >/dev/null 2>&1 || note "image $kw_image stays: it is in use"
  done
  prune_names "$1"
  rm -rf "${kw_base:?}/releases/$1"
  prune_backups "$1"
}

# prune_names ID: names of images that are on the host because of this release, and of no other.
prune_names() {
  sed -n 's/^ours //p' "$kw_base/releases/$1/images" 2>/dev/null | while IFS= read -r kw_image; do
    [ "$(cat "$kw_base"/releases/*/images | grep -cxF "ours $kw_image")" -gt 1 ] ||
      docker image rm "$kw_image" </dev/null >/dev/null 2>&1 || :
  done
}

# prune_backups ID: they are called ID.TOKEN.KIND; another release's id may begin like this one.
prune_backups() {
  for kw_file in "$kw_base/backups/$1".*; do
    kw_rest=${kw_file#"$kw_base/backups/$1".}
    case "${kw_rest%%.*}" in '' | *[!0-9]*) continue ;; esac
    case "${kw_rest#*.}" in [!a-z]* | *-*) continue ;; esac
    rm -f "$kw_file"
  done
}

# release_services ID: by their exact names, since those of another app may begin with this one's, and one run can have
# shipped both.
release_services() {
  awk -F '\t' '$1 == "web" || $1 == "worker" { print $2 }' "$kw_base/releases/$1/compose.parts" 2>/dev/null || :
}

# prune_releases ID…: all but the named releases and those in the slots.
prune_releases() {
  set -- "$@" "$(slot_release blue)" "$(slot_release green)"
  for kw_folder in "$kw_base"/releases/*/; do
    kw_id=${kw_folder%/}
    kw_id=${kw_id##*/}
    kw_keep=
    for kw_kept in "$@"; do [ "$kw_kept" != "$kw_id" ] || kw_keep=yes; done
    [ -n "$kw_keep" ] || [ "$kw_id" = '*' ] || prune_release "$kw_id"
  done
}

# prune_runs COUNT: what earlier programs printed; the newest stay.
prune_runs() {
  find "$kw_base/runs" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn | awk -v keep="$1" 'NR > keep { print $2 }' |
    while IFS= read -r kw_old; do rm -rf "${kw_base:?}/runs/$kw_old"; done
}

# prune_scheduled COUNT: backups that no deploy made, with their scripts; the newest stay, by their tokens, which only grow.
prune_scheduled() {
  find "$kw_base/backups" -maxdepth 1 -type f -name 'scheduled.*' -printf '%f\n' |
    sed -n '/\.restore$/d; /\.part$/d; s/^scheduled\.\([0-9]\{1,15\}\)\.[a-z0-9.]*$/\1/p' | sort -rn | uniq | awk -v keep="$1" 'NR > keep' |
    while IFS= read -r kw_old; do rm -f "$kw_base/backups/scheduled.$kw_old."*; done
}
